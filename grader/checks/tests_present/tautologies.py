"""Which assertions hold whatever the program does? ``assert True``, ``assert x == x``."""

from __future__ import annotations

import ast
import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from grader.analysis.syntax.statements import Function

_EQUAL_TO_ITSELF = (ast.Eq, ast.Is, ast.LtE, ast.GtE)
_DISPLAYS = (ast.Tuple, ast.List, ast.Set)
_UNCHANGING = (ast.Constant, ast.UnaryOp, ast.BinOp, ast.operator, ast.unaryop)
_NEVER_NONE = (*_DISPLAYS, ast.Dict, ast.JoinedStr, ast.Lambda)
_KNOWN = (
    *(*_UNCHANGING, *_DISPLAYS, ast.Dict, ast.BoolOp, ast.Compare, ast.boolop, ast.cmpop),
    *(ast.JoinedStr, ast.FormattedValue, ast.expr_context),
)
#: Builtins that say the same of the same values, and those that only ask what a thing is.
_PURE = frozenset(
    "abs all any bool chr dict enumerate float frozenset int len list max min ord range repr"
    " reversed round set sorted str sum tuple type zip".split()
)
_ASKING = frozenset("bool callable dir hasattr hash id repr str type vars".split())
#: What Python itself says of a function.
_OF_ITSELF = frozenset(
    "__name__ __qualname__ __doc__ __module__ __class__ __code__ __dict__".split()
)
_HAPPENING = (ast.Call, ast.Await, ast.NamedExpr, ast.Yield, ast.YieldFrom)


def last_name(node: ast.AST) -> str:
    """The last part of a name with dots, called or not: ``raises`` of ``pytest.raises(E)``."""
    if isinstance(node, ast.Call):
        node = node.func
    return str(getattr(node, "attr", None) or getattr(node, "id", ""))


def shape(nodes: Iterable[ast.AST]) -> tuple[str, ...]:
    """What code says, whatever its layout: equal for equal code only. Never recursive."""
    parts: list[str] = []
    waiting = list(nodes)
    while waiting:
        node = waiting.pop()
        parts.append(type(node).__name__)
        for name in node._fields:
            value = getattr(node, name, None)
            items = value if isinstance(value, list) else (value,)
            parts.append(str(len(items)))
            for item in items:
                if isinstance(item, ast.AST):
                    waiting.append(item)
                else:
                    parts.append(_plain(item))
    return tuple(parts)


def _plain(value: object) -> str:
    """A name or constant as text; ``repr`` refuses numbers of thousands of digits, hex does not."""
    return f"{value:#x}" if type(value) is int else repr(value)


def digest(nodes: Iterable[ast.AST]) -> str:
    """A short fingerprint of the shape of code, the same in every process."""
    return hashlib.sha256(ascii(shape(nodes)).encode("ascii")).hexdigest()[:16]


