"""The working statements of a module, and the functions and classes that contain them.

A working statement calls, computes, compares, branches, loops or raises, e.g. ``total += price``
and ``if rows:``. Others are e.g. ``x = y``, ``LIMIT = 3`` and ``return``. Statements of one
function with the same first line count once.
"""

from __future__ import annotations

import ast
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import takewhile
from typing import NamedTuple

from grader.analysis.syntax.dotted_names import last_name
from grader.analysis.syntax.import_time import is_guard
from grader.analysis.syntax.statements import DEFINITIONS, bodies, every_statement, own_parts, works
from grader.analysis.syntax.unreachable import never_running, never_taken
from grader.analysis.syntax.walk import children, walk
from grader.domain.source import SourceFile

#: Decorators that do not register the definition anywhere, so that it can be unused: e.g.
#: `@dataclass`; not `@app.route("/")`, since Flask calls the function. Chosen by hand.
_KEEPS_NOTHING = frozenset(
    "cache cached_property classmethod contextmanager dataclass deleter final getter lru_cache"
    " property setter staticmethod total_ordering unique wraps".split()
)
#: The fewest characters of a name, or of its beginning, in a ``getattr`` that uses it: ``run_`` of
#: ``getattr(self, f"run_{name}")``. A letter would use half of a program. Chosen by hand.
_LEAST_PREFIX = 2
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
    nodes = every_statement(source.tree)
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
    ``a, b = pair``). The latter have no working statements. An assignment of names, e.g.
    ``COMMANDS = {"add": add}``, uses them only where its own name is used; one that calls something
    uses them at once.
    """
    return source.once(_read_work)


def _read_work(source: SourceFile) -> Work:
    defined = definitions_in(source.tree)
    units = _definitions(source, defined)
    names: dict[bool, set[str]] = {True: set(), False: set()}
    for statement, guarded in _outside(source.tree):
        mentioned = _names(own_parts(statement))
        assigned = list(_assigned(statement))
        if not assigned or _calls(statement):
            names[guarded].update(mentioned)
        # The further names of `a = b = rows` use the first one, so that nothing is said twice.
        mentions = [tuple(sorted(mentioned)), *[tuple(assigned[:1])] * len(assigned)]
        units.extend(
            Unit(name, statement.lineno, 0, of)
            for name, of in zip(assigned, mentions, strict=False)
        )
    for definition in defined:
        names[False].update(_names(definition.decorator_list))
    return Work(
        units=tuple(units),
        mentions=tuple(sorted(names[False])),
        registered=tuple(sorted({item.name for item in defined if is_registered(item)})),
        started=tuple(sorted(names[True])),
    )


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
    return any(
        last_name(item.func if isinstance(item, ast.Call) else item) not in _KEEPS_NOTHING
        for item in definition.decorator_list
    )


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
    every unit of that name in any module, imported or not; other names lead nowhere. One that ends
    with ``*`` stands for every unit whose name begins so.
    """
    named: dict[str, list[tuple[str, int]]] = {}
    for path, work in works.items():
        for index, unit in enumerate(work.units):
            named.setdefault(unit.name, []).append((path, index))
    ordered = sorted(named)
    seen: set[str] = set()
    waiting, found = list(roots), set()
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        if name.endswith("*"):
            waiting.extend(_beginning_with(name[:-1], ordered))
        for path, index in named.get(name, ()):
            found.add((path, index))
            waiting.extend(works[path].units[index].mentions)
    return found


def _beginning_with(start: str, ordered: Sequence[str]) -> Iterator[str]:
    """Return the names of `ordered` that begin with `start`, by a binary search."""
    first = bisect_left(ordered, start)
    after = (ordered[at] for at in range(first, len(ordered)))
    return takewhile(lambda name: name.startswith(start), after)


def _names(nodes: Iterable[ast.AST]) -> set[str]:
    """Return every name that is read in `nodes`, and every attribute.

    ``getattr(commands, f"run_{name}")`` may read every name that begins with ``run_``: ``run_*``.
    """
    found = set()
    waiting = list(nodes)
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Name):  # most nodes; a name has nothing below it
            if isinstance(node.ctx, ast.Load):
                found.add(node.id)
            continue
        if isinstance(node, ast.Attribute):
            found.add(node.attr)
        elif isinstance(node, ast.Call) and last_name(node.func) == "getattr":
            found.update(_begins(node.args[1:2]))
        waiting += children(node)
    return found


def _begins(names: Sequence[ast.expr]) -> Iterator[str]:
    """Yield ``run_*`` for ``f"run_{name}"`` or ``"run_" + name``, and ``run`` for ``"run"``."""
    for node in names:
        if isinstance(node, ast.JoinedStr) and node.values:
            first, end = node.values[0], "*"
        elif isinstance(node, ast.BinOp):
            first, end = node.left, "*"
        else:
            first, end = node, ""
        name = first.value if isinstance(first, ast.Constant) else None
        if isinstance(name, str) and name.isidentifier() and len(name) >= _LEAST_PREFIX:
            yield name + end


def _definitions(source: SourceFile, defined: Sequence[Definition]) -> list[Unit]:
    """Return the unit of each function and class in `defined`, those of `source`.

    Nested functions and methods belong to it. Working statements with the same text in their first
    line count once. What never runs mentions nothing.
    """
    every = statements_of(source)
    mentions: list[set[str]] = [set() for _ in defined]
    working: list[set[str]] = [set() for _ in defined]
    for (node, _), unit, does, dead in zip(*every, strict=True):
        if unit >= 0:
            assert isinstance(node, ast.stmt)
            if not dead:
                mentions[unit] |= _names(own_parts(node))
            if does:
                working[unit].add(_first_line(node, source.lines))
    return [
        Unit(one.name, one.lineno, len(lines) or int(_has_fields_only(one)), tuple(sorted(names)))
        for one, lines, names in zip(defined, working, mentions, strict=True)
    ]


def _has_fields_only(definition: Definition) -> bool:
    """Return whether `definition`, without working statements, is a class that has fields.

    Such a class, e.g. a dataclass, counts as one working statement.
    """
    return isinstance(definition, ast.ClassDef) and has_fields(definition)


def _first_line(statement: ast.stmt, lines: Sequence[str]) -> str:
    """Return the text of `statement` in its first line, without what follows or precedes it."""
    ends = statement.end_col_offset if statement.end_lineno == statement.lineno else None
    return lines[statement.lineno - 1].encode()[statement.col_offset : ends].decode().strip()


def has_fields(definition: ast.ClassDef) -> bool:
    """Return whether a statement directly in the body of `definition` assigns or declares a field.

    E.g. ``size = 3`` and ``size: int``; not ``self.size = 3`` in a method.
    """
    return any(isinstance(item, ast.Assign | ast.AnnAssign) for item in definition.body)
