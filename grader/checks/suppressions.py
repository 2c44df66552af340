"""Find comments that silence a tool, e.g. ``# noqa`` and ``# fmt: off``."""

from __future__ import annotations

from grader.analysis.syntax.statements import has_statements
from grader.domain.check import Check, Context, Guidance, Lesson, Options
from grader.domain.inspection import Facts, Finding, Inspection
from grader.domain.measures import count_in_code_measure
from grader.domain.source import SourceFile

GUIDANCE = Guidance(
    explanation=(
        "This comment tells a tool not to look at a line or a file. Here such comments have no"
        " effect: the code was checked as if it were not there."
    ),
    how_to_fix="Mend what the tool complains about, and delete the comment.",
    url="https://flake8.pycqa.org/en/stable/user/violations.html",
)


def inspect(source: SourceFile, options: Options, context: Context) -> Inspection:
    """Return an inspection with a finding for each comment of `source` that silences a tool.

    The tools are Black, YAPF, isort and flake8; comments for others have no finding, and a comment
    with two directives has one. A string has a finding only if isort or flake8 would obey a
    directive in it for the whole file. `source` may have no statements; the result is never
    ``NOTHING_TO_SAY``. `options` and `context` are unused.
    """
    findings = tuple(
        Finding(
            code="suppression",
            line=found.line,
            column=found.column,
            message=f"The comment `{found.text}` is disregarded",
        )
        for found in source.suppressions
    )
    counts = {
        "suppression_comments": len(findings),
        "files_with_code": int(has_statements(source)),
    }
    return Inspection(facts=Facts(counts=counts), findings=findings)


LESSON = Lesson(
    practice="Adhere to a consistent coding style",
    before={
        "limits.py": ("from os import getcwd  # noqa\n" "\n" 'LIMITS = { "low":1 }  # fmt: skip\n'),
    },
    after={
        "limits.py": ('LIMITS = {"low": 1}\n'),
    },
    reading=("https://flake8.pycqa.org/en/stable/user/violations.html",),
)

CHECK = Check(
    id="suppressions",
    version=1,
    title="No comments that silence a tool",
    synonyms=("noqa", "fmt_off", "silenced"),
    guidance=GUIDANCE,
    lesson=LESSON,
    measures=(
        count_in_code_measure("suppression_comments", "Comments that silence a tool", "comments"),
    ),
    options=Options,
    inspect=inspect,
    always_runs=True,
)
