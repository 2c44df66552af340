"""Rewrite comparisons that flake8 complains about.

A rule returns ``None`` for a node that it leaves as it is: one of another kind, a chain such as
``a == b == None``, or a comparison whose right side is in brackets.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator

from grader.analysis.fixes.own_line import Line

#: From a node and its line to the text that replaces the node, or ``None`` to leave it as it is.
Rule = Callable[[ast.AST, Line], str | None]

#: Statements that use a condition for nothing but its truth.
_CONDITIONALS = ast.If | ast.While | ast.Assert


def none_compared(node: ast.AST, line: Line) -> str | None:
    """Return ``x is None`` for the node of ``x == None``, ``x is not None`` for ``x != None``.

    ``None`` for any other node, e.g. ``None == x`` or ``x == y == None``, and inside a query, e.g.
    ``query.filter(User.age == None)`` of SQLAlchemy and ``rows[rows.age != None]`` of pandas, where
    ``is`` would mean something else.
    """
    if not (isinstance(node, ast.Compare) and _is_constant(node.comparators[-1], None)):
        return None
    if any(node is part for query in _queries(line.tree) for part in ast.walk(query)):
        return None
    return _with_operator(node, line, {"==": "is", "!=": "is not"})


#: Methods and functions that build a query from comparisons, by SQLAlchemy and others.
_QUERYING = frozenset("filter where having and_ or_ not_ case join outerjoin order_by".split())


def _queries(tree: ast.AST) -> Iterator[ast.expr]:
    """Yield the expressions of `tree` in which a comparison may be no question but a query.

    They are the arguments of functions such as ``filter`` and ``where``, and indices.
    """
    for node in ast.walk(tree):
        if isinstance(node, ast.Subscript):
            yield node.slice
        elif isinstance(node, ast.Call):
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            if name in _QUERYING:
                yield from node.args


def truth_compared(node: ast.AST, line: Line) -> str | None:
    """Return ``x`` for the node of ``x == True``, and ``not x`` for that of ``x == False``.

    For ``!=`` it is the reverse. The node has to be the condition of an ``if``, ``while`` or
    ``assert``, or an operand in it of ``and``, ``or`` and ``not``. Elsewhere the value may matter:
    ``None`` for ``y = x == True``, and for any other node, e.g. ``True == x``.
    """
    if not isinstance(node, ast.Compare) or not _is_condition(node, line.statement):
        return None
    parts = _parts(node, line)
    truth = next((one for one in (True, False) if _is_constant(node.comparators[-1], one)), None)
    if parts is None or truth is None or parts[1] not in ("==", "!="):
        return None
    left, operator, _ = parts
    return left if truth is (operator == "==") else f"not {left}"


def _is_condition(node: ast.expr, statement: ast.AST | None) -> bool:
    """Return whether `node` is the condition of `statement`, or a part of it.

    Parts are the operands of ``and``, ``or`` and ``not``.
    """
    if not isinstance(statement, _CONDITIONALS):
        return False
    return any(node is part for part in _conditions(statement.test))


def _conditions(test: ast.expr) -> Iterator[ast.expr]:
    """Yield the parts of `test` whose truth alone matters: ``a``, ``b`` of ``a and not b``."""
    if isinstance(test, ast.BoolOp):
        for part in test.values:
            yield from _conditions(part)
    elif isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        yield from _conditions(test.operand)
    else:
        yield test


def not_in(node: ast.AST, line: Line) -> str | None:
    """Return ``x not in y`` for the node of ``not x in y``, ``x is not y`` for ``not x is y``.

    ``None`` for any other node, e.g. ``not (x in y)``.
    """
    if not (isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not)):
        return None
    compare = node.operand
    if not isinstance(compare, ast.Compare):
        return None
    between = line.text[line.start(node) : line.start(compare)]
    if between.strip() != "not":
        return None
    return _with_operator(compare, line, {"in": "not in", "is": "is not"})


def type_compared(node: ast.AST, line: Line) -> str | None:
    """Return ``type(x) is int`` for the node of ``type(x) == int``, and ``is not`` for ``!=``.

    The other side is a type, e.g. ``type(y)``, ``int`` or ``csv.Error``. ``None`` for any other
    node, e.g. ``type(x) == "int"``. ``isinstance(x, int)`` would mean something else: it is true of
    ``True``, too.
    """
    if not isinstance(node, ast.Compare):
        return None
    sides = node.left, node.comparators[0]
    if not any(map(_is_type_call, sides)):
        return None
    if not all(isinstance(side, ast.Name | ast.Attribute) or _is_type_call(side) for side in sides):
        return None
    return _with_operator(node, line, {"==": "is", "!=": "is not"})


def literal_compared(node: ast.AST, line: Line) -> str | None:
    """Return ``x == 5`` for the node of ``x is 5``, ``x != 5`` for ``x is not 5``.

    One of the two sides must be a literal number, text or bytes. ``None`` for any other node, e.g.
    ``x is y``, ``x is None``, ``x is True`` and ``x is ()``.
    """
    if not isinstance(node, ast.Compare):
        return None
    if not any(map(_is_literal, (node.left, *node.comparators))):
        return None
    return _with_operator(node, line, {"is": "==", "is not": "!="})


def _is_literal(node: ast.expr) -> bool:
    """Return whether `node` is a number, text or bytes; not ``None``, a bool or ``...``."""
    return isinstance(node, ast.Constant) and not (
        node.value is ... or isinstance(node.value, bool | None)
    )


def rewritten(line: Line, rule: Rule) -> str | None:
    """Return the text of `line` with each node replaced for which `rule` returns a text.

    ``None`` if there is no such node, or if one is inside another.
    """
    rewritten_nodes = [(node, rule(node, line)) for node in ast.walk(line.tree)]
    edits = [
        (line.start(node), line.end(node), new) for node, new in rewritten_nodes if new is not None
    ]
    return line.with_edits(edits) if edits else None


def _parts(compare: ast.Compare, line: Line) -> tuple[str, str, str] | None:
    """Return the texts of the left side, the operator and the right side of `compare`.

    Brackets around the left side are kept. ``None`` if there are several operators, if the
    operator is another than ``==``, ``!=``, ``is``, ``in`` and their negations, or if the right
    side is in brackets.
    """
    if len(compare.ops) != 1:
        return None
    whole = line.text[line.start(compare) : line.start(compare.comparators[0])]
    # e.g. "(x) is  not " gives "(x)" and "is  not", as longer operators come first; "x < " and
    # "x == (" do not match.
    match = re.fullmatch(r"(.*?)\s*(==|!=|\bis\s+not|\bis|\bnot\s+in|\bin)\s*", whole)
    if match is None:
        return None
    right = line.text[line.start(compare.comparators[0]) : line.end(compare)]
    return match[1], " ".join(match[2].split()), right


def _with_operator(compare: ast.Compare, line: Line, operators: dict[str, str]) -> str | None:
    """Return the text of `compare` with its operator replaced by the one in `operators`.

    ``None`` if `operators` does not have it, or if `compare` has several operators.
    """
    parts = _parts(compare, line)
    if parts is None or parts[1] not in operators:
        return None
    return f"{parts[0]} {operators[parts[1]]} {parts[2]}"


def _is_constant(node: ast.AST, value: object) -> bool:
    """Return whether `node` is the literal `value`, e.g. ``True``; 1 is not ``True``."""
    return isinstance(node, ast.Constant) and node.value is value


def _is_type_call(node: ast.expr) -> bool:
    """Return whether `node` asks for the type of a value: ``type(x)``."""
    named = (
        isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "type"
    )
    return named and isinstance(node, ast.Call) and len(node.args) == 1 and not node.keywords
