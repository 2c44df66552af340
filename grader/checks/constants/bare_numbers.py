"""Collect the numbers in the code of a file that have no name, function by function.

The lists of numbers and names are chosen by hand.
"""

from __future__ import annotations

import ast
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from grader.analysis.syntax.dotted_names import last_name, root_of
from grader.analysis.syntax.statements import FUNCTIONS, Function
from grader.analysis.syntax.walk import children

#: Numbers that need no name, because their meaning is usually plain: ``x * 100`` for percent,
#: ``n % 2``, ``angle * 180``, a part of a colour, an answer of a web server. ``-1`` is 1 behind a
#: minus in the syntax tree. E.g. 7, 0.21 and 60 are not in it.
_WITHOUT_NAME = frozenset(
    {0, 1, 2, 10, 100, 180, 200, 201, 204, 255, 360, 400, 401, 403, 404, 422, 500, 1000}
)
#: Fractions that mean the same everywhere: a half.
_HALF = 0.5
#: The smallest whole number that may be a threshold or a limit: ``tries > 3`` and
#: ``randint(1, 6)``; not ``players < 2``.
_MIN_LIMIT = 3
#: The smallest whole number that may be a rate: ``hits * 5``; not ``row * 3``, which is often a
#: place on a board.
_MIN_RATE = 5
#: The smallest length that may be a limit: ``len(password) < 8``; not ``len(parts) > 3``, which is
#: often given.
_MIN_LENGTH = 6
#: The smallest whole number that says something by being equal: ``points == 21``; not
#: ``choice == 3``, a line of a menu.
_MIN_EQUAL = 11
#: Nodes that may name a number: ``def f(limit=30)``, ``limit = 30``, ``limit: int = 30``,
#: ``f(limit=30)`` and ``(limit := 30)``; not ``limit == 30`` or ``f(30)``.
_NAMING_NODES = frozenset({ast.arguments, ast.Assign, ast.AnnAssign, ast.keyword, ast.NamedExpr})
#: Nodes in which no number counts: places (``row[3:5]``), and what is expected (``assert a == 3``).
_LEFT_OUT = frozenset({ast.Slice, ast.Assert})
#: Nodes whose own numbers are data: ``[3, 5, 8]``; not the 7 of ``[days // 7]``.
_DATA_NODES = frozenset({ast.List, ast.Tuple, ast.Set, ast.Dict})
#: Methods that turn a pen: ``pen.left(90)``.
_TURNS = frozenset({"left", "lt", "right", "rt", "setheading", "seth"})
#: Functions whose numbers are settings of the program: how long to wait, how far chance goes.
_SETTINGS = frozenset({"randint", "randrange", "sleep", "tick", "uniform"})
#: Functions whose numbers are given: a day, a number of digits, a base.
_GIVEN = frozenset(
    {"date", "datetime", "int", "round", "exit", "_exit", "zfill", "hex", "bin", "ljust", "rjust"}
)
#: Units after a number, which say what it means: ``7.5 * cm``.
_UNITS = frozenset({"cm", "mm", "inch", "pica", "px"})
_ORDERS = (ast.Lt, ast.LtE, ast.Gt, ast.GtE)
_RATES = (ast.Mult, ast.Div, ast.FloorDiv, ast.Mod, ast.Add, ast.Sub)
_FACTORS = (ast.Mult, ast.Div, ast.FloorDiv, ast.Mod)
#: Branches from which a chain of ``elif`` is a table, where each number stands beside its meaning:
#: ``if score >= 90: ... elif score >= 80: ... elif score >= 70: ...``.
_MIN_BRANCHES = 3


