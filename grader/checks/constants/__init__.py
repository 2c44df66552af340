"""Check that constants are named in UPPER_CASE, and advise names for bare numbers and paths."""

from __future__ import annotations

from grader.analysis.fixes.own_line import Fix, Line, with_own_lines
from grader.analysis.fixes.renames import is_free, renamed
from grader.analysis.syntax.constants import Constant, constants_of
from grader.analysis.syntax.statements import has_statements
from grader.checks.constants.magic_numbers import Magic, magic_numbers
from grader.checks.constants.repeated_texts import RepeatedText, repeated_texts
from grader.domain.check import Check, Context, Guidance, Lesson, Options
from grader.domain.inspection import NOTHING_TO_SAY, Facts, Finding, Inspection
from grader.domain.measures import count_measure, rate_measure
from grader.domain.source import SourceFile

GUIDANCE = Guidance(
    explanation=(
        "This value is set once at the top level and never changes. Capital letters tell every"
        " reader so: nobody needs to search the file for the line that changes it, because there"
        " is none."
    ),
    how_to_fix=(
        "Write the name in capital letters with underscores, as in `TAX_RATE = 0.19`. If it is"
        " only a step of your program and no fixed value, move it into the function that needs it."
    ),
    url="https://peps.python.org/pep-0008/#constants",
)

_MAGIC = Guidance(
    explanation=(
        "This number does not say what it means. To change it, one has to find, and"
        " understand, every line that has it."
    ),
    how_to_fix=(
        "Give it a name near the top of the file, as in `DAYS_PER_WEEK = 7`, and use that name."
        " Where the meaning is plain, as in a formula that everybody knows, leave it."
    ),
    url="https://peps.python.org/pep-0008/#constants",
)

_TEXT = Guidance(
    explanation=(
        "Several lines name the same file or address. If it moves, all of them have to change, and"
        " one that is forgotten fails only when it runs."
    ),
    how_to_fix=(
        'Name it once near the top of the file, as in `PRICES = "prices.json"`, and use that name,'
        " or pass it to the functions that need it."
    ),
    url="https://peps.python.org/pep-0008/#constants",
)


def inspect(source: SourceFile, options: Options, context: Context) -> Inspection:
    """Return an inspection with the constants of `source`, and the values that should be some.

    A constant is bound once, outside functions, classes, loops and the ``__main__`` guard, to a
    fixed value, e.g. of literals (see :func:`constants_of`). There is a finding for each one not in
    UPPER_CASE, e.g. ``vat_rate = 0.21``, some with the corrected line, one for each number that
    needs a name (see :func:`magic_numbers`), and one for each name of a file or address that is
    repeated (see :func:`repeated_texts`). Counted are the constants not in UPPER_CASE, those in
    UPPER_CASE that the file reads, the numbers, and the repeated texts. Without statements the
    result is ``NOTHING_TO_SAY``. `options` and `context` are unused.
    """
    if not has_statements(source):
        return NOTHING_TO_SAY
    constants = constants_of(source)
    lower = [each for each in constants if not each.is_upper]
    magic = magic_numbers(source.tree)
    texts = repeated_texts(source)
    counts = {
        "not_upper": len(lower),
        "constants": sum(each.is_upper and each.is_read for each in constants),
        "magic_numbers": len(magic),
        "repeated_texts": len(texts),
    }
    findings = [*map(_not_upper_finding, lower), *map(_text_finding, texts)]
    findings += [_magic_finding(source, each) for each in magic]
    findings.sort(key=lambda each: (each.line, each.column))
    shown = with_own_lines(source, findings, _rename_fix(source, lower))
    return Inspection(facts=Facts(counts=counts), findings=shown)


