"""How much work does a module do, and in which of its functions and classes does it stand?

A statement works if a reader would miss what it does: it calls, computes, compares, chooses,
repeats or raises. Names, constants and bare returns only carry values about. The same words count
once in a function, however often they stand there.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from grader.analysis.syntax.import_time import is_guard
from grader.analysis.syntax.statements import DEFINITIONS, bodies, every_statement
from grader.analysis.syntax.walk import walk
from grader.analysis.syntax.working import own_parts, works
from grader.domain.source import SourceFile

#: Decorators that change what they decorate, and hand it to nobody.
_KEEPS_NOTHING = frozenset(
    "cache cached_property contextmanager dataclass final lru_cache total_ordering unique"
    " wraps".split()
)
Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


class Unit(NamedTuple):
    """Something of a module that has a name: how many of its statements work, and which names it
    mentions. A function, a class, or a variable of the module."""

    name: str
    line: int
    work: int
    mentions: tuple[str, ...]


class Work(NamedTuple):
    """What the work of one module is made of.

    ``mentions`` are the names that stand outside every unit and below no guard, ``registered``
    the units that a decorator may hand to somebody else, and ``started`` the names below
    ``if __name__ == "__main__":``.
    """

    units: tuple[Unit, ...] = ()
    mentions: tuple[str, ...] = ()
    registered: tuple[str, ...] = ()
    started: tuple[str, ...] = ()

    @property
    def amount(self) -> int:
        """How many statements of all its units work."""
        return sum(unit.work for unit in self.units)

    @property
    def used_on_import(self) -> tuple[str, ...]:
        """The names that importing or running the module leads to."""
        return (*self.mentions, *self.registered)


def work_in(source: SourceFile) -> Work:
    """The work of one module.

    A name that is assigned is a unit that does no work of its own. What is defined in a block
    is none: in a guard nobody can import it, and elsewhere it is there on a condition.
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
    """Every statement but the module's functions and classes, and whether it is below a guard."""
    waiting = [(item, False) for item in tree.body if not isinstance(item, DEFINITIONS)]
    while waiting:
        statement, guarded = waiting.pop()
        yield statement, guarded
        inside = guarded or is_guard(statement)
        waiting.extend((item, inside) for body in bodies(statement) for item in body)


def _is_registered(definition: Definition) -> bool:
    """Whether a decorator may keep what it decorates, as that of a web page does."""
    names = {name for item in definition.decorator_list for name in [*_names([item])][:1]}
    return bool(names - _KEEPS_NOTHING)


def _assigned(statement: ast.stmt) -> Iterator[str]:
    """The plain names that a statement assigns to."""
    if isinstance(statement, ast.Assign | ast.AnnAssign):
        targets = [statement.target] if isinstance(statement, ast.AnnAssign) else statement.targets
        yield from (target.id for target in targets if isinstance(target, ast.Name))


def used(works: Mapping[str, Work], roots: Iterable[str]) -> set[tuple[str, int]]:
    """The units, as (path, index), that some names lead to, directly or through other units.

    A name means every unit of that name, whichever module it stands in.
    """
    named: dict[str, list[tuple[str, int]]] = {}
    for path, work in works.items():
        for at, unit in enumerate(work.units):
            named.setdefault(unit.name, []).append((path, at))
    seen: set[str] = set()
    waiting, found = list(roots), set()
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        for path, at in named.get(name, ()):
            found.add((path, at))
            waiting.extend(works[path].units[at].mentions)
    return found


def _names(nodes: Iterable[ast.AST]) -> Iterator[str]:
    """Every name that is read below some nodes, and every attribute."""
    for node in walk(*nodes):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            yield node.id
        elif isinstance(node, ast.Attribute):
            yield node.attr


def _unit(definition: Definition, lines: Sequence[str]) -> Unit:
    mentions = set(_names(own_parts(definition)))
    working: set[str] = set()
    for statement, _ in every_statement(definition)[1:]:
        assert isinstance(statement, ast.stmt)
        mentions.update(_names(own_parts(statement)))
        if works(statement):
            working.add(_words(statement, lines))
    work = len(working) or int(isinstance(definition, ast.ClassDef) and has_fields(definition))
    return Unit(definition.name, definition.lineno, work, tuple(sorted(mentions)))


def _words(statement: ast.stmt, lines: Sequence[str]) -> str:
    """The first line of a statement as it stands there."""
    ends = statement.end_col_offset if statement.end_lineno == statement.lineno else None
    return lines[statement.lineno - 1].encode()[statement.col_offset : ends].decode().strip()


def has_fields(definition: ast.ClassDef) -> bool:
    """Whether a class has fields of its own."""
    return any(isinstance(item, ast.Assign | ast.AnnAssign) for item in definition.body)
