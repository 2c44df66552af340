"""The check ``maintainability``: radon's index without comments."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from radon.metrics import mi_parameters, mi_visit

from grader.checks.maintainability import CHECK
from grader.domain.inspection import Facts, State

PLAIN = "def f(a, b):\n    if a > b:\n        return a + b\n    return a - b * 2\n"


def test_without_comments_the_index_is_radons(inspect: Any, measure: Any) -> None:
    found = inspect("maintainability", PLAIN)
    assert found.facts.minima["index"] == round(mi_visit(PLAIN, multi=True) * 100)
    assert measure("maintainability", "lowest_index", found.facts) == Fraction(
        found.facts.minima["index"], 100
    )


def test_comments_change_nothing(inspect: Any) -> None:
    padded = PLAIN + "# a comment\n" * 80
    assert mi_visit(padded, multi=True) != mi_visit(PLAIN, multi=True)
    assert inspect("maintainability", padded).facts == inspect("maintainability", PLAIN).facts


def test_the_mean_is_weighted_by_logical_lines(inspect: Any, measure: Any) -> None:
    small = inspect("maintainability", "x = 1\n").facts
    large = inspect("maintainability", PLAIN).facts
    lines = mi_parameters(PLAIN)[2]
    mean = Fraction(10_000 * 1 + large.minima["index"] * lines, 100 * (lines + 1))
    both = Facts.merge([small, large])
    assert measure("maintainability", "mean_index", both) == mean
    assert measure("maintainability", "lowest_index", both) == Fraction(large.minima["index"], 100)


def test_methods_count_as_radon_counts_them_and_inner_functions_too(inspect: Any) -> None:
    methods = "class A:\n    def m(self, a):\n        if a > 1:\n            return a + 2\n"
    found = inspect("maintainability", methods).facts.minima["index"]
    assert found == round(mi_visit(methods, multi=True) * 100)
    inner = "def f():\n    def g(a):\n        if a > 1:\n            return a + 2\n"
    found = inspect("maintainability", inner).facts.minima["index"]
    assert found < round(mi_visit(inner, multi=True) * 100)


def test_a_tangle_is_reported(inspect: Any) -> None:
    line = "    if a > {0} and b < {0} * a or a - b > {0}:\n        a = a + b * {0} - (a << {0})\n"
    tangle = "def f(a, b):\n" + "".join(line.format(at) for at in range(200))
    (finding,) = inspect("maintainability", tangle).findings
    assert finding.code == "maintainability" and finding.value < 20


def test_nothing_to_judge(inspect: Any, measure: Any) -> None:
    assert inspect("maintainability", "# x\n").state is State.NOT_APPLICABLE
    assert measure("maintainability", "lowest_index", Facts()) is None
    assert measure("maintainability", "mean_index", Facts()) is None
    assert CHECK.skips_tests
