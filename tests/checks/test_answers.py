"""The check ``answers``: codes that a student names and codes that flake8 finds are compared."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

import pytest

from grader.checks.answers import CHECK
from grader.checks.answers.codes_in_text import said_in
from grader.domain.inspection import Facts, Inspection, State
from grader.domain.source import SourceFile

#: E401, F401 (twice), E225 and W292.
SCRIPT = "import os, sys\nx=1"
NAMED = "E401, F401, E225, W292"


def compared(files: Mapping[str, str], **options: object) -> dict[str, Inspection]:
    chosen = CHECK.options.model_validate(options)
    alone = {
        path: CHECK.inspect(SourceFile(path, text.encode()), chosen, ())
        for path, text in sorted(files.items())
        if CHECK.reads(path)
    }
    readable = {path: one for path, one in alone.items() if one.state is State.OK}
    assert CHECK.combine is not None
    return alone | dict(CHECK.combine(readable, chosen))


def values(files: Mapping[str, str], limit: int = 1, **options: object) -> list[Fraction | None]:
    """Return the values of all measures: agreement, named, missed and wrong codes."""
    facts = Facts.merge(one.facts for one in compared(files, **options).values())
    return [each.value(facts, limit) for each in CHECK.measures]


def with_answers(text: str, script: str = SCRIPT) -> dict[str, str]:
    return {"answers.md": text, "before/numbers.py": script, "numbers.py": "x = 1\n"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (NAMED, [100, 4, 0, 0]),
        ("E401 and f401", [50, 2, 2, 0]),
        (NAMED + ", E501", [80, 4, 0, 1]),
        ("E501", [0, 0, 4, 1]),
        ("", [0, 0, 4, None]),
    ],
)
def test_what_is_named_is_held_against_what_is_found(text: str, expected: list[int | None]) -> None:
    assert values(with_answers(text)) == expected


def test_without_answers_everything_is_missed() -> None:
    files = with_answers("")
    del files["answers.md"]
    assert values(files) == [0, 0, 4, None]


@pytest.mark.parametrize("script", ["", "# nothing\n", "x = 1\n"])
def test_a_script_with_nothing_to_find_gives_nothing_to_measure(script: str) -> None:
    assert values(with_answers(NAMED, script)) == [None] * 4


def test_without_a_script_as_it_was_there_is_nothing_to_measure() -> None:
    files = with_answers(NAMED)
    del files["before/numbers.py"]
    assert values(files) == [None] * 4


def test_a_script_with_little_to_find_earns_little() -> None:
    assert values(with_answers("W292", "x = 1"), limit=4)[0] == 25


def test_naming_every_code_does_not_pay() -> None:
    every = " ".join(f"{letter}{number:03}" for letter in "EWFC" for number in range(1_000))
    assert values(with_answers(every))[0] == Fraction(100 * 4, 4_000)


def test_codes_of_several_files_are_taken_together() -> None:
    files = {
        "ANSWERS.md": "E401 F401",
        "work/before/a.py": "import os, sys\n",
        "work/before/deep/b.py": "x=1\n",
        "more/answers.md": "E225",
    }
    assert values(files) == [100, 3, 0, 0]


@pytest.mark.parametrize(
    "path",
    ["README.md", "before.md", "answers.rst", "numbers.py", "before.py", "pyproject.toml"],
)
def test_other_files_are_not_read(path: str) -> None:
    assert not CHECK.reads(path)


def test_what_is_missed_is_shown_by_its_place_and_what_is_wrong_by_its_name() -> None:
    found = compared(with_answers("E401\n\nE501 and\nW391\nE501\n"))
    assert [(one.line, one.message) for one in found["answers.md"].findings] == [
        (3, "E501 is named, and flake8 does not show it"),
        (4, "W391 is named, and flake8 does not show it"),
    ]
    missed = found["before/numbers.py"].findings
    assert [(one.line, one.code) for one in missed] == [(1, "missed-code")] + [
        (2, "missed-code")
    ] * 2
    assert not any(code in one.message for one in missed for code in ("F401", "E225", "W292"))


def test_flake8_runs_as_the_student_ran_it_unless_the_rubric_says_otherwise() -> None:
    line = "text = " + repr("x" * 75) + "\n"
    assert values(with_answers("E501", line)) == [100, 1, 0, 0]
    assert values(with_answers("E501", line), max_line_length=88) == [None] * 4


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("`E501` (line too long), E302.", {"E501": 1, "E302": 1}),
        ("```\nnumbers.py:1:1: F401 'os' imported but unused\n```\n", {"F401": 2}),
        ("| e225/E231 |\n- **W291**\n", {"E225": 1, "E231": 1, "W291": 2}),
        ("[E501](https://www.flake8rules.com/rules/E302.html)", {"E501": 1}),
        ("see <https://example.org/E501>, www.example.org/E302 and (http://x.org/E303)", {}),
        ("flake8rules.com/rules/E501.html", {}),
        ("[1]: https://example.org/E501 'E302'\r\nE303", {"E302": 1, "E303": 2}),
        ("E5 E50 E5011 xE501 E501x D100 N801 GE501 E_501", {}),
        ("C901 for complexity", {"C901": 1}),
    ],
)
def test_codes_are_found_in_any_markdown_but_not_in_addresses(
    text: str, codes: dict[str, int]
) -> None:
    assert said_in(text).codes == codes


@pytest.mark.parametrize(
    ("text", "named", "denied"),
    [
        ("E302 expected 2 blank lines, found 1, E305 expected 2 blank lines", "E302 E305", ""),
        ("F401 is imported but never used, E501 is a long line", "F401 E501", ""),
        ("W292 no newline at end of file, E231", "W292 E231", ""),
        ("Black did not fix E501, and E225 was not needed", "E501 E225", ""),
        ("I had expected E501 too. E302 was there.", "E302", "E501"),
        ("We thought `E501` would come, but found E302", "E302", "E501"),
        ("There is no E501, nor (E302)", "", "E501 E302"),
        ("E501 isn't shown; E302 did not appear. E225!", "E225", "E501 E302"),
        ("no E501\nE501", "E501", ""),
    ],
)
def test_a_code_that_is_denied_is_not_named(text: str, named: str, denied: str) -> None:
    said = said_in(text)
    assert (" ".join(said.codes), " ".join(said.denied)) == (named, denied)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("A line was too long", ["E501"]),
        ("an unused import; trailing whitespace", ["F401", "W291 W293"]),
        ("E501: the line is too long", []),
        ("no unused imports, long lines are hard to read", []),
    ],
)
def test_words_of_flake8_count_where_no_code_is(text: str, words: list[str]) -> None:
    assert list(said_in(text).words) == words


def test_naming_every_complaint_in_words_does_not_pay() -> None:
    every = "line too long\nunused import\nbare except\nundefined name\ntoo many blank lines\n"
    assert values(with_answers(every)) == [Fraction(100, 8), 1, 3, 4]
