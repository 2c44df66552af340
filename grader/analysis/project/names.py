"""Find the definitions that a program uses: what its names stand for, from one to the next."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import takewhile
from typing import NamedTuple

from grader.analysis.project.mentions import ANYWHERE, EFFECT, LOOKED_AT
from grader.analysis.project.usage import Kind, Unit, Work
from grader.analysis.syntax.imports import STAR, Import, Modules

#: A unit: the path of its module, and its index in ``Work.units``.
Key = tuple[str, int]
#: A mention, with the path of the file that has it.
Mention = tuple[str, str]


class Used(NamedTuple):
    """What a program uses: units, and the mentions that lead to them, each with its file."""

    units: set[Key]
    mentions: set[Mention]

    def outside(self, paths: Collection[str]) -> Used:
        """Return the same without the units of the files `paths`."""
        return Used({key for key in self.units if key[0] not in paths}, self.mentions)

    @property
    def names(self) -> set[str]:
        """The last part of each mention: ``f`` of ``m.f``; ``run_*`` of a beginning."""
        return {
            mention.rpartition(".")[2].lstrip(LOOKED_AT + EFFECT) for _, mention in self.mentions
        }


@dataclass(frozen=True)
class Names:
    """The units of all modules, by path, and the imports by which their names reach other modules.

    ``imports`` has those of tests, too. A bare name stands for what its file defines or imports, an
    attribute of an imported module for what that module has, and one of any other object for
    classes and variables, as for methods. Where an import cannot be followed to a definition, it
    stands for every unit of that name.
    """

    works: Mapping[str, Work]
    modules: Modules
    imports: Mapping[str, Sequence[Import]]

    def used(self, roots: Iterable[Mention]) -> Used:
        """Return the units that the mentions `roots` lead to, directly or through other units."""
        kept = self._kept
        seen, found = set[Mention](), set[Key]()
        waiting = list(roots)
        while waiting:
            one = waiting.pop()
            if one in seen:
                continue
            seen.add(one)
            path, mention = one
            for key in self.meant(path, mention.lstrip(LOOKED_AT + EFFECT)):
                if mention.startswith(EFFECT):
                    waiting.extend(self._effects(key))
                elif mention.startswith(LOOKED_AT) and not self._is_read_by_looking(key):
                    waiting.extend(self._looked_at(key))
                else:
                    found.add(key)
                    waiting.extend((key[0], each) for each in self._unit(key).mentions)
                    waiting.extend((*self._effects(key), *kept.get(key, ())))
        return Used(found, seen)

    def _is_read_by_looking(self, key: Key) -> bool:
        """Return whether it uses the unit `key` to look at it: a class, or a computed value."""
        unit = self._unit(key)
        return unit.kind is Kind.CLASS or bool(unit.kind is Kind.VARIABLE and unit.dropped)

    def _looked_at(self, key: Key) -> Iterator[Mention]:
        """Yield what is looked at, too, where the unit `key` is: what is in a table."""
        unit = self._unit(key)
        if unit.kind is Kind.VARIABLE:
            yield from ((key[0], LOOKED_AT + each.lstrip(LOOKED_AT)) for each in unit.mentions)

    def registered(self, paths: Iterable[str]) -> Iterator[Mention]:
        """Yield the definitions of `paths` that a decorator may call or pass on to something."""
        for path in paths:
            for one in self.works[path].registered:
                if any(self._tables(path, decorator) is None for decorator in one.decorators):
                    yield path, one.name

    @cached_property
    def _kept(self) -> Mapping[Key, Sequence[Mention]]:
        """The definitions that decorators of the submission put into each table, by the table."""
        found: dict[Key, list[Mention]] = {}
        for path, work in self.works.items():
            for one in work.registered:
                for decorator in one.decorators:
                    for table in self._tables(path, decorator) or ():
                        found.setdefault(table, []).append((path, one.name))
        return found

    def _tables(self, path: str, decorator: str) -> Collection[Key] | None:
        """Return the tables into which `decorator` puts a definition of `path`.

        ``None``: it may call it or pass it on.
        """
        units = self.meant(path, decorator) if decorator else ()
        found: set[Key] = set()
        for key in units:
            keeps = self._unit(key).keeps
            if keeps is None:
                return None
            found.update(table for name in keeps for table in self._own(key[0], name))
        return found if units else None

    def _effects(self, key: Key) -> Iterator[Mention]:
        """Yield what the unit `key` reads in statements whose results are dropped, if they act."""
        for one in self._unit(key).dropped:
            if not all(self._is_quiet((key[0], need), self._quiet) for need in one.needs):
                yield from ((key[0], mention) for mention in one.mentions)

    @cached_property
    def _quiet(self) -> set[Key]:
        """The functions that do nothing but return a value, themselves and through others."""
        found = {key for key, unit in self._every_unit() if unit.needs is not None}
        users: dict[Key, list[Key]] = {}
        for key in found:
            for other in self._needed(key):
                users.setdefault(other, []).append(key)
        waiting = list(found)
        while waiting:
            key = waiting.pop()
            if key in found and not self._are_quiet(key, found):
                found.remove(key)
                waiting.extend(users.get(key, ()))
        return found

    def _every_unit(self) -> Iterator[tuple[Key, Unit]]:
        for path, work in self.works.items():
            yield from (((path, at), unit) for at, unit in enumerate(work.units))

    def _needed(self, key: Key) -> Iterator[Key]:
        """Yield the units that must have no effect for the function `key` to have none."""
        for need in self._unit(key).needs or ():
            yield from self.meant(key[0], need.lstrip(LOOKED_AT))

    def _are_quiet(self, key: Key, quiet: Collection[Key]) -> bool:
        """Return whether all that the function `key` needs is among the `quiet` functions."""
        needs = self._unit(key).needs or ()
        return all(self._is_quiet((key[0], need), quiet) for need in needs)

    def _is_quiet(self, need: Mention, quiet: Collection[Key]) -> bool:
        """Return whether the call of a function that is a `need` has no effect.

        One that is passed on may be no function, and then nothing calls it.
        """
        path, mention = need
        units = self.meant(path, mention.lstrip(LOOKED_AT))
        if mention.startswith(LOOKED_AT):
            return all(key in quiet for key in units if self._unit(key).kind is not Kind.VARIABLE)
        return bool(units) and all(key in quiet for key in units)

    def meant(self, path: str, mention: str) -> Collection[Key]:
        """Return the units that the plain `mention` in the file `path` stands for."""
        one = (path, mention)
        if one not in self._found:
            self._found[one] = frozenset(self._meant(path, mention))
        return self._found[one]

    @cached_property
    def _found(self) -> dict[Mention, frozenset[Key]]:
        return {}

    def _meant(self, path: str, mention: str) -> Iterable[Key]:
        root, dot, name = mention.rpartition(".")
        if not dot:
            return self._bound(path, name)
        if root + dot == ANYWHERE:
            return self._beginning_with(name[:-1]) if name.endswith("*") else self._anywhere(name)
        return self._of_object(path, root, name)

    def _of_object(self, path: str, root: str, name: str) -> Iterable[Key]:
        """Return the units that the attribute `name` of the imported name `root` stands for.

        With an empty `root` it is one of an unknown object, e.g. ``.append``, and no function of a
        module.
        """
        modules = [target for _, target in self._targets(path, root)]
        found = {key for module in modules for key in self._bound(module, name)}
        if modules:
            return found or self._anywhere(name)
        return (key for key in self._anywhere(name) if self._unit(key).kind is not Kind.FUNCTION)

    def _bound(self, path: str, name: str) -> Collection[Key]:
        """Return the units that the bare `name` stands for in `path`, through re-exports too."""
        found, seen = set[Key](), set[Mention]()
        waiting = [(path, name)]
        while waiting:
            one = waiting.pop()
            if one in seen:
                continue
            seen.add(one)
            at, wanted = one
            found.update(self._own(at, wanted))
            for original, target in (*self._targets(at, wanted), *self._targets(at, STAR)):
                waiting.append((target, wanted if original == STAR else original))
        if not found and any(name for name, _ in self._targets(path, name)):
            return self._anywhere(name) if self._is_lost(path, name) else ()
        return found

    def _is_lost(self, path: str, name: str) -> bool:
        """Return whether an import of `name` in `path` leads to a module that does not have it."""
        return any(
            original and original != _stem(target) for original, target in self._targets(path, name)
        )

    def _own(self, path: str, name: str) -> Sequence[Key]:
        """Return the units called `name` that the file `path` itself has."""
        return self._units_by_file.get(path, {}).get(name, ())

    def _targets(self, path: str, bound: str) -> Sequence[tuple[str, str]]:
        """Return what `bound` is imported from in `path`: the name there, and a module by path.

        The name is empty for a module as a whole.
        """
        return self._imported.get(path, {}).get(bound, ())

    @cached_property
    def _imported(self) -> Mapping[str, Mapping[str, Sequence[tuple[str, str]]]]:
        found: dict[str, dict[str, list[tuple[str, str]]]] = {}
        for path, imports in self.imports.items():
            by_name = found[path] = {}
            for one in imports:
                target = self.modules.meant(path, one)
                if target is not None:
                    by_name.setdefault(one.bound, []).append((one.name, target))
        return found

    @cached_property
    def _units_by_file(self) -> Mapping[str, Mapping[str, Sequence[Key]]]:
        found: dict[str, dict[str, list[Key]]] = {}
        for path, work in self.works.items():
            by_name = found[path] = {}
            for at, unit in enumerate(work.units):
                by_name.setdefault(unit.name, []).append((path, at))
        return found

    @cached_property
    def _units_by_name(self) -> Mapping[str, Sequence[Key]]:
        found: dict[str, list[Key]] = {}
        for of in self._units_by_file.values():
            for name, keys in of.items():
                found.setdefault(name, []).extend(keys)
        return found

    def _anywhere(self, name: str) -> Sequence[Key]:
        """Return the units called `name` of all modules."""
        return self._units_by_name.get(name, ())

    @cached_property
    def _ordered(self) -> Sequence[str]:
        return sorted(self._units_by_name)

    def _beginning_with(self, start: str) -> Iterator[Key]:
        """Yield the units whose names begin with `start`, by a binary search."""
        first = bisect_left(self._ordered, start)
        after = (self._ordered[at] for at in range(first, len(self._ordered)))
        for name in takewhile(lambda name: name.startswith(start), after):
            yield from self._units_by_name[name]

    def _unit(self, key: Key) -> Unit:
        path, at = key
        return self.works[path].units[at]


def _stem(path: str) -> str:
    """Return the name of the module `path`: ``b`` for ``a/b.py`` and ``a/b/__init__.py``."""
    return path.removesuffix(".py").removesuffix("/__init__").rpartition("/")[2]
