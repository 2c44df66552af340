"""The rubric of the benchmarks: eight checks, with or without the patch, and with other weights."""

from __future__ import annotations

from grader.bootstrap import read_rubric
from grader.checks.catalog import CATALOG
from grader.domain.check import AnyCheck

EXERCISE = "benchmark"
#: The course of the tokens that a new installation creates.
COURSE = "mlops"

_HEAD = f"""\
exercise: {EXERCISE}
course: {COURSE}
title: The benchmark's exercise
python: "3.11"
total: 100
feedback: {{patch: %(patch)s}}
criteria:
"""

_CRITERIA = """\
  formatting:
    title: Formatted with Black
    points: %(first)s
    check: formatting
    options: {line_length: 88, show_fix: %(patch)s}
    scale: {measure: files_to_reformat, full_at: 0, zero_at: 3}
  import_order:
    title: Imports sorted with isort
    points: 10
    check: import_order
    options: {line_length: 88, show_fix: %(patch)s}
    scale: {measure: files_to_sort, full_at: 0, zero_at: 3}
  style:
    title: Nothing for Flake8 to complain about
    points: %(second)s
    check: style
    options: {max_line_length: 88}
    scale: {measure: violations, full_at: 0, zero_at: 40}
  complexity:
    title: Few branches
    points: 10
    check: complexity
    scale: {measure: highest, full_at: 8, zero_at: 30}
  maintainability:
    title: Easy to maintain
    points: 10
    check: maintainability
    scale: {measure: lowest_index, full_at: 60, zero_at: 10}
  size:
    title: Small files
    points: 10
    check: size
    scale: {measure: largest_file, full_at: 50, zero_at: 400}
  function_length:
    title: Short functions
    points: 20
    check: function_length
    scale: {measure: functions_over, limit: 15, full_at: 0, zero_at: 10}
  modularity:
    title: Code stands in functions
    points: 10
    check: modularity
    scale: {measure: statements_outside, full_at: 0, zero_at: 40}
"""


def every_check_text() -> str:
    """Return a rubric with every gradable check; a check that `rubric_text` lacks has 0 points."""
    known = set(read_rubric(rubric_text()).criteria)
    more = "".join(_criterion(check) for name, check in CATALOG.items() if name not in known)
    return rubric_text() + more


def _criterion(check: AnyCheck) -> str:
    """Return a criterion of 0 points for ``check``; empty text if it is not gradable."""
    if not check.gradable:
        return ""
    measure = check.measures[0]
    ends = "full_at: 0, zero_at: 9" if measure.better == "lower" else "full_at: 1, zero_at: 0"
    ends = f"limit: 1, {ends}" if measure.takes_limit else ends
    return (
        f"  {check.id}:\n    title: {check.title}\n    points: 0\n    check: {check.id}\n"
        f"    scale: {{measure: {measure.id}, {ends}}}\n"
    )


def rubric_text(*, patch: bool = False, reweighed: bool = False) -> str:
    """Return the text of the rubric; ``reweighed`` gives other points to two criteria.

    Without ``patch`` the formatters give verdicts only.
    """
    points = {"first": 5, "second": 25} if reweighed else {"first": 15, "second": 15}
    words = {"patch": str(patch).lower(), **points}
    return (_HEAD + _CRITERIA) % words
