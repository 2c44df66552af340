"""Does a function talk to the world and compute as well?"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from grader.analysis.syntax.call_targets import Aliases, target_of
from grader.analysis.syntax.except_clauses import last_name
from grader.analysis.syntax.statements import DEFINITIONS, Function, bodies
from grader.analysis.syntax.walk import expressions

#: Assignments of computed values, outside loops, that make a function one that computes.
_COMPUTING = 3

_LOOPS = (ast.For, ast.AsyncFor, ast.While)
_SURE = (ast.Sub, ast.Mult, ast.Div, ast.FloorDiv, ast.Pow)
_NUMBERS = frozenset("abs float int len max min pow round sum".split())
_TALKING = frozenset({"print", "input", "open"})
_TALKING_MODULES = ("matplotlib.", "requests.", "httpx.", "urllib.request.", "seaborn.")
_TALKING_CALLS = frozenset({"json.load", "json.dump", "pickle.load", "pickle.dump"})
_TALKING_METHODS = frozenset("read_text write_text read_bytes write_bytes readlines".split())

#: Talk with a person, which is never part of computing a value.
_ASIDE = frozenset({"print", "input"})
_PRINT = "print"


def own_level(function: Function) -> Iterator[tuple[ast.AST, bool]]:
    """Every node of a function's body, and whether it is inside a loop; inner functions aside."""
    waiting: list[tuple[ast.AST, bool]] = [(item, False) for item in function.body]
    while waiting:
        statement, looped = waiting.pop()
        if isinstance(statement, DEFINITIONS):
            continue
        yield statement, looped
        for node in expressions(statement):
            yield node, looped
        inner = looped or isinstance(statement, _LOOPS)
        waiting.extend((item, inner) for body in bodies(statement) for item in body)


def mixes(function: Function, aliases: Aliases) -> bool:
    """Whether a function both talks to the world and computes.

    A line of progress that is printed in a loop is no talk, unless what is computed is returned. To
    make a number of what was read from a file belongs to the reading, unless it takes a loop.
    """
    nodes = list(own_level(function))
    said = {
        (what, looped)
        for node, looped in nodes
        if isinstance(node, ast.Call) and (what := _talks(node, aliases))
    }
    if not said:
        return False
    numbers = _numeric_names(node for node, _ in nodes)
    if _returns_a_result(nodes, numbers) and not _ASIDE.isdisjoint(what for what, _ in said):
        return True
    return said != {(_PRINT, True)} and _computes(nodes, numbers)


def _talks(call: ast.Call, aliases: Aliases) -> str:
    """The name of what a call does with the world outside, if it does anything."""
    name = last_name(call.func)
    dotted = target_of(call.func, aliases).dotted
    if dotted in _TALKING and name not in aliases.own:
        return "" if _to_stderr(call) else name
    known = dotted in _TALKING_CALLS or dotted.startswith(_TALKING_MODULES)
    return name if known or name in _TALKING_METHODS else ""


def _to_stderr(call: ast.Call) -> bool:
    return any(one.arg == "file" and last_name(one.value) == "stderr" for one in call.keywords)


def _numeric_names(nodes: Iterable[ast.AST]) -> set[str]:
    """Names that surely hold numbers, because a number was assigned to them."""
    found = set()
    for node in nodes:
        if isinstance(node, ast.Assign) and _is_number(node.value):
            found |= {one.id for one in node.targets if isinstance(one, ast.Name)}
    return found


def _is_number(value: ast.expr) -> bool:
    if isinstance(value, ast.Constant):
        return type(value.value) in (int, float)
    return isinstance(value, ast.Call) and getattr(value.func, "id", "") in _NUMBERS


def _is_arithmetic(value: ast.AST | None, numbers: set[str]) -> bool:
    """Whether working out a value takes arithmetic, beyond counting up or down by a constant."""
    if value is None:
        return False
    return any(
        isinstance(node, ast.BinOp) and _computes_number(node, numbers) for node in ast.walk(value)
    )


def _computes_number(node: ast.BinOp, numbers: set[str]) -> bool:
    sides = (node.left, node.right)
    if any(_is_text(side) for side in sides):
        return False
    if isinstance(node.op, ast.Add | ast.Sub) and any(_is_number_constant(one) for one in sides):
        return False
    if isinstance(node.op, _SURE):
        return True
    if not isinstance(node.op, ast.Add):
        return False
    return all(_is_number(side) or getattr(side, "id", "") in numbers for side in sides)


def _is_number_constant(value: ast.expr) -> bool:
    return isinstance(value, ast.Constant) and _is_number(value)


def _is_text(value: ast.expr) -> bool:
    """Whether a side is text or a list, so that the operator joins or repeats."""
    if isinstance(value, ast.Constant):
        return isinstance(value.value, str | bytes)
    return isinstance(value, ast.JoinedStr | ast.List | ast.Tuple | ast.Set | ast.ListComp)


def _returns_a_result(nodes: list[tuple[ast.AST, bool]], numbers: set[str]) -> bool:
    """Whether what a function returns was computed in it."""
    computed = {
        target.id
        for node, _ in nodes
        for target in _computed_targets(node, numbers)
        if isinstance(target, ast.Name)
    }
    return any(
        isinstance(node, ast.Return)
        and (_is_arithmetic(node.value, numbers) or _names(node.value) & computed)
        for node, _ in nodes
    )


def _computed_targets(node: ast.AST, numbers: set[str]) -> list[ast.expr]:
    """What a node assigns a computed value to."""
    if isinstance(node, ast.Assign) and _is_arithmetic(node.value, numbers):
        return node.targets
    if isinstance(node, ast.AugAssign) and _adds_up(node, numbers):
        return [node.target]
    return []


def _adds_up(node: ast.AugAssign, numbers: set[str]) -> bool:
    """Whether ``total += price`` computes: it neither counts up nor joins texts."""
    if isinstance(node.value, ast.Constant) or _is_text(node.value):
        return False
    if isinstance(node.op, ast.Add):
        return last_name(node.target) in numbers
    return isinstance(node.op, _SURE)


def _names(value: ast.expr | None) -> set[str]:
    """The names that a returned value is made of directly."""
    parts = value.elts if isinstance(value, ast.Tuple | ast.List) else [value]
    return {part.id for part in parts if isinstance(part, ast.Name)}


def _computes(nodes: list[tuple[ast.AST, bool]], numbers: set[str]) -> bool:
    """Whether a loop computes, or several assignments do."""
    assigned = 0
    for node, looped in nodes:
        if isinstance(node, ast.AugAssign):
            computes = _adds_up(node, numbers)
        else:
            computes = isinstance(node, ast.Assign) and _is_arithmetic(node.value, numbers)
        assigned += computes
        if computes and looped:
            return True
    return assigned >= _COMPUTING