def _rename_fix(source: SourceFile, lower: list[Constant]) -> Fix:
    """Return the fix that renames a constant of `lower` where it is bound: ``TAX = 1``.

    The fix returns ``None`` for other findings, and if `source` already uses the new name.
    """
    by_place = {(each.node.lineno, each.node.col_offset + 1): each for each in lower}

    def fix(finding: Finding, line: Line) -> str | None:
        constant = by_place.get((finding.line, finding.column))
        if constant is None or not is_free(constant.in_upper, source):
            return None
        return renamed(line, constant.name, constant.in_upper)

    return fix


def _not_upper_finding(constant: Constant) -> Finding:
    """Return the finding that `constant` should be in UPPER_CASE."""
    return Finding(
        code="constant-not-upper",
        line=constant.node.lineno,
        column=constant.node.col_offset + 1,
        message=f"`{constant.name}` never changes: as a constant it is `{constant.in_upper}`",
    )


def _text_finding(text: RepeatedText) -> Finding:
    """Return the finding for the name of a file or address `text`, at its node."""
    return Finding(
        code="repeated-text",
        line=text.node.lineno,
        column=text.node.col_offset + 1,
        message=f"`{text.shown}` is used in {text.times} lines without a name",
    )


def _magic_finding(source: SourceFile, magic: Magic) -> Finding:
    """Return the finding for the number `magic` of `source`, at its node."""
    return Finding(
        code="magic-number",
        line=magic.node.lineno,
        column=magic.node.col_offset + 1,
        message=_magic_message(magic, magic.written(source.lines)),
    )


def _magic_message(magic: Magic, number: str) -> str:
    """Return what is said about `magic`, whose first number is written as `number`."""
    if magic.several:
        where = f"`{magic.function}`" if magic.function else "The code outside functions"
        return f"{where} has {magic.several} different numbers without a name, from `{number}` on"
    if magic.times > 1:
        return f"`{number}` is used in {magic.times} lines without a name"
    return f"`{number}` has no name that says what it means"


MEASURES = (
    count_measure(
        "not_upper",
        "Constants not in UPPER_CASE",
        "constants",
        formula="number of names that a module binds once, to a value that never changes, in"
        " lower case",
        codes=("constant-not-upper",),
    ),
    rate_measure(
        "not_upper_rate",
        "Constants not in UPPER_CASE, as a share",
        counts=("not_upper",),
        what="names that a module binds once, to a value that never changes, in lower case,",
        codes=("constant-not-upper",),
    ),
    count_measure(
        "constants",
        "Constants in UPPER_CASE",
        "constants",
        better="higher",
        formula="number of different constants in UPPER_CASE that their own module reads (for"
        " information)",
        codes=(),
    ),
    count_measure(
        "magic_numbers",
        "Numbers without a name (advice)",
        "numbers",
        formula="number of different numbers that three lines of one file repeat, or that are a"
        " threshold, a rate or a setting; four or more in one function count as one",
        codes=("magic-number",),
    ),
    count_measure(
        "repeated_texts",
        "Files and addresses named more than once (advice)",
        "texts",
        formula="number of different names of files and addresses that two lines of one file"
        " repeat",
        codes=("repeated-text",),
    ),
)

LESSON = Lesson(
    practice="Use function arguments and return values; constants in UPPER_CASE",
    before={
        "prices.py": (
            "vat_rate = 0.21\n"
            "\n"
            "\n"
            "def add_vat(price):\n"
            "    return price * (1 + vat_rate)\n"
        ),
    },
    after={
        "prices.py": (
            "VAT_RATE = 0.21\n"
            "\n"
            "\n"
            "def add_vat(price):\n"
            "    return price * (1 + VAT_RATE)\n"
        ),
    },
    reading=("https://peps.python.org/pep-0008/#constants",),
)

CHECK = Check(
    id="constants",
    version=4,
    title="Constants in capital letters",
    synonyms=("magic_numbers", "upper_case"),
    guidance=GUIDANCE,
    lesson=LESSON,
    guidance_by_code={"magic-number": _MAGIC, "repeated-text": _TEXT},
    measures=MEASURES,
    shares={
        "not_upper": "not_upper_rate",
    },
    options=Options,
    inspect=inspect,
    skips_tests=True,
)
