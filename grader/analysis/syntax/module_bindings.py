"""The bindings that the statements at the top of a module make, with their values."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from typing import NamedTuple

from grader.analysis.syntax.scopes import Block
from grader.analysis.syntax.statements import DEFINITIONS


class Binding(NamedTuple):
    """How one statement at the top of a module binds a name, which is its key in `bindings_of`.

    ``kind`` is ``value`` (an assignment), ``again`` (``+=``, or a variable of a loop or ``with``),
    ``own`` (a function or class) or ``import``. ``value`` is the right side of the assignment, the
    iterable of the loop or the expression of the ``with``; ``None`` for ``own`` and ``import``. If
    the target is a tuple, each name has the whole right side as its value. ``block`` is the list of
    statements around the binding: bindings in different blocks, e.g. in ``if`` and ``else``, are
    often alternatives.
    """

    value: ast.expr | None
    kind: str
    block: Block


def bindings_of(blocks: Iterable[Block]) -> dict[str, list[Binding]]:
    """Return the bindings that the statements of ``blocks`` make, by name, in their order.

    Statements inside those statements are not searched. ``:=``, ``del``, the variable of ``except``
    and the names in ``case`` are ignored, and so is an annotation without a value.
    """
    found: dict[str, list[Binding]] = {}
    for block in blocks:
        for statement in block.statements:
            kind, bound = _bound_by(statement)
            for target, value in bound:
                for name in [target] if isinstance(target, str) else _names(target):
                    found.setdefault(name, []).append(Binding(value, kind, block))
    return found


#: (name or target, value) of each binding of one statement.
_Bound = list[tuple[str | ast.expr | None, ast.expr | None]]


def _bound_by(statement: ast.stmt) -> tuple[str, _Bound]:
    """Return the kind of the bindings of ``statement``, and each name or target with its value."""
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
    """Return the bindings of ``+=``, a loop or ``with``; empty for any other statement."""
    if isinstance(statement, ast.AugAssign):
        return [(statement.target, statement.value)]
    if isinstance(statement, ast.For | ast.AsyncFor):
        return [(statement.target, statement.iter)]
    if isinstance(statement, ast.With | ast.AsyncWith):
        return [(item.optional_vars, item.context_expr) for item in statement.items]
    return []


def _names(target: ast.expr | None) -> list[str]:
    """Return the names in ``target``, also those in tuples; none for attributes and items."""
    if isinstance(target, ast.Tuple | ast.List):
        return [name for item in target.elts for name in _names(item)]
    if isinstance(target, ast.Starred):
        return _names(target.value)
    return [target.id] if isinstance(target, ast.Name) else []
