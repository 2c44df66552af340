"""Find the assertions of one function: those that can fail, and those that cannot.

The lists of names are chosen by hand from pytest, unittest and NumPy.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from grader.analysis.syntax.dotted_names import called_name
from grader.analysis.syntax.walk import walk
from grader.checks.tests_present.conditions import raises_itself
from grader.checks.tests_present.running import (
    Step,
    catches,
    expressions,
    has_no_effect,
    mentioned_names,
)
from grader.checks.tests_present.tautologies import Tautologies, shape

#: Calls that assert, in addition to ``fail`` and every name that begins with ``assert``.
#: e.g. ``pytest.raises(ValueError)``; not ``check(x)``, which is searched as a helper.
_ASSERTING = frozenset({"raises", "warns", "deprecated_call", "expect"})
#: Assertions that a value is true or not ``None``, e.g. ``self.assertTrue(ok)``; not
#: ``assertFalse``.
_OF_ONE_VALUE = frozenset({"assertTrue", "assert_", "assertIsNotNone"})
#: Assertions that compare their first two values, e.g. ``self.assertEqual(a, b)``; not
#: ``assertNotEqual``.
_OF_TWO_VALUES = frozenset(
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
#: Assertions that expect an exception, e.g. ``pytest.raises(ValueError)``; not ``pytest.warns``.
EXPECT_ERROR = frozenset(
    {"raises", "assertRaises", "assertRaisesRegex", "assertRaisesRegexp", "assert_raises"}
)
#: Exceptions that include those of a mistake in the test, e.g. of a misspelled name.
_ANY_ERROR = frozenset({"Exception", "BaseException", "NameError", "UnboundLocalError"})
#: The two that nearly every function raises for ``None``. Both together expect nothing in
#: particular; one of them, or ``(TypeError, ValueError)``, may be what the function promises.
_SLIPS = ("TypeError", "AttributeError")


@dataclass
class Assertions:
    """Sorts the assertions of one function into those that can fail and those that cannot.

    :meth:`of` makes and fills it. ``effective`` has the code of each assertion that can fail (see
    :func:`shape`), so that copies count once. ``ineffective`` has the nodes of those that cannot.
    ``mentions`` are the names in the function, without those in an ``assert`` that cannot fail, in
    a lone call such as ``assertEqual(x, x)``, in ``raise`` and in statements without effect.
    ``asserting_steps`` are the indices of the statements (see `Step`) with an assertion that can
    fail.
    """

    tautologies: Tautologies
    effective: set[tuple[str, ...]] = field(default_factory=set)
    ineffective: list[ast.AST] = field(default_factory=list)
    mentions: set[str] = field(default_factory=set)
    asserting_steps: set[int] = field(default_factory=set)
    #: How many assertions can fail, copies included.
    _count: int = 0

    @staticmethod
    def of(steps: Sequence[Step], tautologies: Tautologies) -> Assertions:
        """Return the assertions in `steps`, all steps of a function.

        `tautologies` of the same function decides which of them cannot fail. Those whose failure is
        swallowed, and forced failures such as ``fail()`` at the top of the function, which depend
        on no condition, are sorted among those that cannot fail as well.
        """
        assertions = Assertions(tautologies)
        crashes = {id(node) for step in steps for node in _only_crashes(step.statement)}
        for index, step in enumerate(steps):
            if id(step.statement) in crashes:
                continue
            before = assertions._count
            assertions._add_statement(step.statement, step.swallowed, step.parent >= 0)
            if assertions._count > before:
                assertions.asserting_steps.add(index)
        return assertions

    def _add_statement(self, statement: ast.stmt, swallowed: bool, nested: bool) -> None:
        """Add the assertions of `statement` itself, without the statements inside it.

        If a handler catches and drops its failure (`swallowed`), it is ineffective. A forced
        failure (``raise AssertionError``, ``assert False``, ``fail()``) is effective only if
        `nested` in another statement, so that it depends on a condition.
        """
        if isinstance(statement, ast.Assert):
            self._add_assert(statement, swallowed, nested)
        elif isinstance(statement, ast.Raise):
            if statement.exc is not None and called_name(statement.exc) == "AssertionError":
                self._add(statement, is_effective=nested and not swallowed)
        elif not has_no_effect(statement):
            can_fail = not (swallowed or _contains_only_raise(statement))
            for value in expressions(statement):
                self._add_calls(value, can_fail, nested)

    def _add_assert(self, statement: ast.Assert, swallowed: bool, nested: bool) -> None:
        """Add an ``assert``; `swallowed` and `nested` are as in ``_add_statement``."""
        test = statement.test
        if isinstance(test, ast.Constant) and not test.value:
            self._add(statement, is_effective=nested and not swallowed)
        elif swallowed or self.tautologies.cannot_fail(test):
            self._add(statement, is_effective=False)
        else:
            self._add(test, is_effective=True)
            self.mentions.update(mentioned_names([test]))

    def _add(self, node: ast.AST, *, is_effective: bool) -> None:
        """Record the assertion `node` as one that can fail, or as one that cannot."""
        if is_effective:
            self.effective.add(shape([node]))
            self._count += 1
        else:
            self.ineffective.append(node)

    def _add_calls(self, value: ast.AST, can_fail: bool, nested: bool) -> None:
        """Add the asserting calls in `value`, and the names that it mentions.

        All are ineffective unless `can_fail`; ``fail()`` also has to be `nested`. If `value` as a
        whole is an assertion that cannot fail, its names do not count as mentioned.
        """
        mentioning = [value]
        for node in ast.walk(value):
            if isinstance(node, ast.Call):
                name = called_name(node)
                if name == "fail":
                    self._add(node, is_effective=can_fail and nested)
                elif name.startswith("assert") or name in _ASSERTING:
                    is_tautology = self._is_tautology(node, name)
                    self._add(node, is_effective=can_fail and not is_tautology)
                    mentioning = [] if is_tautology and node is value else mentioning
        self.mentions.update(mentioned_names(mentioning))

    def _is_tautology(self, call: ast.Call, name: str) -> bool:
        """Return whether the assertion `call` of `name` cannot fail.

        e.g. ``assertTrue(True)``, ``assertEqual(x, x)``, ``raises(Exception)``; not
        ``assertEqual(area(1), 2)`` and ``raises(ValueError)``.
        """
        if name in _OF_ONE_VALUE and call.args:
            return self.tautologies.cannot_fail(call.args[0])
        if name in EXPECT_ERROR:
            return _accepts_any_error(call)
        if len(call.args) < 2 or name not in _OF_TWO_VALUES:
            return False
        return self.tautologies.is_known(*call.args) or self.tautologies.are_equal(*call.args[:2])


def _only_crashes(statement: ast.stmt) -> Iterator[ast.stmt]:
    """Yield the statements that fail a test because `statement`, a ``try``, caught any error.

    e.g. ``pytest.fail()`` below ``except Exception:``: without it the test would fail as well, so
    it asserts no more than ``area(2)`` alone. Not below ``except ValueError:``, since a test may be
    about this error, and not if the ``try`` asserts something.
    """
    if not isinstance(statement, ast.Try) or any(map(_asserts, walk(*statement.body))):
        return
    for handler in statement.handlers:
        if handler.type is None or catches([handler.type], _ANY_ERROR):
            yield from (one for one in handler.body if is_forced_failure(one))


def _asserts(node: ast.AST) -> bool:
    """Return whether `node` is an ``assert`` or a call like ``assertEqual``, ``raises``, ``fail``.

    So it is with ``check_total(3)``, too, which may be a helper that asserts.
    """
    name = called_name(node) if isinstance(node, ast.Call) else ""
    is_call = name.startswith(("assert", "check", "verify")) or name in _ASSERTING or name == "fail"
    return isinstance(node, ast.Assert) or is_call


def is_forced_failure(statement: ast.stmt) -> bool:
    """Return whether `statement` fails: ``fail()``, ``raise AssertionError``, ``assert False``."""
    if isinstance(statement, ast.Assert):
        return isinstance(statement.test, ast.Constant) and not statement.test.value
    if isinstance(statement, ast.Raise):
        return statement.exc is not None and called_name(statement.exc) == "AssertionError"
    value = statement.value if isinstance(statement, ast.Expr) else None
    return isinstance(value, ast.Call) and called_name(value) == "fail"


def _accepts_any_error(call: ast.Call) -> bool:
    """Return whether `call` accepts every exception, e.g. ``raises(Exception)``.

    With a pattern for the message it does not: ``raises(Exception, match="negative")``.
    """
    patterns = [item.value for item in call.keywords if item.arg == "match"]
    is_empty = any(isinstance(one, ast.Constant) and not one.value for one in patterns)
    if "Regex" in called_name(call) or (patterns and not is_empty):
        return False
    kinds = call.args[:1]
    return catches(kinds, _ANY_ERROR) or all(catches(kinds, frozenset({one})) for one in _SLIPS)


def _contains_only_raise(statement: ast.stmt) -> bool:
    """Return whether `statement` expects an exception that its own body raises.

    e.g. ``with raises(ValueError): raise ValueError``, with ``pass`` as its body, or with
    ``area(1 / 0)``; not with ``area(1, 0)``.
    """
    if not isinstance(statement, ast.With | ast.AsyncWith):
        return False
    last = called_name(statement.items[-1].context_expr)
    if last not in _ASSERTING and not last.startswith("assert"):
        return False
    if any(map(raises_itself, statement.body)):
        return True
    return all(isinstance(item, ast.Raise | ast.Pass) for item in statement.body)
