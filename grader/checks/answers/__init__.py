"""Check that answers.md names the flake8 codes of the original script, which lies in before/."""

from __future__ import annotations

import json
from collections.abc import Mapping
from fractions import Fraction
from pathlib import PurePosixPath

from grader.analysis.syntax.statements import has_statements
from grader.analysis.tools import flake8_runner
from grader.analysis.tools.options import Code, LineLength, StyleOptions
from grader.checks.answers.codes_in_text import codes_in_text
from grader.domain.check import Check, Context, Guidance, Inspections, Lesson
from grader.domain.inspection import NOTHING_TO_SAY, Facts, Finding, Inspection
from grader.domain.measures import Measure, UsualLimit
from grader.domain.source import SourceFile, is_python

#: The file with the student's answers, and the folder of the script before the exercise.
_ANSWERS, _BEFORE = "answers.md", "before"
#: Beginnings of the names of counts, e.g. "found:E501".
_ANSWERED, _FOUND = "said:", "found:"
#: Codes of findings.
_WRONG, _MISSED = "wrong-code", "missed-code"

GUIDANCE = Guidance(
    explanation=(
        "flake8 gives every kind of complaint a code, such as E501. Whoever can read its report"
        " knows what to mend, and what Black has mended since."
    ),
    how_to_fix=(
        "Put the script as it was before you changed it into a folder `before`, run flake8 on it,"
        " and write down in answers.md each code that it shows, with what it means."
    ),
    url="https://flake8.pycqa.org/en/latest/user/error-codes.html",
)

GUIDANCE_BY_CODE = {
    _WRONG: Guidance(
        "flake8 does not find this in the script under `before`.",
        "Run flake8 on the script as it was, compare the codes letter by letter, and take out what"
        " it does not show.",
        "https://www.flake8rules.com/",
    ),
    _MISSED: Guidance(
        "flake8 complains here, and answers.md does not name the code of this complaint.",
        "Run flake8 on the script as it was, and add the codes that are not in answers.md yet.",
        "https://www.flake8rules.com/",
    ),
}


class AnswersOptions(StyleOptions):
    """The options of flake8 with which the student was to check the script under ``before``.

    That folder holds the script as it was before the exercise. Each default is that of flake8
    itself: lines of 79 characters, and nothing ignored in addition.
    """

    max_line_length: LineLength = 79
    extend_ignore: tuple[Code, ...] = ()


def reads(path: str) -> bool:
    """Return whether the check reads `path`: an answers.md, or Python below a folder ``before``.

    An answers.md may be in any folder and in upper case; ``before`` is in lower case, at any level.
    Python is ``.py``, ``.pyi`` or ``.ipynb``. E.g. ``answers.md``, ``docs/Answers.md`` and
    ``before/numbers.py``, but not ``numbers.py``.
    """
    pure = PurePosixPath(path)
    return pure.name.lower() == _ANSWERS or (is_python(path) and _BEFORE in pure.parts[:-1])


def inspect(source: SourceFile, options: AnswersOptions, context: Context) -> Inspection:
    """Return an inspection that counts each flake8 code of one file once; it has no findings yet.

    In answers.md these are the codes that the text names, maybe none; in Python, the codes that
    flake8 reports, regardless of ``noqa``. The sketch has the first line of each, for `combine`.
    The options of flake8 come from `options`; `context` is unused. A Python file without statements
    gives ``NOTHING_TO_SAY``.
    """
    if source.kind == "document":
        return _with_first_lines(_ANSWERED, codes_in_text(source.original))
    if not has_statements(source):
        return NOTHING_TO_SAY
    first: dict[str, int] = {}
    for each in flake8_runner.violations(source, options.arguments()):
        first.setdefault(each.code, each.line)
    return _with_first_lines(_FOUND, first)


def _with_first_lines(mark: str, first_lines: Mapping[str, int]) -> Inspection:
    """Return an inspection that counts each code of `first_lines` once, under `mark` + code."""
    counts = {mark + code: 1 for code in first_lines}
    return Inspection(facts=Facts(counts=counts), sketch=json.dumps(dict(first_lines)))


def combine(inspections: Inspections, options: AnswersOptions) -> Inspections:
    """Return `inspections` with findings: wrong codes in answers.md, unnamed codes in Python.

    A code is wrong if flake8 reports it in no file, and unnamed if no answers.md names it. There is
    one finding for each such code of a file, at its first line; one for an unnamed code does not
    say which code it is. Each of `inspections` must be a result of `inspect` with a sketch, so not
    ``NOTHING_TO_SAY``. `options` is unused.
    """
    whole = Facts.merge(one.facts for one in inspections.values())
    answered, found = _codes(whole, _ANSWERED), _codes(whole, _FOUND)
    return {path: _with_findings(one, answered, found) for path, one in inspections.items()}