@dataclass(frozen=True)
class Truths:
    """What is known of names in a function: ``imported`` ones are there, fixed ones constants."""

    function: Function
    imported: frozenset[str]

    @cached_property
    def _fixed(self) -> frozenset[str]:
        return fixed_names(self.function)

    def known(self, *values: ast.AST) -> bool:
        """Whether values follow from what is written here, without running anything.

        What an imported function is called, and that a list with it holds it, is known too.
        """
        waiting = list(values)
        while waiting:
            node = waiting.pop()
            if isinstance(node, ast.Call):
                if _counts_what_is_written(node):
                    continue
                name = node.func.id if isinstance(node.func, ast.Name) else ""
                if node.keywords or name not in _PURE | _ASKING:
                    return False
                waiting.extend(self._others(node.args, name in _ASKING))
            elif isinstance(node, (*_DISPLAYS, ast.Dict)):
                waiting.extend(self._others(ast.iter_child_nodes(node), True))
            elif isinstance(node, _KNOWN):
                waiting.extend(ast.iter_child_nodes(node))
            elif not self._is_fixed(node):
                return False
        return True

    def _others(self, nodes: Iterable[ast.AST], asked: bool) -> Iterator[ast.AST]:
        """Those that are no imported names by themselves, where only that is asked of names."""
        return (node for node in nodes if not (asked and self._is_there(node)))

    def _is_fixed(self, node: ast.AST) -> bool:
        """A name for a constant, or what Python itself says of an imported name: ``f.__name__``."""
        if isinstance(node, ast.Attribute):
            return node.attr in _OF_ITSELF and self._is_there(node.value)
        return isinstance(node, ast.Name) and node.id in self._fixed

    def cannot_fail(self, test: ast.expr) -> bool:
        """Whether an asserted expression is true (or known) whatever the program does."""
        if self.known(test):
            return True
        if isinstance(test, ast.BoolOp):
            some = any if isinstance(test.op, ast.Or) else all
            return some(self.cannot_fail(value) for value in test.values)
        if isinstance(test, ast.Compare):
            return len(test.ops) == 1 and self._holds(test.left, test.ops[0], test.comparators[0])
        if isinstance(test, ast.Name):
            return self._is_there(test)
        return _is_filled(test) or _is_any_object(test)

    def _holds(self, left: ast.expr, operator: ast.cmpop, right: ast.expr) -> bool:
        if isinstance(right, ast.Constant):
            return self._holds_of_constant(left, operator, right.value)
        if isinstance(operator, ast.In) and isinstance(right, _DISPLAYS):
            return any(is_same(left, item) for item in right.elts)
        if isinstance(operator, ast.Is) and not isinstance(left, ast.Name):
            return False  # An attribute may well be made anew each time.
        return isinstance(operator, _EQUAL_TO_ITSELF) and is_same(left, right)

    def _holds_of_constant(self, left: ast.expr, operator: ast.cmpop, value: object) -> bool:
        if isinstance(operator, ast.IsNot):
            return value is None and (self._is_there(left) or _is_made(left))
        return isinstance(operator, ast.GtE) and value == 0 and last_name(left) == "len"

    def _is_there(self, value: ast.AST) -> bool:
        """Whether a value is an imported name; in capitals it is a constant, which may be false."""
        return isinstance(value, ast.Name) and value.id in self.imported and not value.id.isupper()


def is_same(left: ast.expr, right: ast.expr) -> bool:
    """Whether two expressions are written alike and nothing happens in them."""
    happens = any(isinstance(node, _HAPPENING) for node in ast.walk(left))
    return not happens and shape([left]) == shape([right])


def _is_filled(test: ast.expr) -> bool:
    """A display with something in it, a text with something in it, a function without a name."""
    if isinstance(test, _DISPLAYS):
        return any(not isinstance(item, ast.Starred) for item in test.elts)
    if isinstance(test, ast.Dict):
        return any(test.keys)
    if isinstance(test, ast.JoinedStr):
        return any(isinstance(part, ast.Constant) and part.value for part in test.values)
    return isinstance(test, ast.Lambda)


def _is_made(value: ast.AST) -> bool:
    """A value that is made here, so that it is surely not ``None``."""
    made = isinstance(value, ast.Call) and isinstance(value.func, ast.Name)
    return isinstance(value, _NEVER_NONE) or (made and last_name(value) in _PURE | _ASKING)


def _counts_what_is_written(call: ast.Call) -> bool:
    """``len([f()])`` is 1, whatever comes of the call."""
    if last_name(call) != "len" or len(call.args) != 1:
        return False
    only = call.args[0]
    return isinstance(only, ast.List | ast.Tuple) and not any(
        isinstance(item, ast.Starred) for item in only.elts
    )


def _is_any_object(test: ast.expr) -> bool:
    if not isinstance(test, ast.Call) or len(test.args) != 2:
        return False
    return last_name(test) == "isinstance" and last_name(test.args[1]) == "object"


def fixed_names(function: Function) -> frozenset[str]:
    """Names that a function sets once, to a constant."""
    times: Counter[str] = Counter()
    constant: set[str] = set()
    for node in ast.walk(function):
        times.update(_set_by(node))
        if isinstance(node, ast.Assign) and is_fixed(node.value):
            constant.update(item.id for item in node.targets if isinstance(item, ast.Name))
    return frozenset(name for name in constant if times[name] == 1)


def _set_by(node: ast.AST) -> list[str]:
    """The names that a node sets, twice where others may set them too."""
    if isinstance(node, ast.Name):
        return [] if isinstance(node.ctx, ast.Load) else [node.id]
    if isinstance(node, ast.arg):
        return [node.arg] * 2
    return node.names * 2 if isinstance(node, ast.Global | ast.Nonlocal) else []


def is_fixed(value: ast.expr) -> bool:
    """Whether a value is made of constants alone."""
    return all(isinstance(node, _UNCHANGING) for node in ast.walk(value))
