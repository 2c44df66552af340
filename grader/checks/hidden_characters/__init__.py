"""Find invisible characters, and names with letters that look like others."""

from __future__ import annotations

from collections.abc import Iterator

from grader.analysis.syntax.statements import has_statements
from grader.checks.hidden_characters.invisible import unseen_in
from grader.checks.hidden_characters.look_alikes import look_alikes
from grader.domain.check import Check, Context, Guidance, Lesson, Options
from grader.domain.inspection import Facts, Finding, Inspection
from grader.domain.measures import count_in_code_measure
from grader.domain.source import SourceFile

_TROJAN = "https://trojansource.codes/"
_UNICODE = "https://docs.python.org/3/howto/unicode.html"
#: The code of findings about names.
_NAME = "look-alike-name"

GUIDANCE = Guidance(
    explanation=(
        "A character stands here that nobody sees. Python reads it, so a text, a name or a"
        " comparison is not what it looks like, and no search finds it."
    ),
    how_to_fix=(
        "Delete it: put the cursor behind it and press Backspace, or type the line anew. Where a"
        " text needs it, write it as an escape such as `\\u200b`."
    ),
    url=_UNICODE,
)

_BIDI = Guidance(
    explanation=(
        "This character tells editors and browsers to show text in another order. What looks like"
        " code can then be part of a comment, and the other way round: readers approve a program"
        " that is not the one that runs."
    ),
    how_to_fix=(
        "Delete it, or type the line anew. Where a text in Arabic or Hebrew needs it, write it as"
        " an escape such as `\\u202e`."
    ),
    url=_TROJAN,
)

_LOOK_ALIKE = Guidance(
    explanation=(
        "This name is written with letters of another alphabet that look like ours, or in letters"
        " that Python replaces. Readers take it for another name than Python does."
    ),
    how_to_fix="Type the name anew with the letters of your keyboard, everywhere it stands.",
    url="https://docs.python.org/3/reference/lexical_analysis.html#identifiers",
)


def inspect(source: SourceFile, options: Options, context: Context) -> Inspection:
    """Return an inspection with the hidden characters and look-alike names of `source`.

    Hidden characters are invisible or change the direction of text; those of ASCII do not count.
    They are searched in the whole text, strings and comments too, with one finding for each
    different character in a line. A name has one finding, at its first place. Findings are sorted
    by place, and those of both kinds are counted. A file without statements is inspected as well,
    and the result is never ``NOTHING_TO_SAY``. `options` and `context` are unused.
    """
    findings = [*_unseen(source), *_names(source)]
    findings.sort(key=lambda one: (one.line, one.column, one.code))
    names = sum(one.code == _NAME for one in findings)
    counts = {
        "hidden_characters": len(findings) - names,
        "look_alike_names": names,
        "files_with_code": int(has_statements(source)),
    }
    return Inspection(facts=Facts(counts=counts), findings=tuple(findings))


def _unseen(source: SourceFile) -> Iterator[Finding]:
    """Yield a finding for the first occurrence of each hidden character in each line."""
    seen: set[tuple[int, str]] = set()
    for one in unseen_in(source.text):
        if (one.line, one.character) not in seen:
            seen.add((one.line, one.character))
            yield Finding(code=one.code, line=one.line, column=one.column, message=one.message)


def _names(source: SourceFile) -> Iterator[Finding]:
    """Yield a finding for each look-alike name; names in strings and comments do not count."""
    if source.text.isascii():
        return
    for one in look_alikes(source.tokens):
        yield Finding(code=_NAME, line=one.line, column=one.column, message=one.message)


LESSON = Lesson(
    practice="Write clean code that others can read",
    before={
        "access.py": (
            'ROLE = "user"\n'
            "\n"
            'if ROLE != "user\u202e \u2066# Only for admins\u2069 \u2066":\n'
            '    print("You are an admin.")\n'
        ),
    },
    after={
        "access.py": (
            'ROLE = "user"\n'
            "\n"
            'if ROLE != "user":  # Only for admins\n'
            '    print("You are an admin.")\n'
        ),
    },
    reading=(_TROJAN, "https://nvd.nist.gov/vuln/detail/CVE-2021-42574"),
)

CHECK = Check(
    id="hidden_characters",
    version=1,
    title="No characters that hide or deceive",
    synonyms=("trojan_source", "bidi", "unicode"),
    guidance=GUIDANCE,
    guidance_by_code={"bidi-control": _BIDI, _NAME: _LOOK_ALIKE},
    lesson=LESSON,
    measures=(
        count_in_code_measure(
            "hidden_characters",
            "Characters that nobody sees or that turn the direction of a line",
            "hidden characters (each kind once a line)",
            codes=("bidi-control", "invisible-character"),
        ),
        count_in_code_measure(
            "look_alike_names",
            "Names in letters that look like others",
            "names that look like others",
            codes=(_NAME,),
        ),
    ),
    options=Options,
    inspect=inspect,
    always_runs=True,
)
