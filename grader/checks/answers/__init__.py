"""Check that an answers.md or answers.txt names the flake8 codes of the script in before/."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from pathlib import PurePosixPath

from grader.analysis.syntax.statements import has_statements
from grader.analysis.tools import flake8_runner
from grader.analysis.tools.options import Code, LineLength, StyleOptions
from grader.checks.answers.codes_in_text import said_in
from grader.domain.check import Check, Context, Guidance, Inspections, Lesson
from grader.domain.inspection import NOTHING_TO_SAY, Facts, Finding, Inspection
from grader.domain.measures import Measure, UsualLimit
from grader.domain.source import SourceFile, is_python

#: The names of files with the student's answers, and the folder of the script before the exercise.
_ANSWERS, _BEFORE = ("answers.md", "answers.txt"), "before"
#: Beginnings of the names of counts, e.g. "found:E501" and "words:E302 E305".
_ANSWERED, _DENIED, _WORDS, _FOUND = "said:", "denied:", "words:", "found:"
#: Codes of findings.
_WRONG, _MISSED, _NOT_SHOWN = "wrong-code", "missed-code", "denied-code"
_NO_CODE, _NO_SCRIPT = "no-code", "no-script"
#: Codes that flake8 shows only if its settings select them.
_LEFT_OUT = frozenset("E121 E123 E126 E226 E241 E242 E704 W503 W504".split())

GUIDANCE = Guidance(
    explanation=(
        "flake8 gives every kind of complaint a code, such as E501. Whoever can read its report"
        " knows what to mend, and what Black has mended since."
    ),
    how_to_fix=(
        "Put the script as it was before you changed it into a folder `before`, run flake8 on it,"
        " and write down in answers.md or answers.txt each code that it shows, with what it means."
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
        "flake8 complains here, and your answers do not name this complaint.",
        "Run flake8 on the script as it was, and add the codes that are not in answers.md yet.",
        "https://www.flake8rules.com/",
    ),
    _NOT_SHOWN: Guidance(
        "This sentence says that flake8 does not show the code, so the code counts neither for nor"
        " against you.",
        "If flake8 does show it, say so in a sentence of its own.",
        "https://www.flake8rules.com/",
    ),
    _NO_CODE: Guidance(
        "Your answers are compared with flake8 by their codes, such as `F401`, or by its words,"
        " such as `imported but unused`. Other words cannot be compared.",
        "Run flake8 on the script as it was, and write down each code that it shows.",
        "https://flake8.pycqa.org/en/latest/user/error-codes.html",
    ),
    _NO_SCRIPT: Guidance(
        "Your answers are compared with what flake8 finds in the script as it was, and there is"
        " nothing to compare them with.",
        "Put the script as it was before you changed it into a folder `before`.",
        "https://flake8.pycqa.org/en/latest/",
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
    """Return whether the check reads `path`: the answers, or Python below a folder ``before``.

    The answers are an answers.md or answers.txt in any folder, also in upper case; ``before`` is in
    lower case, at any level. Python is ``.py``, ``.pyi`` or ``.ipynb``. E.g. ``answers.md``,
    ``docs/Answers.txt`` and ``before/numbers.py``, but not ``numbers.py`` or ``README.md``.
    """
    return _has_answers(path) or (is_python(path) and _BEFORE in PurePosixPath(path).parts[:-1])


def _has_answers(path: str) -> bool:
    return PurePosixPath(path).name.lower() in _ANSWERS


def inspect(source: SourceFile, options: AnswersOptions, context: Context) -> Inspection:
    """Return an inspection that counts each flake8 code of one file once; it has no findings yet.

    In answers these are the codes that the text names, those that it denies, and complaints in
    words, maybe none; in Python, the codes that flake8 reports, regardless of ``noqa``. The sketch
    has the first line of each, for `combine`. The options of flake8 come from `options`; `context`
    is unused. A Python file without statements gives ``NOTHING_TO_SAY``.
    """
    if source.kind == "document":
        said = said_in(source.original)
        marked = {_ANSWERED: said.codes, _DENIED: said.denied, _WORDS: said.words}
        return _with_first_lines(marked)
    if not has_statements(source):
        return NOTHING_TO_SAY
    first: dict[str, int] = {}
    for each in flake8_runner.violations(source, options.arguments()):
        first.setdefault(each.code, each.line)
    return _with_first_lines({_FOUND: first})


def _with_first_lines(marked: Mapping[str, Mapping[str, int]]) -> Inspection:
    """Return an inspection that counts each code of `marked` once, under its mark + code."""
    lines = {mark + code: line for mark, first in marked.items() for code, line in first.items()}
    return Inspection(facts=Facts(counts=dict.fromkeys(lines, 1)), sketch=json.dumps(lines))


def combine(inspections: Inspections, options: AnswersOptions) -> Inspections:
    """Return `inspections` with findings: wrong codes in answers, unnamed codes in Python.

    A code is wrong if flake8 reports it in no file, and unnamed if no answers name it. There is one
    finding for each such code of a file, at its first line; one for an unnamed code does not say
    which code it is. Answers without a code, without a script, and with a code that they deny say
    so. Each of `inspections` must be a result of `inspect` with a sketch, so not
    ``NOTHING_TO_SAY``. `options` is unused.
    """
    whole = Facts.merge(one.facts for one in inspections.values())
    answers = sorted(filter(_has_answers, inspections))
    scripts = len(answers) < len(inspections)
    return {
        path: _with_findings(
            one,
            (
                _in_answers(one, whole, scripts)
                if _has_answers(path)
                else _in_script(one, whole, answers)
            ),
        )
        for path, one in inspections.items()
    }


def _with_findings(one: Inspection, findings: Iterable[tuple[int, str, str]]) -> Inspection:
    """Return `one` with `findings`, (line, code, message) each, by line."""
    found = (
        Finding(code=code, line=line, message=message) for line, code, message in sorted(findings)
    )
    return one.model_copy(update={"findings": tuple(found)})


def _in_answers(one: Inspection, whole: Facts, scripts: bool) -> Iterator[tuple[int, str, str]]:
    """Yield the findings of `one`, the answers in a file, by the facts of the `whole` submission.

    ``scripts``: there is a script under ``before``.
    """
    lines: dict[str, int] = json.loads(one.sketch)
    found = _codes(whole, _FOUND)
    if not found:
        why = "flake8 finds nothing in the script" if scripts else "There is no script"
        yield 1, _NO_SCRIPT, f"{why} in a folder `{_BEFORE}`, so no answer can be compared"
        return
    if not any(name.startswith((_ANSWERED, _WORDS)) for name in lines):
        yield 1, _NO_CODE, "No code such as `F401` is named here"
    for name, line in lines.items():
        mark, _, codes = name.partition(":")
        if mark + ":" == _DENIED:
            yield line, _NOT_SHOWN, f"{codes} is mentioned as what flake8 does not show"
        elif found.isdisjoint(codes.split()):
            name = " or ".join(codes.split())
            why = ", unless its settings select them" if codes in _LEFT_OUT else ""
            yield line, _WRONG, f"{name} is named, and flake8 does not show it{why}"


def _in_script(
    one: Inspection, whole: Facts, answers: Sequence[str]
) -> Iterator[tuple[int, str, str]]:
    """Yield the findings of `one`, a script; `answers` are the paths of the answers.

    A missed code is shown by its line only. Naming it would give the answer away: the student
    is to read it from the report of flake8.
    """
    lines: dict[str, int] = json.loads(one.sketch)
    answered = _answered(whole)
    names = " or ".join(answers)
    message = (
        f"{names} does not name this complaint"
        if answers
        else f"No {' or '.join(_ANSWERS)} was handed in to name this complaint"
    )
    for name, line in lines.items():
        if name.removeprefix(_FOUND) not in answered:
            yield line, _MISSED, message


def _answered(facts: Facts) -> set[str]:
    """Return the codes that the answers in `facts` name, in words too.

    Words that may mean several codes name those that flake8 finds, or else the first.
    """
    found, answered = _codes(facts, _FOUND), _codes(facts, _ANSWERED)
    for codes in map(str.split, _codes(facts, _WORDS)):
        answered |= found.intersection(codes) or {codes[0]}
    return answered


def _codes(facts: Facts, mark: str) -> set[str]:
    """Return the codes that `facts` count under the prefix `mark`, without the prefix."""
    return {name.removeprefix(mark) for name in facts.counts if name.startswith(mark)}


def _count_named(facts: Facts, limit: int | None) -> Fraction | None:
    """Return the number of codes that flake8 reports and answers.md names.

    ``None`` if flake8 reports no code; `limit` is unused.
    """
    found = _codes(facts, _FOUND)
    return Fraction(len(found & _answered(facts))) if found else None


def _count_missed(facts: Facts, limit: int | None) -> Fraction | None:
    """Return the number of codes that flake8 reports and answers.md does not name.

    ``None`` if flake8 reports no code; `limit` is unused.
    """
    found = _codes(facts, _FOUND)
    return Fraction(len(found - _answered(facts))) if found else None


def _count_wrong(facts: Facts, limit: int | None) -> Fraction | None:
    """Return the number of named codes that flake8 does not report; `limit` is unused.

    ``None`` if flake8 reports no code, or if answers.md names none: an empty answer must not earn
    points for having no mistakes.
    """
    found, answered = _codes(facts, _FOUND), _answered(facts)
    return Fraction(len(answered - found)) if found and answered else None


def _agreement(facts: Facts, limit: int | None) -> Fraction | None:
    """Return the percentage of codes that are both named and found.

    The denominator is the number of codes named or found, but at least `limit`: with a limit
    of 3, a script with a single code, correctly named, gives 33 %, not 100 %. ``None`` if flake8
    reports no code, or without a `limit`.
    """
    found, answered = _codes(facts, _FOUND), _answered(facts)
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
    version=2,
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
