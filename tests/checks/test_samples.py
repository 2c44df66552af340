"""Every sample program has exactly the findings that its marks expect."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.checks.catalog import CATALOG
from tests.checks.sample_programs import SAMPLES, all_cases, differences, read_sample

CASES = all_cases()


@pytest.mark.parametrize(
    ("check", "case"), CASES, ids=[f"{check}/{case.stem}" for check, case in CASES]
)
def test_sample(check: str, case: Path) -> None:
    found = differences(read_sample(check, case))
    assert not found, f"{case.relative_to(SAMPLES)}\n" + "\n".join(found)


def test_every_folder_of_samples_is_named_for_a_check() -> None:
    assert {check for check, _ in CASES} <= set(CATALOG)


def differences_of(folder: Path, text: str, check: str = "naming") -> list[str]:
    """Return the differences of a sample with `text`, written into `folder`."""
    case = folder / "case.py"
    case.write_text(text)
    return differences(read_sample(check, case))


def test_a_missing_finding_shows_its_line(tmp_path: Path) -> None:
    assert differences_of(tmp_path, "price = input()  #! single-letter\n") == [
        "case.py:1: missing: single-letter\n    1 | price = input()"
    ]


def test_a_surplus_finding_shows_its_line(tmp_path: Path) -> None:
    (found,) = differences_of(tmp_path, "\ns = input()\n")
    assert found.startswith("case.py:2: surplus: single-letter: ")
    assert found.endswith("\n    2 | s = input()")


def test_a_finding_on_another_line_is_missing_here_and_surplus_there(tmp_path: Path) -> None:
    found = differences_of(tmp_path, "price = 1  #! single-letter\ns = input()\n")
    assert [line.split(": ")[1] for line in found] == ["missing", "surplus"]


def test_each_mark_expects_one_finding(tmp_path: Path) -> None:
    twice = "print(foo := input())  #! vague-name #! vague-name\n"
    assert [line.split(": ")[1] for line in differences_of(tmp_path, twice)] == ["missing"]


def test_the_text_after_the_code_must_be_in_the_message(tmp_path: Path) -> None:
    assert differences_of(tmp_path, "s = input()  #! single-letter: `s`\n") == []
    found = differences_of(tmp_path, "s = input()  #! single-letter: `price`\n")
    assert [line.split(": ")[1] for line in found] == ["missing", "surplus"]


def test_marks_are_no_part_of_the_program(tmp_path: Path) -> None:
    text = "#!/usr/bin/env python3\n#! option max_line_length = 20\nprice = input()  #! W291\n"
    assert differences_of(tmp_path, text, "style") == [
        "case.py:3: missing: W291\n    3 | price = input()"
    ]


def test_a_wrong_measure_is_a_difference(tmp_path: Path) -> None:
    text = "#! measure unclear_names = 2\n#! measure prettiness = 1\ns = 1\ns = s\n"
    found = differences_of(tmp_path, text.replace("s = s", "s = s  #! vague-name"))
    assert "measure unclear_names: expected 2, got 1" in found
    assert "The check naming has no measure prettiness" in found
