"""A class is graded again at a real service, by the commands of an instructor."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from tests.e2e.running import PATIENCE, Running

RUBRIC = """\
exercise: sums
course: mlops
title: Sums
total: 10
criteria:
  formatted:
    title: Formatted with Black
    points: 4
    check: formatting
    scale: {measure: lines_rate, full_at: 0, zero_at: 50}
  documented:
    title: Every function says what it is for
    points: 6
    check: docstrings
    scale: {measure: coverage, full_at: 100, zero_at: 0}
"""


def grader(served: Running, *arguments: str, code: int = 0) -> str:
    """Run ``grader`` against the service; return what it prints."""
    environment = {"GRADER_URL": served.url, "GRADER_TOKEN": served.token}
    done = subprocess.run(
        [sys.executable, "-m", "grader", *arguments],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout + done.stderr


def publish(served: Running, text: str) -> None:
    """Publish ``text`` as the newest rubric of the exercise."""
    answer = httpx.put(
        f"{served.url}/api/v1/exercises/sums/rubric",
        content=text,
        headers={
            "Authorization": f"Bearer {served.token}",
            "If-Match": "*",
            "Content-Type": "application/yaml",
        },
    )
    assert answer.status_code in (200, 201), answer.text


@pytest.fixture
def handed_in(served: Running, tmp_path: Path) -> list[str]:
    """Have three students hand in to a new rubric; return their reports as text."""
    publish(served, RUBRIC)
    reports = []
    for at, student in enumerate(("ada", "bob", "eve")):
        file = tmp_path / "sums.py"
        file.write_text(f"def add(a, b):\n    return a + b + {at}\n")
        reports.append(
            grader(served, "submit", str(file), "--exercise", "sums", "--student", student)
        )
    return reports


def test_a_class_is_graded_again(served: Running, handed_in: list[str]) -> None:
    assert all("Total: 4 / 10" in report for report in handed_in)
    publish(served, RUBRIC.replace("points: 4", "points: 8").replace("points: 6", "points: 2"))
    said = grader(
        served, "exercise", "regrade", "sums", "--reason", "Docstrings count less.", "--wait"
    )
    lines = said.splitlines()
    assert lines[0] == "3 submissions are graded again by version 2 of the rubric."
    assert "3 of 3 done, 3 marks changed" in lines
    table = [line.split() for line in lines[lines.index("STUDENT  ATTEMPT  BEFORE   AFTER") + 1 :]]
    assert table[:3] == [
        [student, "1", "4", "of", "10", "8", "of", "10"] for student in ("ada", "bob", "eve")
    ]
    found = re.search(r"grader exercise undo-regrade (\S+)", said)
    assert found, said

    listed = grader(served, "exercise", "regrades", "sums").splitlines()
    assert listed[1].startswith(found[1])
    assert listed[1].endswith("3 of 3 done, 3 marks changed  Docstrings count less.")
    refused = grader(served, "exercise", "cancel-regrade", found[1], code=2)
    assert "Nothing of this regrade waits any more" in refused

    undone = grader(served, "exercise", "undo-regrade", found[1])
    assert undone == "The regrade is undone: 0 of 3 done, 3 undone.\n"
    marks = httpx.get(
        f"{served.url}/api/v1/exercises/sums/marks",
        headers={"Authorization": f"Bearer {served.token}"},
    ).json()["items"]
    assert [mark["points"] for mark in marks] == [4, 4, 4]


def test_an_exercise_without_reports(served: Running) -> None:
    said = grader(served, "exercise", "regrade", "numbers-refactor", "--reason", "x", code=2)
    assert "No submission of numbers-refactor has a report" in said
    assert "There is no exercise 'nope'" in grader(served, "exercise", "regrades", "nope", code=2)
