"""The working statements of a module, and the functions and classes that contain them.

A working statement calls, computes, compares, branches, loops or raises, e.g. ``total += price``
and ``if rows:``. Others are e.g. ``x = y``, ``LIMIT = 3`` and ``return``. Statements of one
function with the same first line count once.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from typing import NamedTuple

from grader.analysis.project.decorators import keeps_of
from grader.analysis.project.mentions import (
    EFFECT,
    FileNames,
    assigned_in,
    mentions_in,
    table_filled,
)
from grader.analysis.project.purity import Dropped, dropped_in, needs_of, needs_of_values
from grader.analysis.syntax.dotted_names import called_name
from grader.analysis.syntax.import_time import is_guard
from grader.analysis.syntax.statements import (
    DEFINITIONS,
    FUNCTIONS,
    bodies,
    every_statement_of,
    own_parts,
    works,
)
from grader.analysis.syntax.unreachable import never_running, never_taken
from grader.analysis.syntax.walk import walk
from grader.domain.source import SourceFile

#: Decorators that do not register the definition anywhere, so that it can be unused: e.g.
#: `@dataclass`; not `@app.route("/")`, since Flask calls the function. Chosen by hand.
_KEEPS_NOTHING = frozenset(
    "cache cached_property classmethod contextmanager dataclass deleter final getter lru_cache"
    " property setter staticmethod total_ordering unique wraps".split()
)
Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


class Kind(StrEnum):
    """What a unit is."""

    FUNCTION = "function"
    CLASS = "class"
    VARIABLE = "variable"


class Unit(NamedTuple):
    """A function or class at the top level of a module, or a variable set outside of them.

    ``line`` is 1-based. ``work``: the number of its working statements, which compute, call or
    branch; those with equal first lines count once. It is 1 for a class of fields only, 0 for a
    variable. ``mentions``: what it reads, sorted; see :mod:`grader.analysis.project.mentions`.
    ``dropped``: its statements whose results nothing reads. ``needs``: the functions on which it
    depends that a function has no effect; ``None`` if it may have one. ``keeps``: the tables into
    which a decorator puts functions, if it does nothing else with them; else ``None``.
    """

    name: str
    line: int
    work: int
    mentions: tuple[str, ...]
    kind: Kind = Kind.VARIABLE
    dropped: tuple[Dropped, ...] = ()
    needs: tuple[str, ...] | None = None
    keeps: tuple[str, ...] | None = None


class Registered(NamedTuple):
    """A definition that a decorator may pass on, e.g. to a web framework.

    ``decorators`` are mentions of those that may, with an empty one for what has no name.
    """

    name: str
    decorators: tuple[str, ...]


class Work(NamedTuple):
    """The units of one module, and what its code outside functions and classes reads.

    The units are its top-level functions and classes, and the variables set outside of them (see
    :class:`Unit`). From these, :meth:`Names.used` finds the units that a program uses.
    ``mentions``: what is read outside functions and classes and not below a guard, and by their
    decorators. ``started``: what is read below ``if __name__ == "__main__":``. In both, ``!x``
    stands for the effect of the calls that compute the variable ``x``.
    """

    units: tuple[Unit, ...] = ()
    mentions: tuple[str, ...] = ()
    registered: tuple[Registered, ...] = ()
    started: tuple[str, ...] = ()

    @property
    def amount(self) -> int:
        """The number of working statements in all units."""
        return sum(unit.work for unit in self.units)


class Statements(NamedTuple):
    """Every statement of a module, in the order of :func:`every_statement`.

    ``units`` has the number of the outermost definition around each of ``nodes``, or of itself, as
    in :func:`definitions_in`; -1 outside. ``working``: it does work, see :func:`works`. ``dead``:
    it never runs, e.g. below ``if False:``.
    """

    nodes: Sequence[tuple[ast.AST, int]]
    units: Sequence[int]
    working: Sequence[bool]
    dead: Sequence[bool]


def statements_of(source: SourceFile) -> Statements:
    """Return the statements of `source`, read at the first call and then kept."""
    return source.once(_read_statements)


def _read_statements(source: SourceFile) -> Statements:
    nodes = every_statement_of(source)
    working = [isinstance(node, ast.stmt) and works(node) for node, _ in nodes]
    return Statements(nodes, _units(source.tree, nodes), working, never_running(nodes))


def _units(tree: ast.Module, nodes: Sequence[tuple[ast.AST, int]]) -> list[int]:
    """Return for each of `nodes` the number of the outermost definition around it, or of itself."""
    numbers = {id(definition): at for at, definition in enumerate(definitions_in(tree))}
    units = [-1] * len(nodes)
    for at, (node, parent) in enumerate(nodes):
        units[at] = units[parent] if units[parent] >= 0 else numbers.get(id(node), -1)
    return units


def work_in(source: SourceFile) -> Work:
    """Return the work of the module `source`, computed at the first call and then kept.

    Its units are the functions and classes outside other definitions, in the order of
    :func:`definitions_in`, and then the names that other statements assign or declare (not
    ``a, b = pair``). The latter have no working statements. An assignment, e.g.
    ``COMMANDS = {"add": add}``, uses names only where its own name is used; so does
    ``COMMANDS["add"] = add`` for a table of the file. One that calls something uses them at once,
    unless all that it calls only returns a value.
    """
    return source.once(_read_work)


def _read_work(source: SourceFile) -> Work:
    defined, outside = definitions_in(source.tree), list(_outside(source.tree))
    names = _names_of(source, [statement for statement, _ in outside])
    units = _definitions(source, defined, names)
    found: dict[bool, set[str]] = {True: set(), False: set()}
    for statement, guarded in outside:
        units.extend(_variables(statement, names, found[guarded]))
    for definition in defined:
        found[False] |= mentions_in(definition.decorator_list, names)
    return Work(
        units=tuple(units),
        mentions=tuple(sorted(found[False])),
        registered=tuple(filter(None, (_registered(item, names) for item in defined))),
        started=tuple(sorted(found[True])),
    )


def _names_of(source: SourceFile, outside: Sequence[ast.stmt]) -> FileNames:
    """Return the names of `source`, of which `outside` are the statements outside definitions."""
    nodes = [node for node, _ in statements_of(source).nodes]
    defined = {node.name for node in nodes if isinstance(node, DEFINITIONS)}
    return FileNames.of(nodes, defined, outside)


def _variables(statement: ast.stmt, names: FileNames, at_once: set[str]) -> Iterator[Unit]:
    """Yield the variables that `statement`, which is outside definitions, sets or fills.

    What it uses `at_once`, wherever its variables are used, is added to that.
    """
    parts = list(own_parts(statement))
    mentioned = mentions_in(parts, names)
    table = table_filled(statement, names)
    if table is not None:
        yield Unit(table, statement.lineno, 0, tuple(sorted(mentioned)))
        return
    assigned = list(assigned_in(statement))
    dropped: tuple[Dropped, ...] = ()
    if not assigned:
        at_once |= mentioned
    elif _calls(statement):
        needs = needs_of_values(parts, names)
        if needs is None:
            at_once |= mentioned
        else:
            at_once.add(EFFECT + assigned[0])
            dropped = (Dropped(tuple(sorted(needs)), tuple(sorted(mentioned))),)
    # The further names of `a = b = rows` use the first one, so that nothing is said twice.
    mentions = [tuple(sorted(mentioned)), *[tuple(assigned[:1])] * len(assigned)]
    for name, of in zip(assigned, mentions, strict=False):
        yield Unit(name, statement.lineno, 0, of, dropped=dropped)


def _registered(definition: Definition, names: FileNames) -> Registered | None:
    """Return `definition` with the decorators that may pass it on; ``None`` without any."""
    decorators = [
        item.func if isinstance(item, ast.Call) else item
        for item in definition.decorator_list
        if _may_register(item)
    ]
    mentions = sorted({names.mention(item) for item in decorators})
    return Registered(definition.name, tuple(mentions)) if mentions else None


def definitions_in(tree: ast.Module) -> list[Definition]:
    """Return the functions and classes of `tree` outside other definitions, by line.

    Those in blocks are among them, e.g. in ``if sys.platform == "win32":`` and below a guard.
    """
    found = (item for item, _ in _everything_outside(tree) if isinstance(item, DEFINITIONS))
    return sorted(found, key=lambda item: (item.lineno, item.col_offset))


def _outside(tree: ast.Module) -> Iterator[tuple[ast.stmt, bool]]:
    """Yield each statement outside all definitions, and whether it is below a guard."""
    every = _everything_outside(tree)
    return ((item, guarded) for item, guarded in every if not isinstance(item, DEFINITIONS))


def _everything_outside(tree: ast.Module) -> Iterator[tuple[ast.stmt, bool]]:
    """Yield each statement that is not inside a definition, and whether it is below a guard.

    What is below a condition that cannot be true, e.g. ``if False:``, is left out: see
    :func:`never_taken`.
    """
    waiting = [(item, False) for item in tree.body]
    while waiting:
        statement, guarded = waiting.pop()
        yield statement, guarded
        if isinstance(statement, DEFINITIONS):
            continue
        inside = guarded or is_guard(statement)
        never = never_taken(statement)
        waiting.extend(
            (item, inside) for body in bodies(statement) if body is not never for item in body
        )


def _calls(statement: ast.stmt) -> bool:
    """Return whether `statement` itself calls something, as it runs."""
    return any(isinstance(node, ast.Call) for node in walk(*own_parts(statement)))


def is_registered(definition: Definition) -> bool:
    """Return whether a decorator may register `definition`, e.g. ``@app.route("/")``.

    Every decorator may, unless the last part of its name is in `_KEEPS_NOTHING`, e.g.
    ``@lru_cache(maxsize=SIZE)``.
    """
    return any(map(_may_register, definition.decorator_list))


def _may_register(decorator: ast.expr) -> bool:
    return called_name(decorator) not in _KEEPS_NOTHING


def _definitions(source: SourceFile, defined: Sequence[Definition], names: FileNames) -> list[Unit]:
    """Return the unit of each function and class in `defined`, those of `source`.

    Nested functions and methods belong to it. Working statements with the same text in their first
    line count once. What never runs mentions nothing.
    """
    every = statements_of(source)
    drops, found = _drops(every, names), [_Reading(one) for one in defined]
    for (node, _), unit, does, dead in zip(*every, strict=True):
        if unit >= 0:
            assert isinstance(node, ast.stmt)
            if not dead:
                found[unit].add(mentions_in(own_parts(node), names), drops.get(id(node)))
            if does:
                found[unit].working.add(_first_line(node, source.lines))
    return [one.unit(names) for one in found]


class _Reading:
    """One definition, and what was read of it so far."""

    def __init__(self, definition: Definition) -> None:
        self._definition = definition
        self._mentions: set[str] = set()
        self._dropped: set[Dropped] = set()
        #: The first lines of its working statements.
        self.working: set[str] = set()

    def add(self, mentions: set[str], needs: tuple[str, ...] | None) -> None:
        """Add the `mentions` of a statement; with `needs`, nothing reads its result."""
        if needs is None:
            self._mentions |= mentions
        elif needs:
            self._dropped.add(Dropped(needs, tuple(sorted(mentions))))

    def unit(self, names: FileNames) -> Unit:
        """Return the unit that the definition is."""
        one = self._definition
        return Unit(
            name=one.name,
            line=one.lineno,
            work=len(self.working) or int(_has_fields_only(one)),
            mentions=tuple(sorted(self._mentions)),
            kind=Kind.CLASS if isinstance(one, ast.ClassDef) else Kind.FUNCTION,
            dropped=tuple(sorted(self._dropped)),
            needs=needs_of(one, names),
            keeps=keeps_of(one, names),
        )


def _drops(every: Statements, names: FileNames) -> Mapping[int, tuple[str, ...]]:
    """Return the needs of each statement whose result nothing reads, by its ``id``."""
    found: dict[int, tuple[str, ...]] = {}
    for (node, _), unit in zip(every.nodes, every.units, strict=True):
        if unit >= 0 and isinstance(node, FUNCTIONS):
            found.update(dropped_in(node, names))
    return found


def _has_fields_only(definition: Definition) -> bool:
    """Return whether `definition`, without working statements, is a class that has fields.

    Such a class, e.g. a dataclass, counts as one working statement.
    """
    return isinstance(definition, ast.ClassDef) and has_fields(definition)


def _first_line(statement: ast.stmt, lines: Sequence[str]) -> str:
    """Return the text of `statement` in its first line, without what follows or precedes it."""
    ends = statement.end_col_offset if statement.end_lineno == statement.lineno else None
    line = lines[statement.lineno - 1]
    if line.isascii():  # most lines: each character is one byte
        return line[statement.col_offset : ends].strip()
    return line.encode()[statement.col_offset : ends].decode().strip()


def has_fields(definition: ast.ClassDef) -> bool:
    """Return whether a statement directly in the body of `definition` assigns or declares a field.

    E.g. ``size = 3`` and ``size: int``; not ``self.size = 3`` in a method.
    """
    return any(isinstance(item, ast.Assign | ast.AnnAssign) for item in definition.body)
