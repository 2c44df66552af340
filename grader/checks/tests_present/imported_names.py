"""What the names that a file imports from the submission refer to."""

from __future__ import annotations

import sys
from collections import deque
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from math import inf
from pathlib import PurePosixPath
from typing import TypeVar

from grader.analysis.syntax.imports import STAR, Import, Modules
from grader.domain.source import is_test_path

Item = TypeVar("Item", bound=Hashable)
#: How many test files are followed from one: more than tests of people need, and few enough that
#: 2,000 files that import one another take no time. Chosen by hand.
MOST_HELPING = 20


@dataclass(frozen=True)
class ImportedNames:
    """Follows the imports of a submission, all by path.

    ``depths``: the number of packages around each file. ``imports``: its imports. ``defined``: the
    functions and classes at its top level.
    """

    depths: Mapping[str, int]
    imports: Mapping[str, Sequence[Import]]
    defined: Mapping[str, Sequence[str]]

    @cached_property
    def program(self) -> set[str]:
        """The files that are no tests."""
        return {path for path in self.depths if not is_test_path(path)}

    def definitions_of(
        self, path: str, names: Mapping[str, object]
    ) -> Iterator[tuple[tuple[str, str], str]]:
        """Yield ((module, name), name used) for each of `names` that the file `path` imports.

        The first two say where the object is defined, the last how the file calls it.
        """
        for one, module in self.from_program[path]:
            if one.name == STAR:
                for name in names.keys() & self._known[module]:
                    yield self._resolve(module, name), name
            elif one.bound in names and one.name:
                yield self._resolve(module, one.name), one.bound

    def of_program(self, path: str) -> set[str]:
        """Return the names in the file `path` of modules and objects of the program.

        They are its imports of the program and, if it is no test file, its own definitions.
        """
        names: set[str] = set()
        for one, module in self.from_program[path]:
            names.update(self._known[module] if one.name == STAR else (one.bound,))
        return names | self._known[path] if path in self.program else names

    def from_tests(self, path: str, name: str) -> tuple[str, Sequence[str]]:
        """Return what `name` of the file `path` is called where it comes from, and the candidates.

        The latter are the test files that `path` imports, directly or through other test files.
        """
        return self._renamed[path].get(name, name), self._test_files[path]

    def run_files(self, target: str) -> Iterator[str]:
        """Yield the files of the program that ``python target`` or ``python -m target`` may run.

        e.g. "main.py", and ``shop/__main__.py`` for "shop"; none for an empty `target`.
        """
        parts = target.replace(".", "/")
        ends = [target] if target.endswith(".py") else [f"{parts}/__main__.py", f"{parts}.py"]
        if target:
            yield from (
                path for path in self.program for end in ends if f"/{path}".endswith(f"/{end}")
            )

    def is_there(self, module: str) -> bool:
        """Return whether `module` is there where the program runs.

        It is one of the standard library, of the submission, or one that the program imports.
        """
        top = module.partition(".")[0]
        return top in sys.stdlib_module_names or top in self._tops

    @cached_property
    def _tops(self) -> frozenset[str]:
        """The first parts of the modules that the program imports, and the names of its files."""
        imported = (one.module for path in self.program for one in self.imports[path])
        own = (part for path in self.program for part in PurePosixPath(path).with_suffix("").parts)
        return frozenset(chain((name.partition(".")[0] for name in imported), own))

    @cached_property
    def from_program(self) -> Mapping[str, list[tuple[Import, str]]]:
        """By file, its imports of modules of the program, each with the path of the module."""
        return {
            path: [(one, to) for one, to in imports if to in self.program]
            for path, imports in self._resolved.items()
        }

    @cached_property
    def modules(self) -> Mapping[str, set[str]]:
        """By file, the modules of the program that it imports.

        If one of them is the ``__init__.py`` of a package, also those that this file imports, and
        those that define what is imported.
        """
        found = {}
        for path, imports in self.from_program.items():
            direct = {module for _, module in imports}
            packages = [module for module in direct if module.endswith("__init__.py")]
            inside = (other for module in packages for _, other in self.from_program[module])
            named = (self._resolve(to, one.name)[0] for one, to in imports if one.name)
            found[path] = direct.union(inside, named)
        return found

    def _resolve(self, module: str, name: str) -> tuple[str, str]:
        """Return the module that defines `name` of `module`, and the name there.

        e.g. the ``__init__.py`` of a package may import it from one of its modules. If no module
        is found to define it, the result is the last module that imports it.
        """
        seen: set[tuple[str, str]] = set()
        while name not in self._known[module] and (module, name) not in seen:
            seen.add((module, name))
            module, name = self._source_of(module, name)
        return module, name

    def _source_of(self, module: str, name: str) -> tuple[str, str]:
        """Return the module from which `module` imports `name`, and its name there."""
        stars = (source for source in self._starred[module] if name in self._known[source])
        return self._passed_on[module].get(name) or (next(stars, module), name)

    @cached_property
    def _known(self) -> Mapping[str, frozenset[str]]:
        """By file, the functions and classes at its top level."""
        return {path: frozenset(names) for path, names in self.defined.items()}

    @cached_property
    def _passed_on(self) -> Mapping[str, dict[str, tuple[str, str]]]:
        """By file, each name that it imports from the program: the module and the name there."""
        return {
            path: {one.bound: (to, one.name) for one, to in reversed(imports) if one.name}
            for path, imports in self.from_program.items()
        }

    @cached_property
    def _starred(self) -> Mapping[str, dict[str, None]]:
        """By file, the modules of the program from which it imports everything."""
        return {
            path: dict.fromkeys(to for one, to in imports if one.name == STAR)
            for path, imports in self.from_program.items()
        }

    @cached_property
    def _resolved(self) -> Mapping[str, list[tuple[Import, str]]]:
        """By file, its imports of the submission, each with the path of the module."""
        modules = Modules.of(self.depths, self.imports)
        found: dict[str, list[tuple[Import, str]]] = {}
        for path, imports in self.imports.items():
            meant = ((one, modules.meant(path, one)) for one in imports)
            found[path] = [(one, to) for one, to in meant if to is not None]
        return found

    @cached_property
    def _from_tests(self) -> Mapping[str, list[tuple[Import, str]]]:
        """By file, its imports of test files, each with the path of the file."""
        return {
            path: [(one, to) for one, to in imports if to not in self.program]
            for path, imports in self._resolved.items()
        }

    @cached_property
    def _renamed(self) -> Mapping[str, dict[str, str]]:
        """By file, each name that it imports from a test file, and the name there."""
        return {
            path: {one.bound: one.name for one, _ in found if one.name}
            for path, found in self._from_tests.items()
        }

    @cached_property
    def _test_files(self) -> Mapping[str, list[str]]:
        """By file, the test files that it imports, also through other test files, sorted."""
        direct = {path: {to for _, to in found} for path, found in self._from_tests.items()}
        return {
            path: sorted(closure(found, direct.__getitem__, MOST_HELPING))
            for path, found in direct.items()
        }


def closure(
    starts: Iterable[Item], following: Callable[[Item], Iterable[Item]], most: float = inf
) -> set[Item]:
    """Return `starts` and what can be reached from them by `following`, up to `most` items."""
    waiting = deque(starts)
    seen = set(waiting)
    while waiting and len(seen) < most:
        for key in following(waiting.popleft()):
            if key not in seen:
                seen.add(key)
                waiting.append(key)
    return seen
