"""Find conditions that hold, or fail, whenever a test is run, e.g. ``0 > 1``."""

from __future__ import annotations

import ast
from collections.abc import Collection

from grader.analysis.syntax.dotted_names import called_name, root_of
from grader.analysis.syntax.known_values import truth_of
from grader.analysis.syntax.walk import walk

#: Reads of the environment without a default, by the last name and that before it.
_READS = frozenset({("getenv", "os"), ("get", "environ"), ("getenv", "")})


def truth_in_test(test: ast.expr, imported: Collection[str] = ()) -> bool | None:
    """Return whether `test` is always true or always false in a test; ``None`` if it depends.

    It is as :func:`truth_of` says, and variables of the environment are not set: a test that asks
    for one runs nowhere but at home. e.g. false for ``os.environ.get("SLOW")`` and ``"SLOW" in
    os.environ``, true for ``not os.getenv("CI")``; ``None`` for ``os.getenv("CI", "1")``. An
    imported function is never ``None``: ``shapes.area is None`` is false if `imported` has
    ``shapes``.
    """
    negated = False
    while isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        test, negated = test.operand, not negated
    truth = _of_environment(test)
    if truth is None:
        truth = False if _misses_import(test, imported) else truth_of(test)
    return truth if truth is None else truth is not negated


def _of_environment(test: ast.expr) -> bool | None:
    """Return the truth of `test` if it only asks for a variable that is not set."""
    if _reads_variable(test):
        return False
    if not isinstance(test, ast.Compare) or len(test.ops) != 1:
        return None
    operator, right = test.ops[0], test.comparators[0]
    if isinstance(operator, ast.In | ast.NotIn) and called_name(right) == "environ":
        return isinstance(operator, ast.NotIn)
    if isinstance(operator, ast.Eq) and _reads_variable(test.left):
        # e.g. `os.getenv("CI") == "1"`; not `os.getenv("CI") == None`
        return False if isinstance(right, ast.Constant) and right.value is not None else None
    return None


def _misses_import(test: ast.expr, imported: Collection[str]) -> bool:
    """Return whether `test` is ``area is None`` of an imported function or an attribute of one.

    Not if its name is in capitals: a constant may be ``None``.
    """
    if not isinstance(test, ast.Compare) or not isinstance(test.ops[0], ast.Is):
        return False
    right = test.comparators[0]
    is_none = isinstance(right, ast.Constant) and right.value is None
    return is_none and root_of(test.left)[0] in imported and not called_name(test.left).isupper()


def _reads_variable(value: ast.expr) -> bool:
    """Return whether `value` is ``os.getenv("X")`` or ``os.environ.get("X")``, with no default."""
    if not isinstance(value, ast.Call) or len(value.args) != 1 or value.keywords:
        return False
    owner = called_name(value.func.value) if isinstance(value.func, ast.Attribute) else ""
    return (called_name(value), owner) in _READS


def raises_itself(statement: ast.stmt) -> bool:
    """Return whether an expression in `statement` raises before any function is called with it.

    e.g. ``area(1 / 0)``, ``area({}["x"])`` and ``area([][0])``; not ``area(1, 0)``.
    """
    return any(map(_always_raises, walk(statement)))


def _always_raises(node: ast.AST) -> bool:
    """Return whether `node` is a division by the constant 0, or an item of an empty literal."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div | ast.FloorDiv | ast.Mod):
        # e.g. not `"%s" % 0`, which is a text
        is_number = isinstance(node.left, ast.Constant) and isinstance(node.left.value, int | float)
        return is_number and isinstance(node.right, ast.Constant) and node.right.value == 0
    if not isinstance(node, ast.Subscript) or isinstance(node.slice, ast.Slice):
        return False
    return isinstance(node.value, ast.List | ast.Tuple | ast.Dict) and not (
        node.value.keys if isinstance(node.value, ast.Dict) else node.value.elts
    )
