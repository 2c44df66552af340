"""The truth of conditions that are the same whenever they are evaluated, e.g. ``0 > 1``."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Mapping
from typing import Any

from grader.analysis.syntax.dotted_names import last_name

#: A condition with this name is for type checkers and is never true at run time.
_TYPES_ONLY = "TYPE_CHECKING"
#: How deep a condition is followed: ``not not not x`` is three levels. Conditions that people write
#: have two or three. Chosen by hand.
_LEVELS = 12
#: The largest whole number that is calculated with, e.g. in ``24 * 60 > 9``. Chosen by hand.
_LARGEST = 1_000_000
#: A value that is not known.
_UNKNOWN = object()
_COMPARISONS: Mapping[type[ast.cmpop], Callable[[Any, Any], object]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Is: operator.is_,
    ast.IsNot: operator.is_not,
    ast.In: lambda left, right: left in right,
    ast.NotIn: lambda left, right: left not in right,
}
_ARITHMETIC: Mapping[type[ast.operator], Callable[[int, int], int]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
}
#: Functions of which the result is known if that of their argument is.
_FUNCTIONS: Mapping[str, Callable[[Any], object]] = {"bool": bool, "len": len}


def truth_of(test: ast.expr, levels: int = _LEVELS) -> bool | None:
    """Return whether the condition `test` is always true or always false; ``None`` if it depends.

    e.g. false for ``None``, ``not True``, ``0 > 1``, ``len("a") == 2``, ``debug and False`` and
    ``TYPE_CHECKING``; ``None`` for ``debug`` and ``len(rows) > 9``. Of a deeper condition than
    `levels` it is ``None``.
    """
    if levels and isinstance(test, ast.BoolOp):
        truths = [truth_of(part, levels - 1) for part in test.values]
        decides = isinstance(test.op, ast.Or)
        if decides in truths:
            return decides
        return None if None in truths else not decides
    if levels and isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        inner = truth_of(test.operand, levels - 1)
        return None if inner is None else not inner
    if last_name(test) == _TYPES_ONLY:
        return False
    value = _value(test, levels)
    return None if value is _UNKNOWN else bool(value)


def _value(node: ast.expr, levels: int) -> object:
    """Return the value that `node` always has, or `_UNKNOWN`."""
    if isinstance(node, ast.Constant):
        return node.value
    if not levels:
        return _UNKNOWN
    if isinstance(node, ast.Tuple | ast.List | ast.Dict):
        return _table(node, levels - 1)
    if isinstance(node, ast.Compare):
        return _compared(node, levels - 1)
    if isinstance(node, ast.BinOp):
        return _calculated(node, levels - 1)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        return _returned(node.func.id, node, levels - 1)
    if isinstance(node, ast.BoolOp | ast.UnaryOp) and not _is_sign(node):
        truth = truth_of(node, levels - 1)
        return _UNKNOWN if truth is None else truth
    return _UNKNOWN


def _is_sign(node: ast.expr) -> bool:
    """Return whether `node` is ``-x``, ``+x`` or ``~x``, whose value is not computed."""
    return isinstance(node, ast.UnaryOp) and not isinstance(node.op, ast.Not)


def _table(node: ast.Tuple | ast.List | ast.Dict, levels: int) -> object:
    """Return the tuple, list or dict that `node` is, if all in it is known."""
    if isinstance(node, ast.Dict):
        return _UNKNOWN if node.keys else {}
    items = [_value(item, levels) for item in node.elts]
    if _UNKNOWN in items:
        return _UNKNOWN
    return items if isinstance(node, ast.List) else tuple(items)


def _compared(node: ast.Compare, levels: int) -> object:
    """Return the result of the comparison `node`, if both of its sides are known."""
    sides = [_value(side, levels) for side in (node.left, *node.comparators)]
    if _UNKNOWN in sides:
        return _UNKNOWN
    pairs = zip(node.ops, sides, sides[1:], strict=False)
    try:
        return all(_COMPARISONS[type(op)](left, right) for op, left, right in pairs)
    except TypeError:  # e.g. `"a" < 3`, which raises
        return _UNKNOWN


def _calculated(node: ast.BinOp, levels: int) -> object:
    """Return the result of a sum, difference or product of whole numbers, if both are known."""
    left, right = _value(node.left, levels), _value(node.right, levels)
    calculate = _ARITHMETIC.get(type(node.op))
    if calculate is None or not isinstance(left, int) or not isinstance(right, int):
        return _UNKNOWN
    return calculate(left, right) if max(abs(left), abs(right)) <= _LARGEST else _UNKNOWN


def _returned(name: str, call: ast.Call, levels: int) -> object:
    """Return the result of `call` of the built-in `name`, if that of its one argument is known."""
    if name not in _FUNCTIONS or len(call.args) != 1 or call.keywords:
        return _UNKNOWN
    argument = _value(call.args[0], levels)
    try:
        return _UNKNOWN if argument is _UNKNOWN else _FUNCTIONS[name](argument)
    except TypeError:  # e.g. `len(3)`
        return _UNKNOWN
