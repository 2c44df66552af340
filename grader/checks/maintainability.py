"""Measure radon's maintainability index of each file, without the share of comments."""

from __future__ import annotations

from fractions import Fraction

from radon.metrics import mi_compute

from grader.analysis.syntax.statements import has_statements
from grader.analysis.tools.radon_complexity import total_complexity
from grader.analysis.tools.radon_halstead import halstead
from grader.analysis.tools.radon_raw import raw_counts
from grader.domain.check import Check, Context, Guidance, Lesson, Options
from grader.domain.inspection import NOTHING_TO_SAY, Facts, Finding, Inspection
from grader.domain.measures import Measure
from grader.domain.source import SourceFile

GUIDANCE = Guidance(
    explanation=(
        "The maintainability index puts size, complexity and the number of operations of a file"
        " into one number from 0 to 100. A low one says that much is going on in one file."
    ),
    how_to_fix=(
        "Split the file into modules that each have one subject, and long functions into short"
        " ones. Comments do not change this number: write them for your readers."
    ),
    url="https://radon.readthedocs.io/en/latest/intro.html#maintainability-index",
)

#: Files with a lower index are reported, e.g. with 19.99, not with 20. radon's rank A ("very
#: maintainable") begins above 19.
_REPORTED_BELOW = 20


def inspect(source: SourceFile, options: Options, context: Context) -> Inspection:
    """Return an inspection with the maintainability index of `source`, in hundredths, as a minimum.

    It is radon's formula over the Halstead volume, the total complexity and the logical lines, from
    0 to 100 (10,000 hundredths). The share of comments is set to 0: otherwise padding a file with
    comments would raise the index. The counts are for the mean over several files, weighted by
    logical lines. There is one finding if the index is below 20. Without statements the result is
    ``NOTHING_TO_SAY``. `options` and `context` are unused.
    """
    if not has_statements(source):
        return NOTHING_TO_SAY
    lines = raw_counts(source).lloc
    index = mi_compute(halstead(source)[0], total_complexity(source), lines, 0)
    hundredths = round(index * 100)
    facts = Facts(
        counts={"index_times_lines": hundredths * lines, "lines": lines},
        minima={"index": hundredths},
    )
    if hundredths >= _REPORTED_BELOW * 100:
        return Inspection(facts=facts)
    message = f"The maintainability index of this file is {hundredths / 100:.2f} of 100"
    finding = Finding(code="maintainability", message=message, value=hundredths // 100)
    return Inspection(facts=facts, findings=(finding,))


def _lowest(facts: Facts, limit: int | None) -> Fraction | None:
    """Return the lowest index of a file (0 to 100), or ``None`` without any; `limit` is unused."""
    return Fraction(facts.minima["index"], 100) if "index" in facts.minima else None


def _mean(facts: Facts, limit: int | None) -> Fraction | None:
    """Return the mean index (0 to 100), weighted by logical lines, or ``None`` without any lines.

    `limit` is unused.
    """
    lines = facts.counts.get("lines", 0)
    return Fraction(facts.counts["index_times_lines"], 100 * lines) if lines else None


LESSON = Lesson(
    practice="Keep functions short and focused",
    before={
        "grades.py": (
            "def report(marks):\n"
            "    total = 0\n"
            "    best = marks[0]\n"
            "    worst = marks[0]\n"
            "    passed = 0\n"
            "    for mark in marks:\n"
            "        total = total + mark\n"
            "        if mark > best:\n"
            "            best = mark\n"
            "        if mark < worst:\n"
            "            worst = mark\n"
            "        if mark >= 5.5 and mark <= 10:\n"
            "            passed = passed + 1\n"
            "    average = total / len(marks)\n"
            "    share = passed / len(marks) * 100\n"
            "    print(best - worst, average, share)\n"
        ),
    },
    after={
        "grades.py": (
            "def share_passed(marks):\n"
            "    return 100 * sum(mark >= 5.5 for mark in marks) / len(marks)\n"
            "\n"
            "\n"
            "def spread(marks):\n"
            "    return max(marks) - min(marks)\n"
        ),
    },
    reading=("https://radon.readthedocs.io/en/latest/intro.html#maintainability-index",),
)

CHECK = Check(
    id="maintainability",
    version=1,
    title="Easy to maintain",
    synonyms=("maintainability_index", "radon_mi"),
    guidance=GUIDANCE,
    lesson=LESSON,
    measures=(
        Measure(
            id="lowest_index",
            title="Lowest maintainability index",
            unit="of 100",
            better="higher",
            formula="lowest index of a file, comments left out",
            value=_lowest,
            high=100,
        ),
        Measure(
            id="mean_index",
            title="Mean maintainability index",
            unit="of 100",
            better="higher",
            formula="mean index of the files, weighted by their logical lines, comments left out",
            value=_mean,
            high=100,
        ),
    ),
    options=Options,
    inspect=inspect,
    tools=("radon",),
    skips_tests=True,
)
