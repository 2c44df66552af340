"""Find assertions that hold whatever the program does, e.g. ``assert True``, ``assert x == x``.

The lists of nodes and names are chosen by hand.
"""

from __future__ import annotations

import ast
import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from grader.analysis.syntax.dotted_names import called_name
from grader.analysis.syntax.statements import Function

#: Operators that hold between a value and itself, e.g. ``x <= x`` but not ``x < x``.
_REFLEXIVE = (ast.Eq, ast.Is, ast.LtE, ast.GtE)
#: Literals in brackets, e.g. ``[a, b]``. A dictionary is handled apart, since it has keys.
_DISPLAYS = (ast.Tuple, ast.List, ast.Set)
#: Nodes of an expression of constants, e.g. ``-(60 * 60)``; not ``f()`` and not ``x``.
_CONSTANT_NODES = (ast.Constant, ast.UnaryOp, ast.BinOp, ast.operator, ast.unaryop)
#: Expressions whose value is never ``None``, e.g. ``[]`` and ``f"{x}"``; not ``f(x)``.
_NEVER_NONE = (*_DISPLAYS, ast.Dict, ast.JoinedStr, ast.Lambda)
#: Nodes whose value follows from their parts, e.g. ``1 < 2 and "a" in {"a": 1}``.
_COMPUTABLE = (
    *(*_CONSTANT_NODES, *_DISPLAYS, ast.Dict, ast.BoolOp, ast.Compare, ast.boolop, ast.cmpop),
    *(ast.JoinedStr, ast.FormattedValue, ast.expr_context),
)
#: Builtins whose result depends on nothing but their arguments, e.g. ``sum([1, 2])``; not ``open``.
_PURE = frozenset(
    "abs all any bool chr dict enumerate float frozenset int len list max min ord range repr"
    " reversed round set sorted str sum tuple type zip".split()
)
#: Builtins that inspect an object without running it, e.g. ``callable(area)``, which says nothing
#: about what ``area`` computes.
_INSPECTING = frozenset("bool callable dir hasattr hash id repr str type vars".split())
#: Builtins whose result is always true: ``assert type(area(2))``; not ``str``, which may be empty.
_ALWAYS_TRUE = frozenset({"repr", "type"})
#: Comparisons of which exactly one holds: ``x is None or x is not None`` cannot fail.
_OPPOSITES: Mapping[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}
#: Attributes that every function has, e.g. ``area.__name__``; not ``area.cache``.
_FUNCTION_ATTRIBUTES = frozenset(
    "__name__ __qualname__ __doc__ __module__ __class__ __code__ __dict__".split()
)
#: Expressions that may give another value each time, e.g. ``next(rows) == next(rows)`` can fail;
#: ``rows[0] == rows[0]`` cannot.
_EFFECTS = (ast.Call, ast.Await, ast.NamedExpr, ast.Yield, ast.YieldFrom)


def shape(nodes: Iterable[ast.AST]) -> tuple[str, ...]:
    """Return the content of `nodes`, names included, without places and layout.

    Equal code has equal results, and other code has other ones, with rare exceptions: the place of
    a default among ``*, a, b=1`` and of ``**a`` in a dictionary is lost. Fields without a value are
    left out, because newer interpreters have more of them. It is for comparing, not for reading.
    The walk is iterative, because recursion would fail on deep trees.
    """
    parts: list[str] = []
    waiting = list(nodes)
    while waiting:
        node = waiting.pop()
        parts.append(type(node).__name__)
        for name in node._fields:
            value = getattr(node, name, None)
            items = value if isinstance(value, list) else (value,)
            if value is None or not items:
                continue
            parts.append(f"{name}{len(items)}")
            for item in items:
                if isinstance(item, ast.AST):
                    waiting.append(item)
                else:
                    # `repr` refuses integers of more than 4,300 digits; hexadecimal has no limit.
                    parts.append(f"{item:#x}" if type(item) is int else repr(item))
    return tuple(parts)


def digest(nodes: Iterable[ast.AST]) -> str:
    """Return the first 16 hexadecimal digits of the SHA-256 of the `shape` of `nodes`.

    They are the same in every process.
    """
    return hashlib.sha256(ascii(shape(nodes)).encode("ascii")).hexdigest()[:16]


