"""Check that flake8 reports nothing: layout, unused and undefined names, complexity."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from grader.analysis.fixes.own_line import with_own_lines
from grader.analysis.syntax.statements import has_statements
from grader.analysis.tools import flake8_runner
from grader.analysis.tools.options import StyleOptions
from grader.checks.style.fixes import style_fix
from grader.checks.style.guidance import GUIDANCE, GUIDANCE_BY_CODE
from grader.checks.style.missing_calls import CODE as MISSING_CALL
from grader.checks.style.missing_calls import with_missing_calls
from grader.checks.style.star_imports import with_stars_once
from grader.domain.check import Check, Context, Lesson
from grader.domain.inspection import NOTHING_TO_SAY, Facts, Finding, Inspection
from grader.domain.measures import Measure, count_measure, rate_measure
from grader.domain.source import SourceFile


def inspect(source: SourceFile, options: StyleOptions, context: Context) -> Inspection:
    """Return an inspection with one finding for each complaint of flake8 about `source`.

    flake8 runs with `options`, without further plugins such as pep8-naming, and disregards comments
    that silence it. A star import and the uses of what it may bring are one complaint, see
    `with_stars_once`. Unless `options` select codes, methods of texts that a condition names and
    does not call are further complaints, see `with_missing_calls`.

    The complaints are counted in all, by the first letter of their code, and by code, and so are
    the lines with any, and the uses that were left out. Another count is 1 for a file with any,
    else 0. Some findings have the corrected line (see ``style_fix``). Without statements in
    `source` and without complaints the result is ``NOTHING_TO_SAY``. `context` is unused.
    """
    found = flake8_runner.violations(source, options.arguments())
    if not found and not has_statements(source):
        return NOTHING_TO_SAY
    findings = tuple(
        Finding(code=each.code, line=each.line, column=each.column, message=each.text)
        for each in found
    )
    findings, uses = with_stars_once(findings)
    if options.select is None:
        findings = with_missing_calls(source, findings)
    findings = with_own_lines(source, findings, style_fix(source, findings))
    counts = {**_counts(findings), "uses_of_star_imports": uses}
    return Inspection(facts=Facts(counts=counts), findings=findings)


def _counts(findings: tuple[Finding, ...]) -> dict[str, int]:
    """Return the number of `findings` in all, by family (first letter) and by code.

    e.g. E501 counts under ``family:E`` and ``code:E501``. A line with several counts once in
    ``lines_with_violations``, e.g. ``x=[1,2]`` with E225 and E231.
    """
    counts = {
        "violations": len(findings),
        "lines_with_violations": len({finding.line for finding in findings}),
        "files_with_any": int(bool(findings)),
    }
    for finding in findings:
        family = [f"family:{finding.code[0]}"] if finding.code != MISSING_CALL else []
        for name in (*family, f"code:{finding.code}"):
            counts[name] = counts.get(name, 0) + 1
    return counts


def _distinct_codes(facts: Facts, limit: int | None) -> Fraction:
    """Return the number of different flake8 codes in `facts`; `limit` is unused."""
    seen = (name for name, times in facts.counts.items() if times)
    return Fraction(sum(name.startswith("code:") for name in seen))


def _is_error(code: str) -> bool:
    """Return whether `code` is a likely mistake: of pyflakes (F821), E999, or a missing call."""
    return code.startswith(("F", "E9", MISSING_CALL))


def _errors(facts: Facts, limit: int | None) -> Fraction:
    """Return the number of complaints in `facts` that are likely mistakes; `limit` is unused."""
    codes = {name.removeprefix("code:"): times for name, times in facts.counts.items()}
    return Fraction(sum(times for code, times in codes.items() if _is_error(code)))


def _family(letter: str, title: str) -> Measure:
    """Return the measure that counts the complaints whose code begins with `letter`."""
    measure = count_measure(
        f"family_{letter}",
        title,
        "complaints",
        formula=f"number of complaints whose code begins with {letter}",
        counts=(f"family:{letter}",),
    )
    return replace(measure, evidence=lambda finding, limit: finding.code.startswith(letter))


def _command(options: StyleOptions, paths: tuple[str, ...]) -> str:
    """Return the flake8 command with the flags of `options`; `paths` are unused."""
    return " ".join(["flake8 --isolated --disable-noqa", *options.arguments()])


MEASURES = (
    count_measure(
        "violations",
        "Complaints of flake8",
        "complaints",
        formula="number of complaints of flake8, and of methods that are not called where meant",
    ),
    rate_measure(
        "violations_rate",
        "Lines with complaints of flake8, as a share",
        counts=("lines_with_violations",),
        what="lines with any complaint",
    ),
    count_measure("files_with_any", "Files with any complaint", "files"),
    Measure(
        id="distinct_codes",
        title="Kinds of complaints",
        unit="codes",
        better="lower",
        formula="number of different flake8 codes",
        value=_distinct_codes,
    ),
    Measure(
        id="errors",
        title="Likely mistakes",
        unit="complaints",
        better="lower",
        formula="number of complaints whose code begins with F or E9, and of missing calls",
        value=_errors,
        evidence=lambda finding, limit: _is_error(finding.code),
    ),
    _family("E", "Layout that breaks PEP 8"),
    _family("W", "Layout warnings"),
    _family("F", "Unused, undefined or misused names"),
    _family("C", "Functions too complex for flake8's limit"),
)

LESSON = Lesson(
    practice="Adhere to a consistent coding style",
    before={
        "report.py": (
            "import csv\n"
            "import sys\n"
            "\n"
            "\n"
            "def read_rows(path):\n"
            "    with open(path) as file:\n"
            "        return [row for row in csv.reader(file) if row != None]\n"
        ),
    },
    after={
        "report.py": (
            "import csv\n"
            "\n"
            "\n"
            "def read_rows(path):\n"
            "    with open(path) as file:\n"
            "        return [row for row in csv.reader(file) if row is not None]\n"
        ),
    },
    reading=("https://peps.python.org/pep-0008/",),
)

CHECK = Check(
    id="style",
    version=6,
    title="Clean for flake8",
    synonyms=(
        "flake8",
        "pycodestyle",
        "pyflakes",
        "pep8",
        "pylint",
        "ruff",
        "lint",
        "linting",
    ),
    guidance=GUIDANCE,
    lesson=LESSON,
    guidance_by_code=GUIDANCE_BY_CODE,
    shares={
        "violations": "violations_rate",
    },
    options=StyleOptions,
    measures=MEASURES,
    inspect=inspect,
    tools=("flake8", "mccabe", "pycodestyle", "pyflakes"),
    command=_command,
)
