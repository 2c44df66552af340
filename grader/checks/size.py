"""Measure the size of each file: radon's line counts, Halstead volume and effort."""

from __future__ import annotations

from grader.analysis.syntax.statements import has_statements
from grader.analysis.tools.radon_halstead import halstead
from grader.analysis.tools.radon_raw import raw_counts
from grader.domain.check import Check, Context, Guidance, Lesson, Options
from grader.domain.inspection import Facts, Finding, Inspection
from grader.domain.measures import UsualLimit, count_measure, maximum_measure, over_limit_measure
from grader.domain.source import SourceFile

GUIDANCE = Guidance(
    explanation=(
        "This file is long. A reader who looks for one thing has to pass by all the others, and"
        " two people who work on it get into each other's way."
    ),
    how_to_fix="Find the subjects that the file treats, and give each a module with its name.",
    url="https://radon.readthedocs.io/en/latest/intro.html#raw-metrics",
)

#: Files with more logical lines are reported, e.g. with 101, not with 100. Chosen by hand.
_REPORTED_ABOVE = 100


def inspect(source: SourceFile, options: Options, context: Context) -> Inspection:
    """Return an inspection with the line counts, Halstead volume and Halstead effort of `source`.

    They are counts, all as radon computes them; volume and effort are rounded to integers. The
    logical lines are a maximum and a histogram too, for the largest file and for files over a
    limit. There is one finding if they are more than 100. A file without statements has the counts
    only. `options` and `context` are unused.
    """
    raw = raw_counts(source)
    volume, effort = halstead(source)
    counts = {
        "files_with_code": int(has_statements(source)),
        "lines": raw.loc,
        "logical_lines": raw.lloc,
        "source_lines": raw.sloc,
        "comment_lines": raw.comments,
        "docstring_lines": raw.multi,
        "blank_lines": raw.blank,
        "halstead_volume": round(volume),
        "halstead_effort": round(effort),
    }
    if not counts["files_with_code"]:
        return Inspection(facts=Facts(counts=counts))
    facts = Facts(
        counts=counts,
        maxima={"file_lines": raw.lloc},
        histograms={"file_lines": {raw.lloc: 1}},
    )
    return Inspection(facts=facts, findings=_findings(raw.lloc))


def _findings(lines: int) -> tuple[Finding, ...]:
    """Return the finding for a file of `lines` logical lines, or none if it is short enough."""
    if lines <= _REPORTED_ABOVE:
        return ()
    message = f"This file has {lines} logical lines"
    return (Finding(code="file-length", message=message, value=lines),)


LESSON = Lesson(
    practice="Keep functions short and focused",
    before={
        "numbers.py": (
            "def describe(values):\n"
            "    total = 0\n"
            "    for value in values:\n"
            "        total += value\n"
            "    largest = values[0]\n"
            "    for value in values:\n"
            "        if value > largest:\n"
            "            largest = value\n"
            "    return total, largest\n"
        ),
    },
    after={
        "numbers.py": ("def describe(values):\n" "    return sum(values), max(values)\n"),
    },
    reading=("https://docs.python.org/3/library/functions.html",),
)

CHECK = Check(
    id="size",
    version=1,
    title="Small files",
    synonyms=("halstead", "file_size", "lines_of_code", "loc"),
    guidance=GUIDANCE,
    lesson=LESSON,
    measures=(
        count_measure(
            "logical_lines",
            "Logical lines",
            "logical lines",
            formula="sum of logical lines over all files",
            among="files_with_code",
        ),
        maximum_measure(
            "largest_file",
            "Logical lines of the largest file",
            "logical lines",
            maximum="file_lines",
        ),
        over_limit_measure(
            "files_over",
            "file_lines",
            "Files over the limit",
            "files",
            usual_limit=UsualLimit(200, "logical lines"),
        ),
        count_measure(
            "halstead_volume",
            "Halstead volume",
            "bits",
            formula="sum of bits over all files",
            among="files_with_code",
        ),
        count_measure(
            "halstead_effort",
            "Halstead effort",
            "mental steps",
            formula="sum of mental steps over all files",
            among="files_with_code",
        ),
        count_measure(
            "comment_lines",
            "Comments",
            "comments",
            better="higher",
            formula="sum of comments over all files",
            codes=(),
            among="files_with_code",
        ),
    ),
    options=Options,
    inspect=inspect,
    tools=("radon",),
)