@dataclass(frozen=True)
class Tautologies:
    """Decides which expressions in a ``function`` have a value that the program cannot change.

    The function is a test or a helper, the program the code under test. ``imported`` are the names
    that the file imports. :meth:`is_known` asks about values, :meth:`cannot_fail` about the
    condition of an assertion.
    """

    function: Function
    imported: frozenset[str]

    @cached_property
    def _constants(self) -> frozenset[str]:
        """The names that the function assigns exactly once, to a constant."""
        return constant_names(self.function)

    @cached_property
    def calls(self) -> dict[str, ast.Call]:
        """By the names that the function assigns exactly once, the calls that they name."""
        times: Counter[str] = Counter()
        found: dict[str, ast.Call] = {}
        for node in ast.walk(self.function):
            times.update(_assigned_by(node))
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):
                for item in node.targets:
                    if isinstance(item, ast.Name):
                        found[item.id] = node.value
        return {name: call for name, call in found.items() if times[name] == 1}

    def _origin(self, value: ast.expr) -> ast.expr:
        """Return the call that `value` names, or `value`: ``f(1)`` for ``x`` after ``x = f(1)``."""
        return self.calls.get(value.id, value) if isinstance(value, ast.Name) else value

    def is_known(self, *values: ast.AST) -> bool:
        """Return whether all `values` follow from the text of the test, as far as it is recognized.

        e.g. true for ``1 + 1`` and ``len([f()])``, and for ``area.__name__``, ``str(area)`` and
        ``[area]`` if ``area`` is imported; false for ``area(1)``, ``area`` and ``x``, unless ``x``
        is in :func:`constant_names` of the function. With an imported name in capitals, e.g.
        ``str(LIMIT)``, it is false, because that is a value of the program.
        """
        waiting = list(values)
        while waiting:
            node = waiting.pop()
            if isinstance(node, ast.Call):
                if _is_length_of_literal(node):
                    continue
                name = node.func.id if isinstance(node.func, ast.Name) else ""
                if node.keywords or name not in _PURE | _INSPECTING:
                    return False
                waiting.extend(self._unknown_parts(node.args, name in _INSPECTING))
            elif isinstance(node, (*_DISPLAYS, ast.Dict)):
                waiting.extend(self._unknown_parts(ast.iter_child_nodes(node), True))
            elif isinstance(node, _COMPUTABLE):
                waiting.extend(ast.iter_child_nodes(node))
            elif not self._is_constant_name(node):
                return False
        return True

    def _unknown_parts(self, nodes: Iterable[ast.AST], knows_imported: bool) -> Iterator[ast.AST]:
        """Yield `nodes`; without imported names if `knows_imported`, as these are then known."""
        return (node for node in nodes if not (knows_imported and self._is_imported(node)))

    def _is_constant_name(self, node: ast.AST) -> bool:
        """Return whether `node` is in ``_constants``, or is ``f.__name__`` of an imported ``f``."""
        if isinstance(node, ast.Attribute):
            return node.attr in _FUNCTION_ATTRIBUTES and self._is_imported(node.value)
        return isinstance(node, ast.Name) and node.id in self._constants

    def cannot_fail(self, test: ast.expr) -> bool:
        """Return whether `test` is recognized as true, or as false, whatever the program does.

        e.g. true for ``1 == 1`` (and ``1 == 2``), ``(a, b)``, ``x == x or f()``, ``len(x) >= 0``,
        ``isinstance(x, object)``, and ``area is not None`` if ``area`` is imported; false for
        ``area(1) == 2``. Of ``or``, one recognized part is enough, even one that is false; of
        ``and``, all parts have to be recognized.
        """
        if self.is_known(test):
            return True
        if isinstance(test, ast.BoolOp):
            return self._joined_cannot_fail(test)
        if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
            test = _opposite(test.operand) or test
        if isinstance(test, ast.Compare):
            return self._compared_cannot_fail(test)
        if isinstance(test, ast.Name):
            return self._is_imported(test)
        return _is_always_true(test)

    def _joined_cannot_fail(self, test: ast.BoolOp) -> bool:
        """Return :meth:`cannot_fail` of `test`, an ``and`` or ``or``."""
        if isinstance(test.op, ast.And):
            return all(map(self.cannot_fail, test.values))
        return _has_opposites(test.values) or any(map(self.cannot_fail, test.values))

    def _compared_cannot_fail(self, test: ast.Compare) -> bool:
        """Return :meth:`cannot_fail` of `test`, a comparison; false for a chain of several."""
        left, right = self._origin(test.left), self._origin(test.comparators[0])
        return len(test.ops) == 1 and self._comparison_holds(left, test.ops[0], right)

    def _comparison_holds(self, left: ast.expr, operator: ast.cmpop, right: ast.expr) -> bool:
        """Return whether ``left operator right`` is always true.

        e.g. for ``x == x``, ``x in [x, y]``, ``len(x) >= 0``, and ``x is not None`` with an
        imported ``x``, and ``f(1) == f(1)``; not for ``next(x) == next(x)``, which may differ.
        """
        if isinstance(right, ast.Constant):
            return self._holds_for_constant(left, operator, right.value)
        if isinstance(operator, ast.In) and isinstance(right, _DISPLAYS):
            return any(is_same(left, item) or _is_same_call(left, item) for item in right.elts)
        if isinstance(operator, ast.IsNot):
            return called_name(right) == "NotImplemented"  # nobody returns it by mistake
        if isinstance(operator, ast.Is) and not isinstance(left, ast.Name):
            return False  # e.g. a property `box.size` may return a new object each time
        if not isinstance(operator, _REFLEXIVE):
            return False
        return self.are_equal(left, right)

    def are_equal(self, left: ast.expr, right: ast.expr) -> bool:
        """Return whether `left` and `right` are equal code, or equal calls: ``f(1)`` and ``f(1)``.

        A name that the function binds once is as good as the call that it is bound to.
        """
        left, right = self._origin(left), self._origin(right)
        return is_same(left, right) or _is_same_call(left, right)

    def _holds_for_constant(self, left: ast.expr, operator: ast.cmpop, value: object) -> bool:
        """Return whether `left` compared with the constant `value` is always true.

        That is, ``is not None`` for a value that cannot be ``None``, and ``len(...) >= 0``.
        """
        if isinstance(operator, ast.IsNot):
            return value is None and (self._is_imported(left) or _is_never_none(left))
        return isinstance(operator, ast.GtE) and value == 0 and called_name(left) == "len"

    def _is_imported(self, value: ast.AST) -> bool:
        """Return whether `value` is an imported name that is always true, e.g. a function.

        A name in capitals is not: it is a constant, which may be false.
        """
        return isinstance(value, ast.Name) and value.id in self.imported and not value.id.isupper()