class BareNumber(NamedTuple):
    """A number in the code, and what is done with it.

    ``function`` is the name of the function around it, "" outside functions. ``role`` is e.g.
    ``("Mod",)`` of ``number % 7`` and ``("randint", "1")`` of ``randint(1, 7)``. ``decides``: it is
    a threshold, a rate or a setting, e.g. ``age >= 18``, ``price * 0.21`` or ``sleep(5)``.
    """

    node: ast.Constant
    function: str
    role: tuple[str, ...]
    decides: bool

    @property
    def number(self) -> complex:
        """The number itself, without its sign."""
        assert isinstance(self.node.value, int | float | complex)
        return self.node.value


def bare_numbers(tree: ast.Module) -> list[BareNumber]:
    """Return the numbers in the code of `tree` that have no name and may need one.

    Left out are numbers with a name (``limit = 30``, ``f(limit=-30)``, those in a list of
    parameters), data (``[3, 5, 8]``, ``row[3]``), numbers whose meaning is plain (0, 1, 2, 10, 100,
    360), ``True`` and ``False``. They are in no particular order.
    """
    numbers = _Numbers()
    waiting: list[ast.AST] = list(tree.body)
    while waiting or numbers.functions:
        if not waiting:
            function = numbers.functions.pop()
            numbers.function = function.name
            waiting = list(function.body)
        # most nodes are names, below which there is nothing
        waiting += [each for each in numbers.inside(waiting.pop()) if type(each) is not ast.Name]
    return numbers.found


@dataclass
class _Numbers:
    """Collects the numbers of a file that may need a name.

    ``function`` is the name of the function that is searched, ``functions`` are those to search
    next. ``chained`` are the comparisons that belong to a chain of branches, or are two bounds. The
    methods called ``of_...`` do what :meth:`inside` says for one kind of node.
    """

    found: list[BareNumber] = field(default_factory=list)
    function: str = ""
    functions: list[Function] = field(default_factory=list)
    chained: set[ast.AST] = field(default_factory=set)

    def inside(self, node: ast.AST) -> list[ast.AST]:
        """Note the numbers directly below `node`, and return the nodes below it to search next."""
        kind = type(node)
        if kind in _LEFT_OUT or kind in _NAMING_NODES and _names_number(node):
            return []
        if kind in _DATA_NODES:
            return _not_numbers(children(node))
        note = _NOTES.get(kind)
        return children(node) if note is None else note(self, node)

    def note(self, node: ast.AST, role: tuple[str, ...] = (), decides: bool = False) -> None:
        """Note `node` if it is a number without a plain meaning, or a minus before one."""
        inner = _without_sign(node)
        if isinstance(inner, ast.Constant) and _needs_name(inner.value):
            self.found.append(BareNumber(inner, self.function, role, decides))

    def of_constant(self, node: ast.Constant) -> list[ast.AST]:
        """Note a number that stands alone, e.g. in ``return 30``."""
        self.note(node)
        return []

    def of_calculation(self, node: ast.BinOp) -> list[ast.AST]:
        """Note the numbers of `node`; some are rates, unless a unit stands beside them."""
        role = (type(node.op).__name__,)
        for side, other in ((node.left, node.right), (node.right, node.left)):
            if last_name(other) not in _UNITS:
                # e.g. the 40 of `"-" * 40` is repeated in some programs, but it is no rate
                varies = not isinstance(other, ast.Constant)
                self.note(side, role, varies and _is_rate(side, node.op))
        return _not_numbers((node.left, node.right))

    def of_growth(self, node: ast.AugAssign) -> list[ast.AST]:
        """Note the number in ``points += 25``; it decides by how much."""
        self.note(node.value, (type(node.op).__name__,), _from(node.value, _MIN_LIMIT))
        return [node.target, *_not_numbers([node.value])]

    def of_comparison(self, node: ast.Compare) -> list[ast.AST]:
        """Note the numbers of `node`; one beside ``<`` and the like is a threshold.

        Not if it is one of two bounds (``0 <= row < 8``) or of a chain of branches; the numbers of
        a chain are only noted, for a function that has many.
        """
        sides = [node.left, *node.comparators]
        is_order, is_chained = isinstance(node.ops[0], _ORDERS), node in self.chained
        if len(sides) > 2 or (is_chained and not is_order):
            return _not_numbers(sides)
        for side, other in zip(sides, reversed(sides), strict=True):
            decides = not is_chained and _from(side, _least_beside(other, is_order))
            self.note(side, ("compare", last_name(other)), decides)
        return _not_numbers(sides)

    def of_call(self, node: ast.Call) -> list[ast.AST]:
        """Note the arguments of `node` by their position, but no angles by which a pen turns."""
        name = last_name(node.func)
        given = [] if name in _TURNS or name in _GIVEN else node.args
        for at, argument in enumerate(given):
            # e.g. `set_mode((800, 600))`
            parts = argument.elts if isinstance(argument, ast.Tuple) else [argument]
            for part in parts:
                decides = name in _SETTINGS and _from(part, _MIN_LIMIT)
                self.note(part, (name, str(at)), decides)
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

    def of_function(self, node: Function) -> list[ast.AST]:
        """Keep the function for later; its decorators are left out, e.g. ``@retry(5)``."""
        self.functions.append(node)
        return []

    def of_class(self, node: ast.ClassDef) -> list[ast.AST]:
        """Search the body only, e.g. no decorators."""
        return list(node.body)


