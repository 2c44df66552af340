"""Find functions that compute and also print, ask, or use a file, a database or the network."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from grader.analysis.syntax.dotted_names import last_name
from grader.analysis.syntax.module import Module
from grader.analysis.syntax.scopes import Scope
from grader.analysis.syntax.statements import Function
from grader.analysis.syntax.stdlib_effects import OUTSIDE, Effect
from grader.analysis.syntax.walk import walk

#: Number of assignments of computed values, outside loops, from which a function computes: one or
#: two may only prepare what is printed. e.g. `width = longest * 2` before
#: `print(name.ljust(width))` is let go; a mean, a variance and a deviation before a `print` are
#: caught. Chosen by hand.
_COMPUTING = 3

#: Operators that are arithmetic on almost all values: `a * b`. Not `+`, which joins texts and lists
#: as well, and `%`, which fills in texts: they are arithmetic only on numbers.
_SURE = (ast.Sub, ast.Mult, ast.Div, ast.FloorDiv, ast.Pow)
#: Calls whose value is a number, e.g. `total = int(text)`; not `total = read()`. Chosen by hand.
_NUMBERS = frozenset("abs float int len max min pow round sum".split())

#: Printing and asking. A function that returns a computed value should do neither, but it may read
#: a file first.
_ASIDE = frozenset({Effect.PRINTS, Effect.ASKS})

#: A statement, and whether a loop of its function is around it.
_Looped = tuple[ast.stmt, bool]


def mixes(function: Function, module: Module) -> bool:
    """Return whether ``function`` of ``module`` computes and also has an effect on the outside.

    The effects are those of ``OUTSIDE``: it prints (not to stderr), asks, or uses a file, a chart,
    the network or a database; what functions of the file do that it calls, or that are inside it,
    does not count. True if it prints or asks and returns a computed value. Also true if it has any
    such effect and assigns a computed value in a loop, or computed values three times or more,
    unless its only effect is printing in a loop, which may show progress. Computing is `-`, `*`,
    `/`, `//` and `**`, `+` of variables that were set to numbers, and `%` of one or by a number;
    not adding or subtracting a constant. False e.g. for a function that only reads a file and
    returns `int(stream.read()) * 1024`.
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
    """Yield (effect, whether in a loop) of each call in ``scope`` with an effect of ``OUTSIDE``.

    Printing to stderr is left out, because errors may be reported anywhere.
    """
    for block in scope.blocks:
        for call in block.calls:
            effect = module.effect_of(call, scope)
            if effect in OUTSIDE and not _to_stderr(call):
                yield effect, block.in_loop


def _to_stderr(call: ast.Call) -> bool:
    """Return whether ``call`` prints to stderr, e.g. `print("cannot open", file=sys.stderr)`."""
    return any(one.arg == "file" and last_name(one.value) == "stderr" for one in call.keywords)


def _numeric_names(statements: Iterable[_Looped]) -> set[str]:
    """Return the names to which one of ``statements`` assigns a number, e.g. `total = 0`."""
    found = set()
    for node, _ in statements:
        if isinstance(node, ast.Assign) and _is_number(node.value):
            found |= {one.id for one in node.targets if isinstance(one, ast.Name)}
    return found


def _is_number(value: ast.expr) -> bool:
    """Return whether ``value`` is an int or float, or a call of one of ``_NUMBERS``."""
    if isinstance(value, ast.Constant):
        return type(value.value) in (int, float)
    return isinstance(value, ast.Call) and getattr(value.func, "id", "") in _NUMBERS


def _is_arithmetic(value: ast.AST | None, numbers: set[str]) -> bool:
    """Return whether ``value`` has arithmetic in it, beyond adding or subtracting a constant.

    ``numbers`` are names of numbers. ``None`` as ``value`` has none.
    """
    if value is None:
        return False
    return any(
        isinstance(node, ast.BinOp) and _computes_number(node, numbers) for node in walk(value)
    )


def _computes_number(node: ast.BinOp, numbers: set[str]) -> bool:
    """Return whether ``node`` computes a number from more than a name and a constant step."""
    sides = (node.left, node.right)
    # e.g. "-" * 20 and [0] * width are no arithmetic
    if any(_is_text(side) for side in sides):
        return False
    # e.g. number + 1 only counts
    if isinstance(node.op, ast.Add | ast.Sub) and any(_is_number_constant(one) for one in sides):
        return False
    if isinstance(node.op, _SURE):
        return True
    return _is_of_numbers(node, numbers)


def _is_of_numbers(node: ast.BinOp, numbers: set[str]) -> bool:
    """Return whether ``node`` is a ``+`` or ``%`` of numbers; texts have these operators too."""
    left, right = (
        _is_number(side) or getattr(side, "id", "") in numbers for side in (node.left, node.right)
    )
    # e.g. year % 4, and total % count after total = 0; line % price may fill in a text
    if isinstance(node.op, ast.Mod):
        return left or _is_number_constant(node.right)
    # e.g. total + price, where both have been numbers; first + last may be two texts
    return isinstance(node.op, ast.Add) and left and right


def _is_number_constant(value: ast.expr) -> bool:
    """Return whether ``value`` is a literal int or float."""
    return isinstance(value, ast.Constant) and _is_number(value)


def _is_text(value: ast.expr) -> bool:
    """Return whether ``value``, a side of an operator, is a literal text, list, tuple or set."""
    if isinstance(value, ast.Constant):
        return isinstance(value.value, str | bytes)
    return isinstance(value, ast.JoinedStr | ast.List | ast.Tuple | ast.Set | ast.ListComp)


def _returns_a_result(statements: list[_Looped], numbers: set[str]) -> bool:
    """Return whether one of ``statements`` returns arithmetic, or a name that has a computed value.

    e.g. `return price * count`, or `return total` after `total = price * count`.
    """
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
    """Return the targets to which ``node`` assigns a computed value; empty if it assigns none."""
    if isinstance(node, ast.Assign) and _is_arithmetic(node.value, numbers):
        return node.targets
    if isinstance(node, ast.AugAssign) and _adds_up(node, numbers):
        return [node.target]
    return []


def _adds_up(node: ast.AugAssign, numbers: set[str]) -> bool:
    """Return whether the assignment ``node`` computes, e.g. `total += price` after `total = 0`.

    Not `tries += 1`, which counts, and `text += line` and `text %= line`, which may be about texts.
    """
    if isinstance(node.value, ast.Constant) or _is_text(node.value):
        return False
    if isinstance(node.op, ast.Add | ast.Mod):
        return last_name(node.target) in numbers
    return isinstance(node.op, _SURE)


def _names(value: ast.expr | None) -> set[str]:
    """Return the names that ``value`` is or lists: both of `area, width`, but none of `-area`."""
    parts = value.elts if isinstance(value, ast.Tuple | ast.List) else [value]
    return {part.id for part in parts if isinstance(part, ast.Name)}


def _computes(statements: list[_Looped], numbers: set[str]) -> bool:
    """Return whether an assignment in a loop computes, or :data:`_COMPUTING` assignments at all."""
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
