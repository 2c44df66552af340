"""Find syntax that an older Python cannot read, as advice: the exercise may name an older one."""

from __future__ import annotations

from collections import Counter

from grader.analysis.syntax.newer_constructs import Construct, newer_constructs
from grader.analysis.syntax.statements import has_statements
from grader.domain.check import Check, Context, Guidance, Lesson, Options
from grader.domain.inspection import NOTHING_TO_SAY, Facts, Finding, Inspection
from grader.domain.measures import UsualLimit, over_limit_measure
from grader.domain.rubric import NEWER_SYNTAX
from grader.domain.source import SourceFile

_URL = "https://docs.python.org/3/whatsnew/index.html"

GUIDANCE = Guidance(
    explanation=(
        "This is Python, and it was graded like everything else. The exercise names an older"
        " version, though, and whoever runs your program with that one gets a SyntaxError."
    ),
    how_to_fix=(
        "Write it as the older version reads it, or say in your README which Python it needs."
        " `python3 --version` shows yours."
    ),
    url=_URL,
)


def inspect(source: SourceFile, options: Options, context: Context) -> Inspection:
    """Return an inspection with the newer constructs of `source`, see `newer_constructs`.

    It has a finding at the first of each kind; its value is the minor version that reads it. The
    histogram ``python`` has the minor version of every construct, and a 0 for the file. Without
    statements the result is ``NOTHING_TO_SAY``. `options` and `context` are unused.
    """
    if not has_statements(source):
        return NOTHING_TO_SAY
    first: dict[str, Construct] = {}
    minors = Counter([0])
    for one in newer_constructs(source):
        minors[one.minor] += 1
        first[one.name] = min(one, first.get(one.name, one))
    findings = sorted(map(_finding, first.values()), key=lambda one: (one.line, one.column))
    facts = Facts(histograms={"python": dict(sorted(minors.items()))})
    return Inspection(facts=facts, findings=tuple(findings))


def _finding(one: Construct) -> Finding:
    return Finding(
        code="newer-syntax",
        line=one.line,
        column=one.column,
        message=f"This needs Python 3.{one.minor}: {one.name}",
        value=one.minor,
    )


LESSON = Lesson(
    practice="Say what your program needs",
    before={
        "cells.py": (
            "def shown(cell):\n"
            "    match cell:\n"
            "        case None:\n"
            '            return "-"\n'
            "        case _:\n"
            "            return str(cell)\n"
        ),
    },
    after={
        "cells.py": 'def shown(cell):\n    return "-" if cell is None else str(cell)\n',
    },
    reading=(_URL, "https://devguide.python.org/versions/"),
)

CHECK = Check(
    id=NEWER_SYNTAX,
    version=1,
    title="Syntax that the exercise's Python reads",
    synonyms=("vermin", "python_version"),
    guidance=GUIDANCE,
    lesson=LESSON,
    measures=(
        over_limit_measure(
            "constructs_over",
            "python",
            "Constructs that need a newer Python",
            "constructs",
            usual_limit=UsualLimit(11, "the minor version: 11 is Python 3.11"),
            formula="number of constructs that need a newer Python than 3.limit",
        ),
    ),
    options=Options,
    inspect=inspect,
    always_runs=True,
)
