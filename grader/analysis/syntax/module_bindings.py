"""What the top of a module binds to its names, and where."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from grader.analysis.syntax.import_time import is_guard
from grader.analysis.syntax.statements import DEFINITIONS, bodies

_LOOPS = (ast.For, ast.AsyncFor, ast.While)


class Binding(NamedTuple):
    """One place at the top of a module that gives a name a value.

    ``block`` tells the lists of statements apart: what is bound once in each of several blocks is
    bound to alternatives. ``kind`` is ``value``, ``again`` (a loop's or ``with``'s variable,
    ``+=``), ``own`` (a function or class) or ``import``; only the first two have a value.
    """

    value: ast.expr | None
    kind: str
    block: int
    in_loop: bool
    in_guard: bool


class Place(NamedTuple):
    """Where a statement at the top of a module stands."""

    block: int
    in_loop: bool
    in_guard: bool


def top_statements(tree: ast.Module) -> Iterator[tuple[ast.stmt, Place]]:
    """The statements of a module outside functions and classes, at every depth."""
    waiting: list[tuple[Sequence[ast.stmt], Place]] = [(tree.body, Place(0, False, False))]
    blocks = 0
    while waiting:
        body, place = waiting.pop()
        for statement in body:
            yield statement, place
            if isinstance(statement, DEFINITIONS):
                continue
            for inner in bodies(statement):
                blocks += 1
                guarded = is_guard(statement) and inner is getattr(statement, "body", None)
                loops = place.in_loop or isinstance(statement, _LOOPS)
                waiting.append((inner, Place(blocks, loops, place.in_guard or guarded)))


def bindings_of(statements: Iterable[tuple[ast.stmt, Place]]) -> dict[str, list[Binding]]:
    """Every binding at the top of a module, by name."""
    found: dict[str, list[Binding]] = {}
    for statement, place in statements:
        kind, bound = _bound_by(statement)
        for target, value in bound:
            for name in [target] if isinstance(target, str) else _names(target):
                found.setdefault(name, []).append(Binding(value, kind, *place))
    return found


_Bound = list[tuple[str | ast.expr | None, ast.expr | None]]


def _bound_by(statement: ast.stmt) -> tuple[str, _Bound]:
    """The kind of binding, and each name or target with its value."""
    if isinstance(statement, DEFINITIONS):
        return "own", [(statement.name, None)]
    if isinstance(statement, ast.Import | ast.ImportFrom):
        names = [each.asname or each.name.split(".")[0] for each in statement.names]
        return "import", [(name, None) for name in names]
    if isinstance(statement, ast.Assign):
        return "value", [(target, statement.value) for target in statement.targets]
    if isinstance(statement, ast.AnnAssign) and statement.value:
        return "value", [(statement.target, statement.value)]
    return "again", _bound_again(statement)


def _bound_again(statement: ast.stmt) -> _Bound:
    if isinstance(statement, ast.AugAssign):
        return [(statement.target, statement.value)]
    if isinstance(statement, ast.For | ast.AsyncFor):
        return [(statement.target, statement.iter)]
    if isinstance(statement, ast.With | ast.AsyncWith):
        return [(item.optional_vars, item.context_expr) for item in statement.items]
    return []


def _names(target: ast.expr | None) -> list[str]:
    if isinstance(target, ast.Tuple | ast.List):
        return [name for item in target.elts for name in _names(item)]
    if isinstance(target, ast.Starred):
        return _names(target.value)
    return [target.id] if isinstance(target, ast.Name) else []
