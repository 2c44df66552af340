"""Find what a function computes: which statements assign numbers that come from arithmetic."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from grader.analysis.syntax.dotted_names import last_name
from grader.analysis.syntax.scopes import Scope
from grader.analysis.syntax.statements import LOOPS
from grader.analysis.syntax.walk import walk

#: Operators that are arithmetic on almost all values: `a * b`. Not `+`, which joins texts and lists
#: as well, and `%`, which fills in texts: they are arithmetic only on numbers.
_SURE = (ast.Sub, ast.Mult, ast.Div, ast.FloorDiv, ast.Pow)
#: Calls whose value is a number, e.g. `total = int(text)`; not `total = read()`. Chosen by hand.
_NUMBERS = frozenset("abs float int len max min pow round sum".split())


class Looped(NamedTuple):
    """A statement, and whether a loop of its function is around it."""

    node: ast.stmt
    in_loop: bool


class Computed(NamedTuple):
    """An assignment of a computed value.

    ``targets`` are what it assigns to, ``operators`` how many operations on numbers its value has,
    e.g. 2 in `wage = hours * rate - tax`. ``changes`` says whether it keeps the state of an object:
    `self.money -= price`, `stock[name] -= 1`, `film.rank = count - place`.
    """

    node: ast.stmt
    in_loop: bool
    targets: list[ast.expr]
    operators: int
    changes: bool

    @property
    def names(self) -> set[str]:
        """The variables that it assigns."""
        return {one.id for one in self.targets if isinstance(one, ast.Name)}


class Arithmetic:
    """The arithmetic of one function.

    ``statements`` are those of the function, and ``computed`` the assignments of computed values
    among them. Computing is `-`, `*`, `/`, `//` and `**`, `+` of variables that were set to
    numbers, and `%` of one or by a number; not adding or subtracting a constant.
    """

    def __init__(self, scope: Scope) -> None:
        """Read the statements of ``scope``, a function's."""
        self.statements = [
            Looped(each, block.in_loop) for block in scope.blocks for each in block.statements
        ]
        self._numbers = _numeric_names(self.statements)
        self.computed = [found for one in self.statements if (found := self._computed(one))]

    def _computed(self, one: Looped) -> Computed | None:
        """Return ``one`` as a computation, or ``None`` if it assigns no computed value."""
        node = one.node
        if isinstance(node, ast.AugAssign) and self._adds_up(node):
            changes = isinstance(node.target, ast.Attribute | ast.Subscript)
            operators = 1 + self.operators(node.value)
            return Computed(node, one.in_loop, [node.target], operators, changes)
        if not isinstance(node, ast.Assign):
            return None
        operators = self.operators(node.value) or self._adds_to_a_number(node)
        changes = all(isinstance(target, ast.Attribute) for target in node.targets)
        return Computed(node, one.in_loop, node.targets, operators, changes) if operators else None

    def _adds_to_a_number(self, node: ast.Assign) -> bool:
        """Return whether ``node`` sets a variable that is a number to a sum of variables."""
        value = node.value
        return (
            isinstance(value, ast.BinOp)
            and isinstance(value.op, ast.Add)
            and not any(isinstance(side, ast.Constant) for side in (value.left, value.right))
            and any(last_name(target) in self._numbers for target in node.targets)
        )

    def operators(self, value: ast.AST | None) -> int:
        """Return how many operators in ``value`` are arithmetic, beyond adding a constant."""
        if value is None:
            return 0
        return sum(
            isinstance(node, ast.BinOp) and _computes_number(node, self._numbers)
            for node in walk(value)
        )

    def _adds_up(self, node: ast.AugAssign) -> bool:
        """Return whether the assignment ``node`` computes, e.g. `total += price` after `total = 0`.

        Not `tries += 1` and `done += len(part)`, which count, and `text += line` and `text %=
        line`, which may be about texts.
        """
        if isinstance(node.value, ast.Constant) or _is_text(node.value) or _is_length(node.value):
            return False
        if isinstance(node.op, ast.Add | ast.Mod):
            return last_name(node.target) in self._numbers
        return isinstance(node.op, _SURE)


