"""What a test asserts that can fail, and what it names; code that never runs is left out."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from grader.checks.parts.statements import Function, bodies, without_docstring
from grader.checks.parts.truths import Truths, is_same, last_name, shape

#: Calls that assert, beside everything whose name begins with ``assert``.
_ASSERTING = frozenset({"raises", "warns", "deprecated_call", "expect"})
#: Assertions of unittest and NumPy about one value, and about two that should agree.
_OF_TRUTH = frozenset({"assertTrue", "assert_", "assertIsNotNone"})
_OF_TWO = frozenset(
    {
        "assertEqual",
        "assertEquals",
        "assertIs",
        "assertIn",
        "assertAlmostEqual",
        "assertGreater",
        "assertGreaterEqual",
        "assertLess",
        "assertLessEqual",
        "assertListEqual",
        "assertDictEqual",
        "assertSetEqual",
        "assertTupleEqual",
        "assertCountEqual",
        "assertMultiLineEqual",
        "assertIsInstance",
        "assert_equal",
        "assert_allclose",
        "assert_array_equal",
    }
)
_SKIPS = frozenset({"skip", "skipTest", "exit", "xfail"})
#: Calls that only ask whether something is there: to name it in one is not to try it out.
_ONLY_ASKS = frozenset({"callable", "hasattr", "id"})
_SWALLOWED = frozenset({"AssertionError", "Exception", "BaseException"})


def mentioned(nodes: Iterable[ast.AST]) -> Iterator[str]:
    """Names as they are, attributes with a dot before them, and the names of Python files."""
    waiting = list(nodes)
    while waiting:
        node = waiting.pop()
        if not isinstance(node, ast.Call) or last_name(node) not in _ONLY_ASKS:
            yield from _mentioned_by(node)
            waiting.extend(ast.iter_child_nodes(node))


def _mentioned_by(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
        yield node.id
    elif isinstance(node, ast.Attribute):
        yield f".{node.attr}"
    elif isinstance(node, ast.Constant) and isinstance(node.value, str):
        if node.value.endswith(".py") and node.value.isprintable():
            yield node.value.split("/")[-1]


@dataclass
class Look:
    """What one function asserts and names: ``real`` holds the shape of each assertion."""

    truths: Truths
    real: set[tuple[str, ...]] = field(default_factory=set)
    idle: list[ast.AST] = field(default_factory=list)
    mentions: set[str] = field(default_factory=set)

    @staticmethod
    def at(function: Function, imported: frozenset[str]) -> Look:
        """A look at everything in a function that can run."""
        look = Look(Truths(function, imported))
        waiting = [(without_docstring(function.body), False, False)]
        while waiting:
            body, swallowed, nested = waiting.pop()
            for statement in _until_the_end(body):
                look._header(statement, swallowed, nested)
                waiting.extend(
                    (inner, swallowed or loses, True) for inner, loses in _alive(statement)
                )
        return look

    def _header(self, statement: ast.stmt, swallowed: bool, nested: bool) -> None:
        """What a statement says itself, without the statements inside it."""
        if isinstance(statement, ast.Assert):
            self._asserted(statement, swallowed, nested)
        elif isinstance(statement, ast.Raise):
            if statement.exc is not None and last_name(statement.exc) == "AssertionError":
                self._keep(statement, swallowed or not nested)
        elif not _is_bare(statement):
            idle = swallowed or _raises_by_itself(statement)
            for value in _own(statement):
                self._calls(value, idle, nested)

    def _asserted(self, statement: ast.Assert, swallowed: bool, nested: bool) -> None:
        test = statement.test
        if isinstance(test, ast.Constant) and not test.value:
            self._keep(statement, swallowed or not nested)
        elif swallowed or self.truths.cannot_fail(test):
            self.idle.append(statement)
        else:
            self.real.add(shape([test]))
            self.mentions.update(mentioned([test]))

    def _keep(self, node: ast.AST, idle: bool) -> None:
        if idle:
            self.idle.append(node)
        else:
            self.real.add(shape([node]))

    def _calls(self, value: ast.AST, idle: bool, nested: bool) -> None:
        rest = [value]
        for node in ast.walk(value):
            if isinstance(node, ast.Call):
                name = last_name(node)
                if name == "fail":
                    self._keep(node, idle or not nested)
                elif name.startswith("assert") or name in _ASSERTING:
                    hollow = self._is_hollow(node, name)
                    self._keep(node, idle or hollow)
                    rest = [] if hollow and node is value else rest
        self.mentions.update(mentioned(rest))

    def _is_hollow(self, call: ast.Call, name: str) -> bool:
        """``assertTrue(True)``, ``assertEqual(x, x)`` and the like."""
        if name in _OF_TRUTH and call.args:
            return self.truths.cannot_fail(call.args[0])
        if len(call.args) < 2 or name not in _OF_TWO:
            return False
        return self.truths.known(*call.args) or is_same(call.args[0], call.args[1])


def _is_bare(statement: ast.stmt) -> bool:
    """A name or a constant alone on a line does nothing, so it names nothing."""
    return isinstance(statement, ast.Expr) and isinstance(
        statement.value, ast.Name | ast.Attribute | ast.Constant
    )


def _own(statement: ast.stmt) -> Iterator[ast.AST]:
    """The expressions of a statement itself: no hints, no statements inside it."""
    for name, value in ast.iter_fields(statement):
        if name in ("annotation", "returns"):
            continue
        for item in value if isinstance(value, list) else [value]:
            if isinstance(item, ast.expr):
                yield item
            elif isinstance(item, ast.withitem):
                yield item.context_expr


def _until_the_end(body: Sequence[ast.stmt]) -> Iterator[ast.stmt]:
    """The statements of a body up to the first that surely leaves it."""
    for statement in body:
        yield statement
        if isinstance(statement, ast.Return | ast.Raise | ast.Continue | ast.Break):
            return
        if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
            if last_name(statement.value) in _SKIPS:
                return


def _alive(statement: ast.stmt) -> Iterator[tuple[Sequence[ast.stmt], bool]]:
    """The bodies of a statement that can run, and whether a failed assertion is lost in each."""
    test = getattr(statement, "test", getattr(statement, "iter", None))
    sure = isinstance(test, ast.Constant) or (
        isinstance(test, ast.List | ast.Tuple) and not test.elts
    )
    truth = bool(getattr(test, "value", False)) if sure else None
    loses = _loses_assertions(statement)
    for body in bodies(statement):
        first = body is getattr(statement, "body", None)
        if isinstance(statement, ast.If | ast.While | ast.For) and truth is not None:
            if first is not truth:
                continue
        yield body, loses and first


def _loses_assertions(statement: ast.stmt) -> bool:
    """``try`` around assertions whose handler says nothing, or ``suppress``."""
    if isinstance(statement, ast.With):
        calls = [item.context_expr for item in statement.items]
        return any(
            last_name(call) == "suppress" and _catches(call.args)
            for call in calls
            if isinstance(call, ast.Call)
        )
    handlers = statement.handlers if isinstance(statement, ast.Try) else []
    return any(
        (item.type is None or _catches([item.type])) and not _speaks(item.body) for item in handlers
    )


def _catches(kinds: Sequence[ast.expr]) -> bool:
    named = (item for kind in kinds for item in getattr(kind, "elts", [kind]))
    return any(last_name(item) in _SWALLOWED for item in named)


def _speaks(body: Sequence[ast.stmt]) -> bool:
    """Whether a handler raises, asserts or fails in its turn."""
    for statement in body:
        for node in ast.walk(statement):
            if isinstance(node, ast.Raise | ast.Assert):
                return True
            if isinstance(node, ast.Call) and last_name(node).startswith(("assert", "fail")):
                return True
    return False


def _raises_by_itself(statement: ast.stmt) -> bool:
    """``with raises(E): raise E`` tests nothing; what stands after ``raises(E)`` may raise too."""
    if not isinstance(statement, ast.With | ast.AsyncWith):
        return False
    last = last_name(statement.items[-1].context_expr)
    if last not in _ASSERTING and not last.startswith("assert"):
        return False
    return all(isinstance(item, ast.Raise | ast.Pass) for item in statement.body)
