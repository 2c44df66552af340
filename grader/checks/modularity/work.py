"""The working statements of a module, and the functions and classes that contain them.

A working statement calls, computes, compares, branches, loops or raises, e.g. ``total += price``
and ``if rows:``. Others are e.g. ``x = y``, ``LIMIT = 3`` and ``return``. Statements of one
function with the same first line count once.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from grader.analysis.syntax.import_time import is_guard
from grader.analysis.syntax.statements import DEFINITIONS, bodies, every_statement, own_parts, works
from grader.analysis.syntax.walk import walk
from grader.domain.source import SourceFile

#: Decorators that do not register the definition anywhere, so that it can be unused: e.g.
#: `@dataclass`; not `@app.route("/")`, since Flask calls the function. Chosen by hand.
_KEEPS_NOTHING = frozenset(
    "cache cached_property contextmanager dataclass final lru_cache total_ordering unique"
    " wraps".split()
)
Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


class Unit(NamedTuple):
    """A function or class at the top level of a module, or a variable set outside of them.

    ``line`` is 1-based. ``work``: the number of its working statements, which compute, call or
    branch; those with equal first lines count once. It is 1 for a class of fields only, 0 for a
    variable. ``mentions``: the names that it reads and the attributes that it reads or sets,
    sorted.
    """

    name: str
    line: int
    work: int
    mentions: tuple[str, ...]


class Work(NamedTuple):
    """The units of one module, and the names that its code outside functions and classes reads.

    The units are its top-level functions and classes, and the variables set outside of them (see
    :class:`Unit`). From these, :func:`used` finds the units that a program uses. ``mentions``:
    names read outside functions and classes and not below a guard, and by their decorators.
    ``registered``: names of functions and classes that a decorator may pass on, e.g. to a web
    framework. ``started``: names read below ``if __name__ == "__main__":``. Attributes count as
    names.
    """

    units: tuple[Unit, ...] = ()
    mentions: tuple[str, ...] = ()
    registered: tuple[str, ...] = ()
    started: tuple[str, ...] = ()

    @property
    def amount(self) -> int:
        """The number of working statements in all units."""
        return sum(unit.work for unit in self.units)

    @property
    def used_on_import(self) -> tuple[str, ...]:
        """The names in ``mentions`` and ``registered``, of units or of anything else."""
        return (*self.mentions, *self.registered)


def work_in(source: SourceFile) -> Work:
    """Return the work of the module `source`.

    Its units are the top-level functions and classes, and the names that other statements assign or
    declare (not ``a, b = pair``). The latter have no working statements. A function defined inside
    a block is no unit: below a guard nothing can import it, and in another ``if`` or ``try`` it may
    not exist. Its statements are treated as those of the block.
    """
    defined = [item for item in source.tree.body if isinstance(item, DEFINITIONS)]
    units = [_unit(definition, source.lines) for definition in defined]
    names: dict[bool, set[str]] = {True: set(), False: set()}
    for statement, guarded in _outside(source.tree):
        mentioned = set(_names(own_parts(statement)))
        names[guarded].update(mentioned)
        units.extend(
            Unit(name, statement.lineno, 0, tuple(sorted(mentioned)))
            for name in _assigned(statement)
        )
    for definition in defined:
        names[False].update(_names(definition.decorator_list))
    return Work(
        units=tuple(units),
        mentions=tuple(sorted(names[False])),
        registered=tuple(sorted({item.name for item in defined if _is_registered(item)})),
        started=tuple(sorted(names[True])),
    )


def _outside(tree: ast.Module) -> Iterator[tuple[ast.stmt, bool]]:
    """Yield each statement outside the top-level definitions, and whether it is below a guard."""
    waiting = [(item, False) for item in tree.body if not isinstance(item, DEFINITIONS)]
    while waiting:
        statement, guarded = waiting.pop()
        yield statement, guarded
        inside = guarded or is_guard(statement)
        waiting.extend((item, inside) for body in bodies(statement) for item in body)


def _is_registered(definition: Definition) -> bool:
    """Return whether a decorator may register `definition`, e.g. ``@app.route("/")``.

    Every decorator may, unless the last part of its name is in `_KEEPS_NOTHING`. One with a
    variable as argument always may, e.g. ``@lru_cache(maxsize=SIZE)``.
    """
    names = {name for item in definition.decorator_list for name in [*_names([item])][:1]}
    return bool(names - _KEEPS_NOTHING)


def _assigned(statement: ast.stmt) -> Iterator[str]:
    """Yield the plain names that `statement` assigns or declares.

    ``x`` of ``x = 1`` and ``x: int``; none of ``x.y = 1``, ``x, y = 1, 2`` or ``x += 1``.
    """
    if isinstance(statement, ast.Assign | ast.AnnAssign):
        targets = [statement.target] if isinstance(statement, ast.AnnAssign) else statement.targets
        yield from (target.id for target in targets if isinstance(target, ast.Name))


def used(works: Mapping[str, Work], roots: Iterable[str]) -> set[tuple[str, int]]:
    """Return the units that the names `roots` lead to, directly or through other units.

    Each unit is given as (path of its module, index in ``works[path].units``). A name stands for
    every unit of that name in any module, imported or not; other names lead nowhere.
    """
    named: dict[str, list[tuple[str, int]]] = {}
    for path, work in works.items():
        for index, unit in enumerate(work.units):
            named.setdefault(unit.name, []).append((path, index))
    seen: set[str] = set()
    waiting, found = list(roots), set()
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        for path, index in named.get(name, ()):
            found.add((path, index))
            waiting.extend(works[path].units[index].mentions)
    return found


def _names(nodes: Iterable[ast.AST]) -> Iterator[str]:
    """Yield every name that is read in `nodes`, and every attribute."""
    for node in walk(*nodes):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            yield node.id
        elif isinstance(node, ast.Attribute):
            yield node.attr


def _unit(definition: Definition, lines: Sequence[str]) -> Unit:
    """Return the unit of `definition`, a top-level function or class in the file with `lines`.

    Nested functions and methods belong to it. Working statements with the same text in their
    first line count once.
    """
    mentions = set(_names(own_parts(definition)))
    working: set[str] = set()
    for statement, _ in every_statement(definition)[1:]:
        assert isinstance(statement, ast.stmt)
        mentions.update(_names(own_parts(statement)))
        if works(statement):
            working.add(_first_line(statement, lines))
    # A class of fields only, e.g. a dataclass, counts as one working statement.
    work = len(working) or int(isinstance(definition, ast.ClassDef) and has_fields(definition))
    return Unit(definition.name, definition.lineno, work, tuple(sorted(mentions)))


def _first_line(statement: ast.stmt, lines: Sequence[str]) -> str:
    """Return the text of `statement` in its first line, without what follows or precedes it."""
    ends = statement.end_col_offset if statement.end_lineno == statement.lineno else None
    return lines[statement.lineno - 1].encode()[statement.col_offset : ends].decode().strip()


def has_fields(definition: ast.ClassDef) -> bool:
    """Return whether a statement directly in the body of `definition` assigns or declares a field.

    E.g. ``size = 3`` and ``size: int``; not ``self.size = 3`` in a method.
    """
    return any(isinstance(item, ast.Assign | ast.AnnAssign) for item in definition.body)
