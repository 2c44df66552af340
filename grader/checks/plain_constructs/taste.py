"""Branches that could be shorter, on which good programmers differ: advice without points."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from grader.analysis.fixes.rewriting import Edit, Layout, last_line
from grader.analysis.syntax.unreachable import LEAVING
from grader.checks.plain_constructs.branches import continues, is_elif
from grader.checks.plain_constructs.comparisons import SIGNS
from grader.checks.plain_constructs.construct import Construct, Place, is_plain

EXTREME = "own-min-max"
NESTED = "nested-if"
AFTER_LEAVING = "else-after-return"
NEGATED_ELSE = "negated-with-else"
NESTED_ELSE = "else-with-if"


def own_min_max(node: ast.AST, place: Place) -> Iterator[Construct]:
    """Yield ``if a < b: a = b``, which is ``a = max(a, b)`` (advice)."""
    assert isinstance(node, ast.If)
    name = _extreme(node)
    if not name or is_elif(node, place) or name in place.file.bound:
        return
    one = node.body[0]
    assert isinstance(one, ast.Assign)

    def rewrite(layout: Layout) -> list[Edit]:
        target, value = layout.of(one.targets[0]), layout.of(one.value)
        line = f"{layout.indentation(node)}{target} = {name}({target}, {value})"
        return [layout.replace_lines(node.lineno, last_line(node), [line])]

    yield Construct(EXTREME, node, f"`{name}` picks one of two values by itself", rewrite)


#: The function that ``if left < right: left = right`` writes out, by the comparison.
_EXTREMES = {ast.Lt: "max", ast.LtE: "max", ast.Gt: "min", ast.GtE: "min"}


def _extreme(node: ast.If) -> str:
    """Return ``max`` or ``min``, which ``node`` writes out; empty if it writes out neither."""
    one = node.body[0]
    if node.orelse or len(node.body) != 1 or not isinstance(one, ast.Assign):
        return ""
    if not (isinstance(node.test, ast.Compare) and is_plain(node.test)) or len(one.targets) != 1:
        return ""
    name = _EXTREMES.get(type(node.test.ops[0]), "")
    test, swapped = ast.unparse(node.test), {"max": "min", "min": "max"}
    sides = test.split(f" {SIGNS.get(type(node.test.ops[0]), '')} ")
    assigned = [ast.unparse(one.targets[0]), ast.unparse(one.value)]
    if sides == assigned:
        return name
    return swapped.get(name, "") if sides == assigned[::-1] else ""


def nested_if(node: ast.AST, place: Place) -> Iterator[Construct]:
    """Yield an ``if`` with only another ``if`` inside, which is one with ``and`` (advice)."""
    assert isinstance(node, ast.If)
    inner = node.body[0]
    if node.orelse or len(node.body) != 1 or not isinstance(inner, ast.If) or inner.orelse:
        return
    if is_elif(node, place):
        return

    def rewrite(layout: Layout) -> list[Edit] | None:
        body = layout.block(inner.body, layout.indentation(inner))
        if body is None or not layout.has_own_lines(inner):
            return None
        tests = [_operand_of_and(each.test, layout) for each in (node, inner)]
        line = f"{layout.indentation(node)}if {' and '.join(tests)}:"
        return [layout.replace_lines(node.lineno, last_line(node), [line, *body])]

    yield Construct(NESTED, node, "`and` says in one `if` what these two say", rewrite)


def _operand_of_and(test: ast.expr, layout: Layout) -> str:
    is_and = isinstance(test, ast.BoolOp) and isinstance(test.op, ast.And)
    loose = isinstance(test, ast.BoolOp | ast.IfExp | ast.Lambda | ast.NamedExpr) and not is_and
    return f"({layout.of(test)})" if loose else layout.of(test)


def else_after_return(node: ast.AST, place: Place) -> Iterator[Construct]:
    """Yield an ``else`` after a branch that leaves: ``if c: return a else: return b`` (advice)."""
    assert isinstance(node, ast.If)
    if not node.orelse or is_elif(node, place) or continues(node, place):
        return
    if type(node.body[-1]) not in LEAVING:
        return

    def rewrite(layout: Layout) -> list[Edit] | None:
        body = layout.block(node.orelse, layout.indentation(node))
        if body is None:
            return None
        return [layout.replace_lines(last_line(node.body[-1]) + 1, last_line(node), body)]

    word = type(node.body[-1]).__name__.lower()
    message = f"After `{word}`, no `else` is needed: the rest runs only if the condition was false"
    yield Construct(AFTER_LEAVING, node.orelse[0], message, rewrite)


def else_with_if(node: ast.AST, place: Place) -> Iterator[Construct]:
    """Yield an ``else`` that holds nothing but an ``if``, which is an ``elif`` (advice)."""
    assert isinstance(node, ast.If)
    inner = node.orelse[0] if len(node.orelse) == 1 else None
    if not isinstance(inner, ast.If) or is_elif(inner, place):
        return

    def rewrite(layout: Layout) -> list[Edit] | None:
        lines = layout.block([inner], layout.indentation(node))
        if lines is None:
            return None
        first = last_line(node.body[-1]) + 1
        return [layout.replace_lines(first, last_line(node), [_as_elif(lines[0]), *lines[1:]])]

    yield Construct(NESTED_ELSE, inner, "`else` with only an `if` in it is an `elif`", rewrite)


def _as_elif(line: str) -> str:
    return line.replace("if", "elif", 1)


def negated_with_else(node: ast.AST, place: Place) -> Iterator[Construct]:
    """Yield ``if not c: a else: b``, which reads better as ``if c: b else: a`` (advice)."""
    assert isinstance(node, ast.If)
    test = node.test
    if not (isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not)):
        return
    if not node.orelse or continues(node, place) or is_elif(node, place):
        return
    if type(node.body[-1]) in LEAVING:  # a guard, and its `else` is another finding
        return

    def rewrite(layout: Layout) -> list[Edit] | None:
        bodies = [
            layout.block(each, layout.indentation(each[0])) for each in (node.orelse, node.body)
        ]
        if bodies[0] is None or bodies[1] is None:
            return None
        start = layout.indentation(node)
        lines = [f"{start}if {layout.of(test.operand)}:", *bodies[0], f"{start}else:", *bodies[1]]
        return [layout.replace_lines(node.lineno, last_line(node), lines)]

    yield Construct(
        NEGATED_ELSE, node, "Without `not`, and the branches changed over, it reads easier", rewrite
    )


#: Rules for ``if``.
IF_RULES = (own_min_max, nested_if, else_after_return, else_with_if, negated_with_else)