def is_same(left: ast.expr, right: ast.expr) -> bool:
    """Return whether `left` and `right` are equal code without a call, await, yield or ``:=``."""
    has_effects = any(isinstance(node, _EFFECTS) for node in ast.walk(left))
    return not has_effects and shape([left]) == shape([right])


def _opposite(test: ast.expr) -> ast.expr | None:
    """Return what holds where `test` does not: ``x == y`` for ``x != y``; ``None`` if not known."""
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        return test.operand
    if isinstance(test, ast.Compare) and len(test.ops) == 1 and type(test.ops[0]) in _OPPOSITES:
        operator = _OPPOSITES[type(test.ops[0])]()
        return ast.Compare(left=test.left, ops=[operator], comparators=test.comparators)
    return None


def _has_opposites(values: Sequence[ast.expr]) -> bool:
    """Return whether one of `values` holds where another does not: ``x`` and ``not x``."""
    opposites = (_opposite(value) for value in values)
    shapes = {shape([value]) for value in values}
    return any(shape([one]) in shapes for one in opposites if one is not None)


def _is_same_call(left: ast.expr, right: ast.expr) -> bool:
    """Return whether `left` and `right` are equal calls of a function that seems to keep no state.

    e.g. ``area(1)`` twice, which says nothing about the area; not ``next(rows)`` and ``box.pop()``
    without an argument, nor ``Point(1)``, since two objects are equal only if the class says so.
    """
    if not isinstance(left, ast.Call) or not left.args or called_name(left) == "next":
        return False
    if called_name(left) == "cls" or called_name(left)[:1].isupper():
        return False
    kinds = (ast.Await, ast.NamedExpr, ast.Yield, ast.YieldFrom)
    return shape([left]) == shape([right]) and not any(
        isinstance(node, kinds) for node in ast.walk(left)
    )


