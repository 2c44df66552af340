"""Does a function compute, and print, ask or use a file as well?"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from grader.analysis.syntax.dotted_names import last_name
from grader.analysis.syntax.module import Module
from grader.analysis.syntax.scopes import Scope
from grader.analysis.syntax.statements import Function
from grader.analysis.syntax.stdlib_effects import OUTSIDE, Effect
from grader.analysis.syntax.walk import walk

#: Assignments of computed values, outside loops, that make a function one that computes: one or
#: two prepare what is printed. e.g. `width = longest * 2` before `print(name.ljust(width))` is let
#: go; a mean, a variance and a deviation before a `print` are caught.
_COMPUTING = 3

#: Operators that are arithmetic whatever they are used on; `+` joins texts and lists as well.
_SURE = (ast.Sub, ast.Mult, ast.Div, ast.FloorDiv, ast.Pow)
#: Calls whose value is a number: `total = int(text)`.
_NUMBERS = frozenset("abs float int len max min pow round sum".split())

#: Talk with a person, which is never part of computing what a function returns.
_ASIDE = frozenset({Effect.PRINTS, Effect.ASKS})

#: A statement, and whether a loop of its function is around it.
_Looped = tuple[ast.stmt, bool]


def mixes(function: Function, module: Module) -> bool:
    """Return whether ``function`` of ``module`` computes and also talks to the world outside.

    Lines of progress printed in a loop are let go, unless the function returns what it computes.
    `int(stream.read()) * 1024` belongs to the reading; a loop that adds up lines is computing.
    """
    scope = module.functions[function]
    effects = set(_outside_effects(module, scope))
    if not effects:
        return False
    statements = [(each, block.in_loop) for block in scope.blocks for each in block.statements]
    numbers = _numeric_names(statements)
    talks = not _ASIDE.isdisjoint(effect for effect, _ in effects)
    if talks and _returns_a_result(statements, numbers):
        return True
    return effects != {(Effect.PRINTS, True)} and _computes(statements, numbers)


def _outside_effects(module: Module, scope: Scope) -> Iterator[tuple[Effect, bool]]:
    """Yield (effect, whether in a loop) of each call in ``scope`` that reaches the outside."""
    for block in scope.blocks:
        for call in block.calls:
            effect = module.effect_of(call, scope)
            if effect in OUTSIDE and not _to_stderr(call):
                yield effect, block.in_loop


def _to_stderr(call: ast.Call) -> bool:
    """Return whether ``call`` complains: `print("cannot", file=sys.stderr)`."""
    return any(one.arg == "file" and last_name(one.value) == "stderr" for one in call.keywords)


def _numeric_names(statements: Iterable[_Looped]) -> set[str]:
    """Return the names that surely hold numbers, because one of ``statements`` assigns one."""
    found = set()
    for node, _ in statements:
        if isinstance(node, ast.Assign) and _is_number(node.value):
            found |= {one.id for one in node.targets if isinstance(one, ast.Name)}
    return found


def _is_number(value: ast.expr) -> bool:
    if isinstance(value, ast.Constant):
        return type(value.value) in (int, float)
    return isinstance(value, ast.Call) and getattr(value.func, "id", "") in _NUMBERS


def _is_arithmetic(value: ast.AST | None, numbers: set[str]) -> bool:
    """Return whether ``value`` takes arithmetic beyond counting up or down by a constant."""
    if value is None:
        return False
    return any(
        isinstance(node, ast.BinOp) and _computes_number(node, numbers) for node in walk(value)
    )


def _computes_number(node: ast.BinOp, numbers: set[str]) -> bool:
    sides = (node.left, node.right)
    # e.g. "-" * 20, [0] * width
    if any(_is_text(side) for side in sides):
        return False
    # e.g. number + 1
    if isinstance(node.op, ast.Add | ast.Sub) and any(_is_number_constant(one) for one in sides):
        return False
    if isinstance(node.op, _SURE):
        return True
    if not isinstance(node.op, ast.Add):
        return False
    # e.g. total + price, where both have been numbers; first + last may be two texts
    return all(_is_number(side) or getattr(side, "id", "") in numbers for side in sides)


def _is_number_constant(value: ast.expr) -> bool:
    return isinstance(value, ast.Constant) and _is_number(value)


def _is_text(value: ast.expr) -> bool:
    """Return whether a side of an operator is a text or a list, which it joins or repeats."""
    if isinstance(value, ast.Constant):
        return isinstance(value.value, str | bytes)
    return isinstance(value, ast.JoinedStr | ast.List | ast.Tuple | ast.Set | ast.ListComp)


def _returns_a_result(statements: list[_Looped], numbers: set[str]) -> bool:
    """Return whether one of ``statements`` returns what they compute."""
    computed = {
        target.id
        for node, _ in statements
        for target in _computed_targets(node, numbers)
        if isinstance(target, ast.Name)
    }
    return any(
        isinstance(node, ast.Return)
        and (_is_arithmetic(node.value, numbers) or _names(node.value) & computed)
        for node, _ in statements
    )


def _computed_targets(node: ast.stmt, numbers: set[str]) -> list[ast.expr]:
    """Return the targets to which ``node`` assigns a computed value."""
    if isinstance(node, ast.Assign) and _is_arithmetic(node.value, numbers):
        return node.targets
    if isinstance(node, ast.AugAssign) and _adds_up(node, numbers):
        return [node.target]
    return []


def _adds_up(node: ast.AugAssign, numbers: set[str]) -> bool:
    """Return whether ``node`` computes, as `total += price` does.

    It does not where it counts up, `tries += 1`, or may join texts, `text += line`.
    """
    if isinstance(node.value, ast.Constant) or _is_text(node.value):
        return False
    if isinstance(node.op, ast.Add):
        return last_name(node.target) in numbers
    return isinstance(node.op, _SURE)


def _names(value: ast.expr | None) -> set[str]:
    """Return the names that a returned value consists of: both of `return area, width`."""
    parts = value.elts if isinstance(value, ast.Tuple | ast.List) else [value]
    return {part.id for part in parts if isinstance(part, ast.Name)}


def _computes(statements: list[_Looped], numbers: set[str]) -> bool:
    """Return whether a loop computes, or :data:`_COMPUTING` assignments do."""
    assigned = 0
    for node, looped in statements:
        if isinstance(node, ast.AugAssign):
            computes = _adds_up(node, numbers)
        else:
            computes = isinstance(node, ast.Assign) and _is_arithmetic(node.value, numbers)
        assigned += computes
        if computes and looped:
            return True
    return assigned >= _COMPUTING