def _least_beside(other: ast.expr, is_order: bool) -> float:
    """Return from which number on one that is compared with `other` decides something.

    A length that has to be exact is given, e.g. the 12 of ``len(digits) == 12``.
    """
    if isinstance(other, ast.Call) and last_name(other.func) == "len":
        return _MIN_LENGTH if is_order else math.inf
    return _MIN_LIMIT if is_order else _MIN_EQUAL


def _tests(test: ast.expr) -> Iterator[ast.expr]:
    """Yield `test`, and each part of an ``and`` or ``or``."""
    yield test
    if isinstance(test, ast.BoolOp):
        yield from test.values


def _without_sign(node: ast.AST) -> ast.AST:
    """Return what a sign stands before, e.g. ``3`` for ``-3``; of another node, itself."""
    return node.operand if isinstance(node, ast.UnaryOp) else node


def _not_numbers(nodes: Sequence[ast.AST]) -> list[ast.AST]:
    """Return `nodes` without plain numbers and numbers with a sign."""
    return [node for node in nodes if not isinstance(_without_sign(node), ast.Constant)]


def _is_rate(node: ast.expr, operator: ast.operator) -> bool:
    """Return whether `node` is a number by which something is weighed or converted.

    e.g. ``0.21`` in any calculation, and ``365`` in ``days / 365``; not ``25`` in ``left + 25``.
    """
    value = getattr(_without_sign(node), "value", None)
    if isinstance(value, float) and not value.is_integer():
        return isinstance(operator, _RATES) and value != _HALF
    return isinstance(operator, _FACTORS) and _from(node, _MIN_RATE)


def _from(node: ast.expr, least: float) -> bool:
    """Return whether `node` is a fraction, or a number from `least` on."""
    value = getattr(_without_sign(node), "value", None)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return value >= least or not float(value).is_integer()


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
    return isinstance(_without_sign(value) if value else value, ast.Constant)


#: How each kind of node is searched; of other kinds all parts are.
_NOTES: Mapping[type[ast.AST], Callable[[_Numbers, Any], list[ast.AST]]] = {
    ast.Constant: _Numbers.of_constant,
    ast.BinOp: _Numbers.of_calculation,
    ast.AugAssign: _Numbers.of_growth,
    ast.Compare: _Numbers.of_comparison,
    ast.Call: _Numbers.of_call,
    ast.Subscript: _Numbers.of_item,
    ast.BoolOp: _Numbers.of_tests,
    ast.If: _Numbers.of_branch,
    ast.IfExp: _Numbers.of_branch,
    **dict.fromkeys(FUNCTIONS, _Numbers.of_function),
    ast.ClassDef: _Numbers.of_class,
}