def _numeric_names(statements: Iterable[Looped]) -> set[str]:
    """Return the names that ``statements`` use as numbers.

    They are assigned one, e.g. `total = 0`, or compared with one in a condition: `if place >= 100`.
    """
    assigned = {
        target
        for node, _ in statements
        if isinstance(node, ast.Assign) and _is_number(node.value)
        for target in node.targets
    }
    return {one.id for one in assigned | set(_compared(statements)) if isinstance(one, ast.Name)}


def _compared(statements: Iterable[Looped]) -> Iterator[ast.expr]:
    """Yield what conditions of ``statements`` compare with a number."""
    for node, _ in statements:
        if isinstance(node, ast.If | ast.While) and isinstance(node.test, ast.Compare):
            sides = [node.test.left, *node.test.comparators]
            if any(map(_is_number_constant, sides)):
                yield from sides


def _is_number(value: ast.expr) -> bool:
    """Return whether ``value`` is an int or float, or a call of one of ``_NUMBERS``."""
    if isinstance(value, ast.Constant):
        return type(value.value) in (int, float)
    return isinstance(value, ast.Call) and getattr(value.func, "id", "") in _NUMBERS


def _is_length(value: ast.expr) -> bool:
    """Return whether ``value`` is a call of ``len``."""
    return isinstance(value, ast.Call) and getattr(value.func, "id", "") == "len"


def _computes_number(node: ast.BinOp, numbers: set[str]) -> bool:
    """Return whether ``node`` computes a number from more than a name and a constant step."""
    sides = (node.left, node.right)
    # e.g. "-" * 20 and [0] * width are no arithmetic
    if any(_is_text(side) for side in sides):
        return False
    # e.g. 60 * 60 * 24 only spells out a constant
    if all(map(_is_constant, sides)):
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


def _is_constant(value: ast.expr) -> bool:
    """Return whether ``value`` is made of literal numbers alone."""
    return all(isinstance(node, ast.Constant | ast.BinOp | ast.operator) for node in walk(value))


def _is_text(value: ast.expr) -> bool:
    """Return whether ``value``, a side of an operator, is known as a text, list, tuple or set."""
    if isinstance(value, ast.Constant):
        return isinstance(value.value, str | bytes)
    if isinstance(value, ast.BoolOp):  # e.g. (allowed or set()) - {name}
        return any(map(_is_text, value.values))
    if isinstance(value, ast.Call):
        return getattr(value.func, "id", "") in ("set", "frozenset", "str")
    return isinstance(value, ast.JoinedStr | ast.List | ast.Tuple | ast.Set | ast.ListComp)


def is_ratio(value: ast.AST | None) -> bool:
    """Return whether ``value`` divides one variable value by another, e.g. `sold / len(days)`.

    Not `reading / 10`, which only changes the unit.
    """
    return value is not None and any(
        isinstance(node, ast.BinOp)
        and isinstance(node.op, ast.Div | ast.FloorDiv)
        and not isinstance(node.left, ast.Constant | ast.JoinedStr)
        and not isinstance(node.right, ast.Constant)
        and not getattr(node.right, "id", "").isupper()
        for node in walk(value)
    )


def names_in(value: ast.expr | None) -> set[str]:
    """Return the names that ``value`` is or lists: both of `area, width`, but none of `-area`."""
    parts = value.elts if isinstance(value, ast.Tuple | ast.List) else [value]
    return {part.id for part in parts if isinstance(part, ast.Name)}


def returned(statements: Sequence[Looped]) -> list[ast.expr | None]:
    """Return the values of the ``return`` statements among ``statements``."""
    return [node.value for node, _ in statements if isinstance(node, ast.Return)]


def outer_loops(statements: Sequence[Looped]) -> list[range]:
    """Return the lines of the loops among ``statements`` that are in no other loop."""
    return [
        range(node.lineno, (node.end_lineno or node.lineno) + 1)
        for node, in_loop in statements
        if isinstance(node, LOOPS) and not in_loop
    ]