def _is_always_true(test: ast.expr) -> bool:
    """Return whether `test` is a call or a literal that is always true, e.g. ``[1]``."""
    if isinstance(test, ast.Call) and called_name(test.func) in _ALWAYS_TRUE:
        return True
    return _is_nonempty_literal(test) or _is_instance_of_object(test)


def _is_nonempty_literal(test: ast.expr) -> bool:
    """Return whether `test` is a literal that is always true.

    e.g. ``(a, b)``, ``{x: y}``, ``f"{a} is"`` and a lambda; not ``[*rows]``, ``{**row}`` and
    ``f"{a}"``, which may be empty.
    """
    if isinstance(test, _DISPLAYS):
        return any(not isinstance(item, ast.Starred) for item in test.elts)
    if isinstance(test, ast.Dict):
        return any(test.keys)
    if isinstance(test, ast.JoinedStr):
        return any(isinstance(part, ast.Constant) and part.value for part in test.values)
    return isinstance(test, ast.Lambda)


def _is_never_none(value: ast.AST) -> bool:
    """Return whether `value` cannot be ``None``.

    e.g. ``[x]`` and ``len(area(1))``, but not ``area(1)``: it has to be one of ``_NEVER_NONE``, or
    a call of one of ``_PURE`` or ``_INSPECTING``.
    """
    by_name = isinstance(value, ast.Call) and isinstance(value.func, ast.Name)
    return isinstance(value, _NEVER_NONE) or (by_name and called_name(value) in _PURE | _INSPECTING)


def _is_length_of_literal(call: ast.Call) -> bool:
    """Return whether `call` is e.g. ``len([f()])``, which is 1 whatever ``f`` returns."""
    if called_name(call) != "len" or len(call.args) != 1:
        return False
    only = call.args[0]
    return isinstance(only, ast.List | ast.Tuple) and not any(
        isinstance(item, ast.Starred) for item in only.elts
    )


def _is_instance_of_object(test: ast.expr) -> bool:
    """Return whether `test` is ``isinstance(..., object)``."""
    if not isinstance(test, ast.Call) or len(test.args) != 2:
        return False
    return called_name(test) == "isinstance" and called_name(test.args[1]) == "object"


def constant_names(function: Function) -> frozenset[str]:
    """Return the names that `function` assigns exactly once, by ``name = constant``.

    ``name: int = 1`` is not enough, nor is ``a, b = 1, 2``. Assignments in nested functions count
    too. For constants see :func:`is_constant`. Names that are also arguments, or in ``global`` or
    ``nonlocal``, are left out.
    """
    times: Counter[str] = Counter()
    constant: set[str] = set()
    for node in ast.walk(function):
        times.update(_assigned_by(node))
        if isinstance(node, ast.Assign) and is_constant(node.value):
            constant.update(item.id for item in node.targets if isinstance(item, ast.Name))
    return frozenset(name for name in constant if times[name] == 1)


def _assigned_by(node: ast.AST) -> list[str]:
    """Return the names that `node` assigns, without the nodes inside it.

    Arguments and ``global`` names are listed twice, since other code assigns them as well: they
    are then never assigned exactly once.
    """
    if isinstance(node, ast.Name):
        return [] if isinstance(node.ctx, ast.Load) else [node.id]
    if isinstance(node, ast.arg):
        return [node.arg] * 2
    return node.names * 2 if isinstance(node, ast.Global | ast.Nonlocal) else []


def is_constant(value: ast.expr) -> bool:
    """Return whether `value` is a literal or is made of literals by operators, e.g. ``60 * 60``.

    Texts and ``None`` are literals, too. Not ``[1]``, ``1 < 2``, an f-string, or ``LIMIT``.
    """
    return all(isinstance(node, _CONSTANT_NODES) for node in ast.walk(value))
