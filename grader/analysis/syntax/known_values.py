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
_FUNCTIONS: Mapping[str, Callable[[Any], object]] = {"bool": bool, "len": len, "range": range}


def truth_of(test: ast.expr, levels: int = _LEVELS) -> bool | None:
    """Return whether the condition `test` is always true or always false; ``None`` if it depends.

    e.g. false for ``None``, ``not True``, ``0 > 1``, ``len("a") == 2``, ``debug and False`` and
    ``TYPE_CHECKING``; ``None`` for ``debug`` and ``len(rows) > 9``. Of a deeper condition than
    `levels` it is ``None``.
    """
    if levels and isinstance(test, ast.BoolOp):
        return _of_parts(test, levels - 1)
    if levels and isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        inner = truth_of(test.operand, levels - 1)
        return None if inner is None else not inner
    if last_name(test) == _TYPES_ONLY:
        return False
    value = _value(test, levels)
    return None if value is _UNKNOWN else bool(value)


def _of_parts(test: ast.BoolOp, levels: int) -> bool | None:
    """Return the truth of ``a and b`` or ``a or b``, for which one part may be enough."""
    truths = [truth_of(part, levels) for part in test.values]
    decides = isinstance(test.op, ast.Or)
    if decides in truths:
        return decides
    return None if None in truths else not decides


def _value(node: ast.expr, levels: int) -> object:
    """Return the value that `node` always has, or `_UNKNOWN`."""
    if isinstance(node, ast.Constant):
        return node.value
    compute = _COMPUTED.get(type(node))
    return _UNKNOWN if compute is None or not levels else compute(node, levels - 1)


def _truth(node: ast.BoolOp | ast.UnaryOp, levels: int) -> object:
    """Return the truth of ``a and b`` or ``not a`` as a value; that of ``-x`` is not computed."""
    if isinstance(node, ast.UnaryOp) and not isinstance(node.op, ast.Not):
        return _UNKNOWN
    truth = truth_of(node, levels)
    return _UNKNOWN if truth is None else truth


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


def _returned(call: ast.Call, levels: int) -> object:
    """Return the result of `call` of a built-in function, if that of its one argument is known."""
    function = _FUNCTIONS.get(call.func.id) if isinstance(call.func, ast.Name) else None
    if function is None or len(call.args) != 1 or call.keywords:
        return _UNKNOWN
    argument = _value(call.args[0], levels)
    try:
        return _UNKNOWN if argument is _UNKNOWN else function(argument)
    except TypeError:  # e.g. `len(3)`
        return _UNKNOWN


#: How the value of each kind of expression is computed, by its kind.
_COMPUTED: Mapping[type[ast.expr], Callable[[Any, int], object]] = {
    **dict.fromkeys((ast.Tuple, ast.List, ast.Dict), _table),
    **dict.fromkeys((ast.BoolOp, ast.UnaryOp), _truth),
    ast.Compare: _compared,
    ast.BinOp: _calculated,
    ast.Call: _returned,
}
