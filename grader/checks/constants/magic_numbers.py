"""Find numbers that need a name: those that the code repeats, and thresholds and rates.

The lists of numbers and names are chosen by hand.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from grader.analysis.syntax.dotted_names import last_name, root_of
from grader.analysis.syntax.walk import children

#: Numbers that need no name, because their meaning is usually plain: ``x * 100`` for percent,
#: ``n % 2``, ``angle * 180``, a part of a colour, an answer of a web server. ``-1`` is 1 behind a
#: minus in the syntax tree. E.g. 7, 0.21 and 60 are not in it.
_WITHOUT_NAME = frozenset(
    {0, 1, 2, 10, 100, 180, 200, 201, 204, 255, 360, 400, 401, 403, 404, 422, 500, 1000}
)
#: Fractions that mean the same everywhere: a half.
_HALF = 0.5
#: Occurrences in the code of a file from which a number is worth a name. E.g. ``50`` in three
#: places is reported, in two it is not.
_MIN_OCCURRENCES = 3
#: The smallest number that counts wherever it stands. Smaller ones mean many things in one file:
#: ``randint(1, 6)`` in three places is reported; not ``grid + 6``, ``range(6)`` and ``x == 6``.
_MIN_ANYWHERE = 10
#: The smallest whole number that may be a threshold: ``tries > 3``; not ``players < 2``.
_MIN_THRESHOLD = 3
#: Nodes that may name a number: ``def f(limit=30)``, ``limit = 30``, ``limit: int = 30``,
#: ``f(limit=30)`` and ``(limit := 30)``; not ``limit == 30`` or ``f(30)``.
_NAMING_NODES = frozenset({ast.arguments, ast.Assign, ast.AnnAssign, ast.keyword, ast.NamedExpr})
#: Nodes whose numbers are data or places, not values of the program: ``[3, 5, 8]`` and ``row[3]``.
#: Nor is what an ``assert`` expects: ``assert len(rows) == 3``.
_DATA_NODES = frozenset({ast.List, ast.Tuple, ast.Set, ast.Dict, ast.Slice, ast.Assert})
#: Methods that turn a pen: ``pen.left(90)``.
_TURNS = frozenset({"left", "lt", "right", "rt", "setheading", "seth"})
#: Units after a number, which say what it means: ``7.5 * cm``.
_UNITS = frozenset({"cm", "mm", "inch", "pica", "px"})
_ORDERS = (ast.Lt, ast.LtE, ast.Gt, ast.GtE)
_RATES = (ast.Mult, ast.Div, ast.Add, ast.Sub)
#: Branches from which a chain of ``elif`` is a table, where each number stands beside its meaning:
#: ``if score >= 90: ... elif score >= 80: ... elif score >= 70: ...``.
_MIN_BRANCHES = 3


class _Place(NamedTuple):
    """A number in the code, and what is done with it.

    ``role`` is e.g. ``("Mod",)`` of ``number % 7`` and ``("randint", "1")`` of ``randint(1, 7)``.
    ``decides``: it is a threshold or a rate, e.g. ``age >= 18`` or ``price * 0.21``.
    """

    node: ast.Constant
    role: tuple[str, ...]
    decides: bool


@dataclass(frozen=True)
class Magic:
    """A number of a file that should have a name.

    ``node`` is an occurrence in the first line that counts, ``times`` the number of lines that
    repeat it; 1 if it is reported because it is a threshold or a rate.
    """

    node: ast.Constant
    times: int

    def written(self, lines: Sequence[str]) -> str:
        """Return the number as the source has it at ``node``, e.g. ``0x10`` for 16.

        `lines` are the lines of the file; the node counts columns in bytes of UTF-8.
        """
        line = lines[self.node.lineno - 1].encode()
        return line[self.node.col_offset : self.node.end_col_offset].decode()


def magic_numbers(tree: ast.Module) -> list[Magic]:
    """Return a ``Magic`` for each number of `tree` that is repeated, or a threshold or a rate.

    Repeated is a number that three lines or more have, a number below 10 only if they do the same
    with it. A threshold is compared by ``<`` and the like, a rate is a fraction in a calculation;
    one occurrence is enough. An occurrence that has a name does not count: ``limit = 30``,
    ``limit = -30``, ``f(limit=30)``, and those in a list of parameters. Nor do data (``[3, 5, 8]``,
    ``row[3]``), numbers whose meaning is plain (0, 1, 2, 10, 100, 360), ``True`` and ``False``.
    Equal numbers are one: 7 and ``7.0``; signs do not matter. The result has no particular order.
    """
    numbers = _Numbers()
    waiting: list[ast.AST] = list(tree.body)
    while waiting:
        node = waiting.pop()
        kind = type(node)
        if kind in _DATA_NODES or kind in _NAMING_NODES and _names_number(node):
            continue
        note = _NOTES.get(kind)
        inside = children(node) if note is None else note(numbers, node)
        # most nodes are names, below which there is nothing
        waiting += [each for each in inside if type(each) is not ast.Name]
    return [magic for places in numbers.found.values() if (magic := _magic(places)) is not None]


def _magic(places: Sequence[_Place]) -> Magic | None:
    """Return the ``Magic`` of a number that stands at `places`, if it needs a name."""
    number = places[0].node.value
    is_small = isinstance(number, int | float) and number < _MIN_ANYWHERE
    alike: dict[tuple[str, ...], list[ast.Constant]] = {}
    for place in places:
        alike.setdefault(place.role if is_small else (), []).append(place.node)
    for nodes in alike.values():
        times = len({node.lineno for node in nodes})
        if times >= _MIN_OCCURRENCES:
            return Magic(_first(nodes), times)
    deciding = [place.node for place in places if place.decides]
    return Magic(_first(deciding), 1) if deciding else None


def _first(nodes: Sequence[ast.Constant]) -> ast.Constant:
    return min(nodes, key=lambda node: (node.lineno, node.col_offset))


@dataclass
class _Numbers:
    """Collects the numbers of a file that may need a name, by their value.

    ``chained`` are the comparisons that belong to a chain of branches. The methods note the numbers
    directly below a node, and return the nodes below it to search next.
    """

    found: dict[complex, list[_Place]] = field(default_factory=dict)
    chained: set[ast.AST] = field(default_factory=set)

    def note(self, node: ast.AST, role: tuple[str, ...] = (), decides: bool = False) -> None:
        """Note `node` if it is a number without a plain meaning, or a minus before one."""
        inner = node.operand if isinstance(node, ast.UnaryOp) else node
        if isinstance(inner, ast.Constant) and _needs_name(inner.value):
            place = _Place(inner, role, decides)
            self.found.setdefault(inner.value, []).append(place)  # type: ignore[arg-type]

    def of_constant(self, node: ast.Constant) -> list[ast.AST]:
        """Note a number that stands alone, e.g. in ``return 30``."""
        self.note(node)
        return []

    def of_calculation(self, node: ast.BinOp) -> list[ast.AST]:
        """Note the numbers of `node`; a fraction is a rate, unless a unit stands beside it."""
        role = (type(node.op).__name__,)
        for side, other in ((node.left, node.right), (node.right, node.left)):
            if last_name(other) not in _UNITS:
                is_rate = isinstance(node.op, _RATES) and not isinstance(other, ast.Constant)
                self.note(side, role, is_rate and _is_fraction(side) and not _is(side, _HALF))
        return _not_numbers((node.left, node.right))

    def of_comparison(self, node: ast.Compare) -> list[ast.AST]:
        """Note the numbers of `node`; one beside ``<`` and the like is a threshold.

        Not if it is one of two bounds (``0 <= row < 8``), compared with a length (the 8 of
        ``len(row) < 8`` is often given), or one of a chain of branches.
        """
        sides = [node.left, *node.comparators]
        is_order = len(sides) == 2 and isinstance(node.ops[0], _ORDERS)
        is_order = is_order and node not in self.chained
        for side, other in zip(sides, (*sides[1:], node.left), strict=True):
            is_length = isinstance(other, ast.Call) and last_name(other.func) == "len"
            decides = is_order and not is_length and _is_large(side)
            self.note(side, ("compare", last_name(other)), decides)
        return _not_numbers(sides)

    def of_call(self, node: ast.Call) -> list[ast.AST]:
        """Note the arguments of `node` by their position, but no angles by which a pen turns."""
        name = last_name(node.func)
        if name not in _TURNS:
            for at, argument in enumerate(node.args):
                self.note(argument, (name, str(at)))
        return [node.func, *_not_numbers(node.args), *node.keywords]

    def of_item(self, node: ast.Subscript) -> list[ast.AST]:
        """Note nothing: the 3 of ``row[3]`` is a place in the row."""
        return [node.value, *_not_numbers([node.slice])]

    def of_tests(self, node: ast.BoolOp) -> list[ast.AST]:
        """Note nothing, but which comparisons are two bounds: ``row >= 0 and row < 8``."""
        compared: dict[tuple[str, ...], list[ast.expr]] = {}
        for test in node.values:
            if isinstance(test, ast.Compare) and len(test.comparators) == 1:
                for side in (test.left, test.comparators[0]):
                    value = side.func if isinstance(side, ast.Call) else side
                    if root := root_of(value)[0]:
                        compared.setdefault((root, last_name(value)), []).append(test)
        for tests in compared.values():
            if len(tests) > 1:
                self.chained.update(tests)
        return list(node.values)

    def of_branch(self, node: ast.If | ast.IfExp) -> list[ast.AST]:
        """Note nothing, but which comparisons belong to a chain of branches that starts here."""
        chain: list[ast.If | ast.IfExp] = []
        at: ast.AST | None = node
        while isinstance(at, ast.If | ast.IfExp) and at not in self.chained:
            chain.append(at)
            rest = at.orelse if isinstance(at.orelse, list) else [at.orelse]
            at = rest[0] if len(rest) == 1 else None
        self.chained.update(chain)
        if len(chain) >= _MIN_BRANCHES:
            self.chained.update(test for each in chain for test in _tests(each.test))
        return children(node)

    def of_definition(self, node: ast.FunctionDef | ast.ClassDef) -> list[ast.AST]:
        """Note nothing; decorators are left out, e.g. the 5 of ``@retry(5)``."""
        arguments = [] if isinstance(node, ast.ClassDef) else [node.args]
        return [*arguments, *node.body]


def _tests(test: ast.expr) -> Iterator[ast.expr]:
    """Yield `test`, and each part of an ``and`` or ``or``."""
    yield test
    if isinstance(test, ast.BoolOp):
        yield from test.values


def _not_numbers(nodes: Sequence[ast.expr]) -> list[ast.AST]:
    """Return `nodes` without plain numbers and numbers with a sign."""
    return [
        node
        for node in nodes
        if not isinstance(node.operand if isinstance(node, ast.UnaryOp) else node, ast.Constant)
    ]


def _is(node: ast.expr, number: float) -> bool:
    return isinstance(node, ast.Constant) and node.value == number


def _is_fraction(node: ast.expr) -> bool:
    """Return whether `node` is a number like 0.21; not 2.0."""
    value = getattr(node, "value", None)
    return isinstance(value, float) and not value.is_integer()


def _is_large(node: ast.expr) -> bool:
    """Return whether `node` may be a threshold: a fraction, or a whole number from 3."""
    value = getattr(node, "value", None)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return value >= _MIN_THRESHOLD or _is_fraction(node)


def _needs_name(value: object) -> bool:
    """Return whether `value` is a number that needs a name; ``True`` is no number here."""
    return type(value) in (int, float, complex) and value not in _WITHOUT_NAME


def _names_number(node: ast.AST) -> bool:
    """Return whether `node` names a bare number, or is a list of parameters.

    E.g. ``limit = 30`` and ``limit = -30``, but not ``limit = 30 * days``.
    """
    if isinstance(node, ast.arguments):
        return True
    value = getattr(node, "value", None)
    return isinstance(value.operand if isinstance(value, ast.UnaryOp) else value, ast.Constant)


#: How each kind of node is searched; of other kinds all parts are.
_NOTES: Mapping[type[ast.AST], Callable[[_Numbers, Any], list[ast.AST]]] = {
    ast.Constant: _Numbers.of_constant,
    ast.BinOp: _Numbers.of_calculation,
    ast.Compare: _Numbers.of_comparison,
    ast.Call: _Numbers.of_call,
    ast.Subscript: _Numbers.of_item,
    ast.BoolOp: _Numbers.of_tests,
    ast.If: _Numbers.of_branch,
    ast.IfExp: _Numbers.of_branch,
    ast.FunctionDef: _Numbers.of_definition,
    ast.AsyncFunctionDef: _Numbers.of_definition,
    ast.ClassDef: _Numbers.of_definition,
}
