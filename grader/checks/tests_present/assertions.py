"""What a test asserts that can fail, and what it names; code that never runs is left out."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass, field

from grader.checks.tests_present.running import Step, catches, expressions, is_bare, mentioned
from grader.checks.tests_present.tautologies import Truths, is_same, last_name, shape

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
#: Those that wait for an exception, and exceptions that a wrong call raises as well.
RAISING = frozenset(
    {"raises", "assertRaises", "assertRaisesRegex", "assertRaisesRegexp", "assert_raises"}
)
_ANY_ERROR = frozenset({"Exception", "BaseException"})


@dataclass
class Look:
    """What one function asserts and names: ``real`` holds the shape of each assertion."""

    truths: Truths
    real: set[tuple[str, ...]] = field(default_factory=set)
    idle: list[ast.AST] = field(default_factory=list)
    mentions: set[str] = field(default_factory=set)
    #: How many assertions can fail, copies too, and the indices of the steps that hold them.
    heard: int = 0
    asserting: set[int] = field(default_factory=set)

    @staticmethod
    def at(steps: Sequence[Step], truths: Truths) -> Look:
        """A look at everything in a function that can run."""
        look = Look(truths)
        for at, step in enumerate(steps):
            before = look.heard
            look._header(step.statement, step.swallowed, step.above >= 0)
            if look.heard > before:
                look.asserting.add(at)
        return look

    def _header(self, statement: ast.stmt, swallowed: bool, nested: bool) -> None:
        """What a statement says itself, without the statements inside it."""
        if isinstance(statement, ast.Assert):
            self._asserted(statement, swallowed, nested)
        elif isinstance(statement, ast.Raise):
            if statement.exc is not None and last_name(statement.exc) == "AssertionError":
                self._keep(statement, swallowed or not nested)
        elif not is_bare(statement):
            idle = swallowed or _raises_by_itself(statement)
            for value in expressions(statement):
                self._calls(value, idle, nested)

    def _asserted(self, statement: ast.Assert, swallowed: bool, nested: bool) -> None:
        test = statement.test
        if isinstance(test, ast.Constant) and not test.value:
            self._keep(statement, swallowed or not nested)
        elif swallowed or self.truths.cannot_fail(test):
            self.idle.append(statement)
        else:
            self._keep(test, False)
            self.mentions.update(mentioned([test]))

    def _keep(self, node: ast.AST, idle: bool) -> None:
        if idle:
            self.idle.append(node)
        else:
            self.real.add(shape([node]))
            self.heard += 1

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
        """``assertTrue(True)``, ``assertEqual(x, x)``, ``raises(Exception)`` and the like."""
        if name in _OF_TRUTH and call.args:
            return self.truths.cannot_fail(call.args[0])
        if name in RAISING:
            return _waits_for_anything(call)
        if len(call.args) < 2 or name not in _OF_TWO:
            return False
        return self.truths.known(*call.args) or is_same(call.args[0], call.args[1])


def _waits_for_anything(call: ast.Call) -> bool:
    """``raises(Exception)`` is content with a slip of the test itself, unless it says more."""
    says_more = "Regex" in last_name(call) or any(item.arg == "match" for item in call.keywords)
    return not says_more and catches(call.args[:1], _ANY_ERROR)


def _raises_by_itself(statement: ast.stmt) -> bool:
    """``with raises(E): raise E`` tests nothing; what stands after ``raises(E)`` may raise too."""
    if not isinstance(statement, ast.With | ast.AsyncWith):
        return False
    last = last_name(statement.items[-1].context_expr)
    if last not in _ASSERTING and not last.startswith("assert"):
        return False
    return all(isinstance(item, ast.Raise | ast.Pass) for item in statement.body)
