"""The measures of unit tests, and the lesson with a program before and after."""

from __future__ import annotations

from fractions import Fraction

from grader.domain.check import Lesson
from grader.domain.inspection import Facts
from grader.domain.measures import Measure, count_measure

#: Codes of findings.
UNTESTED, NOTHING_TO_CALL = "untested-function", "nothing-to-call"
NOTHING_ASSERTED = "test-without-assertion"
CANNOT_FAIL, NOT_COUNTED = "assertion-cannot-fail", "test-not-counted"


def _coverage(facts: Facts, limit: int | None) -> Fraction | None:
    """Return the percentage of public functions that are tested; `limit` is unused.

    ``None`` if there are no public functions.
    """
    public = facts.counts.get("public_functions", 0)
    return Fraction(100 * facts.counts["functions_tested"], public) if public else None


_PUBLIC = (
    "public functions and methods that do more than to give a constant or a name, main and what"
    " only a person at a screen or a camera can try aside,"
)

MEASURES = (
    count_measure(
        "tests",
        "Tests",
        "tests",
        better="higher",
        formula="number of different test functions and doctests that run, try out something of the"
        " program and have an assertion that can fail",
        codes=(NOTHING_ASSERTED, NOT_COUNTED),
    ),
    count_measure(
        "assertions",
        "Assertions",
        "assertions",
        better="higher",
        formula="number of different assertions that can fail, in each of these tests",
        codes=(CANNOT_FAIL, NOTHING_ASSERTED),
    ),
    count_measure(
        "tests_without_assertion",
        "Tests that assert nothing",
        "tests",
        formula="number of test functions without any assertion that can fail",
        codes=(NOTHING_ASSERTED,),
        among="test_functions",
    ),
    count_measure(
        "functions_tested",
        "Functions that a test tries out",
        "functions",
        better="higher",
        formula=f"number of {_PUBLIC} that such a test calls, and asserts what comes of it",
        codes=(UNTESTED, NOTHING_TO_CALL),
    ),
    Measure(
        id="coverage",
        title="Functions that a test tries out, as a share",
        unit="%",
        better="higher",
        formula=f"100 × (those that such a test tries out) / (number of {_PUBLIC} in all)",
        value=_coverage,
        evidence=lambda finding, limit: finding.code in (UNTESTED, NOTHING_TO_CALL),
        high=100,
    ),
    count_measure(
        "untested_functions",
        "Functions that no test tries out",
        "functions",
        formula=f"number of {_PUBLIC} that no such test tries out",
        codes=(UNTESTED, NOTHING_TO_CALL),
        among="public_functions",
    ),
)

_SHAPES = (
    "def area(width, height):\n"
    "    if width < 0 or height < 0:\n"
    '        raise ValueError("a side cannot be negative")\n'
    "    return width * height\n"
)

LESSON = Lesson(
    practice="Write unit tests",
    before={
        "shapes.py": _SHAPES,
        "test_shapes.py": (
            "from shapes import area\n"
            "\n"
            "\n"
            "def test_area():\n"
            "    print(area(2, 3))\n"
            "    assert True\n"
        ),
    },
    after={
        "shapes.py": _SHAPES,
        "test_shapes.py": (
            "import pytest\n"
            "from shapes import area\n"
            "\n"
            "\n"
            "def test_area_is_width_times_height():\n"
            "    assert area(2, 3) == 6\n"
            "\n"
            "\n"
            "def test_negative_sides_are_refused():\n"
            "    with pytest.raises(ValueError):\n"
            "        area(-1, 3)\n"
        ),
    },
    reading=("https://docs.python.org/3/library/unittest.html",),
)