def _with_findings(one: Inspection, answered: set[str], found: set[str]) -> Inspection:
    """Return `one` with the findings that follow from all codes `answered` and `found`.

    A missed code is shown by its line only. Naming it would give the answer away: the student
    is to read it from the report of flake8.
    """
    lines: dict[str, int] = json.loads(one.sketch)
    if _codes(one.facts, _ANSWERED):
        wrong = ((line, code) for code, line in lines.items() if code not in found)
        findings = [
            Finding(code=_WRONG, line=line, message=f"{code} is named, and flake8 does not show it")
            for line, code in sorted(wrong)
        ]
    else:
        missed = (line for code, line in lines.items() if code not in answered)
        findings = [
            Finding(code=_MISSED, line=line, message="answers.md does not name this complaint")
            for line in sorted(missed)
        ]
    return one.model_copy(update={"findings": tuple(findings)})


def _codes(facts: Facts, mark: str) -> set[str]:
    """Return the codes that `facts` count under the prefix `mark`, without the prefix."""
    return {name.removeprefix(mark) for name in facts.counts if name.startswith(mark)}


def _count_named(facts: Facts, limit: int | None) -> Fraction | None:
    """Return the number of codes that flake8 reports and answers.md names.

    ``None`` if flake8 reports no code; `limit` is unused.
    """
    found = _codes(facts, _FOUND)
    return Fraction(len(found & _codes(facts, _ANSWERED))) if found else None


def _count_missed(facts: Facts, limit: int | None) -> Fraction | None:
    """Return the number of codes that flake8 reports and answers.md does not name.

    ``None`` if flake8 reports no code; `limit` is unused.
    """
    found = _codes(facts, _FOUND)
    return Fraction(len(found - _codes(facts, _ANSWERED))) if found else None


def _count_wrong(facts: Facts, limit: int | None) -> Fraction | None:
    """Return the number of named codes that flake8 does not report; `limit` is unused.

    ``None`` if flake8 reports no code, or if answers.md names none: an empty answer must not earn
    points for having no mistakes.
    """
    found, answered = _codes(facts, _FOUND), _codes(facts, _ANSWERED)
    return Fraction(len(answered - found)) if found and answered else None


def _agreement(facts: Facts, limit: int | None) -> Fraction | None:
    """Return the percentage of codes that are both named and found.

    The denominator is the number of codes named or found, but at least `limit`: with a limit
    of 3, a script with a single code, correctly named, gives 33 %, not 100 %. ``None`` if flake8
    reports no code, or without a `limit`.
    """
    found, answered = _codes(facts, _FOUND), _codes(facts, _ANSWERED)
    if not found or limit is None:
        return None
    return Fraction(100 * len(found & answered), max(limit, len(found | answered), 1))


MEASURES = (
    Measure(
        id="agreement",
        title="Percent of the codes that are right, out of a least number",
        unit="percent",
        better="higher",
        formula=(
            "100 * codes that answers.md names and flake8 finds / codes that either has, or the"
            " limit where that is more"
        ),
        value=_agreement,
        usual_limit=UsualLimit(4, "kinds of complaints"),
        high=100,
    ),
    Measure(
        id="named",
        title="Codes of flake8 that are named",
        unit="codes",
        better="higher",
        formula="number of codes that flake8 finds under before/ and answers.md names",
        value=_count_named,
        evidence=lambda finding, limit: finding.code == _MISSED,
    ),
    Measure(
        id="missed",
        title="Codes of flake8 that are not named",
        unit="codes",
        better="lower",
        formula="number of codes that flake8 finds under before/ and answers.md does not name",
        value=_count_missed,
        evidence=lambda finding, limit: finding.code == _MISSED,
    ),
    Measure(
        id="wrong",
        title="Codes that are named and not found",
        unit="codes",
        better="lower",
        formula="number of codes that answers.md names and flake8 does not find under before/",
        value=_count_wrong,
        evidence=lambda finding, limit: finding.code == _WRONG,
    ),
)


def _command(options: AnswersOptions, paths: tuple[str, ...]) -> str:
    """Return the flake8 command with the flags of `options`; `paths` are unused."""
    return " ".join(["flake8 --isolated --disable-noqa", *options.arguments()])


_SCRIPT = "import os\n\nnumbers=[3, 1, 2]\nprint(sorted(numbers) [0])\n"

LESSON = Lesson(
    practice="Let linters and formatters help you, and understand what they say",
    before={
        "before/numbers.py": _SCRIPT,
        "answers.md": "Flake8 found E501: a line was too long.\n",
    },
    after={
        "before/numbers.py": _SCRIPT,
        "answers.md": (
            "- E211: a space before a bracket; Black took it out\n"
            "- E225: no spaces around `=`; Black put them in\n"
            "- F401: an import that nothing uses; Black leaves it, I deleted it\n"
        ),
    },
    reading=(
        "https://flake8.pycqa.org/en/latest/",
        "https://black.readthedocs.io/en/stable/the_black_code_style/current_style.html",
    ),
)

CHECK = Check(
    id="answers",
    version=1,
    title="The answers name what flake8 found",
    synonyms=("questions", "reflection"),
    guidance=GUIDANCE,
    lesson=LESSON,
    guidance_by_code=GUIDANCE_BY_CODE,
    options=AnswersOptions,
    reads=reads,
    names_files=True,
    includes_starter=True,
    measures=MEASURES,
    inspect=inspect,
    combine=combine,
    tools=("flake8", "mccabe", "pycodestyle", "pyflakes"),
    command=_command,
)
