"""``grader rubric preview`` against a served service whose workers measure what is missing."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner, Result

from grader.__main__ import main
from tests.e2e.running import PATIENCE, Running

Preview = Callable[..., Result]

RUBRIC = """\
exercise: preview-me
course: mlops
title: Preview me
total: 100
criteria:
  format:
    title: Formatted
    points: {points}
    check: formatting
    scale: {{measure: files_to_reformat, full_at: 0, zero_at: 1}}
  sorted:
    title: Sorted
    points: {rest}
    check: import_order
    scale: {{measure: files_to_sort, full_at: 0, zero_at: 1}}
"""
DOCUMENTED = """\
  documented:
    title: Documented
    points: 50
    check: docstrings
    scale: {measure: coverage, full_at: 100, zero_at: 0}
"""
PROGRAMS = {
    "ada": b'def double(number):\n    """Return twice `number`, also of a negative one."""\n'
    b"    return 2 * number\n\n\nprint(double(3))\n",
    "bob": b"def two():\n   return 2\n",
    "eve": b"import sys\nimport os\n\nprint(os, sys)\n",
}


@pytest.fixture(scope="module")
def handed_in(served: Running) -> Running:
    """Return a service with an exercise to which three students have handed in."""
    address = f"{served.url}/api/v1/exercises/preview-me"
    headers = {"Authorization": f"Bearer {served.token}", "Prefer": "wait=60"}
    text = RUBRIC.format(points=60, rest=40)
    sent = headers | {"Content-Type": "application/yaml"}
    assert httpx.put(f"{address}/rubric", content=text, headers=sent).status_code == 201
    for student, program in PROGRAMS.items():
        sent = headers | {"Content-Type": "text/x-python"}
        url = f"{address}/submissions?student={student}"
        made = httpx.post(url, content=program, headers=sent, timeout=PATIENCE)
        assert made.status_code == 200, made.text
    return served


@pytest.fixture
def preview(handed_in: Running, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Preview:
    """Return a function that previews a text, written to ``draft.yaml`` in an empty folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GRADER_URL", handed_in.url)
    monkeypatch.setenv("GRADER_TOKEN", handed_in.token)

    def run(text: str, *options: str) -> Result:
        Path("draft.yaml").write_text(text, "utf-8")
        return CliRunner().invoke(main, ["rubric", "preview", "draft.yaml", *options])

    return run


def test_it_says_who_moves_and_why(preview: Preview) -> None:
    shown = preview(RUBRIC.format(points=30, rest=70), "--pass-mark", "50")
    assert shown.exit_code == 0, shown.output
    assert "preview-me: 3 of 3 students\n" in shown.stdout
    assert "Formatted  60 -> 30" in shown.stdout
    assert "bob: 40 -> 70" in shown.stdout and "eve: 60 -> 30" in shown.stdout
    assert "ada:" not in shown.stdout.partition("Who moves most")[2].partition("bob:")[0]
    assert "Pass mark 50 %: 1 more reach it, 1 no longer do." in shown.stdout
    assert "before: " in shown.stdout and "after: " in shown.stdout


def test_workers_measure_what_nobody_has_measured(preview: Preview) -> None:
    text = RUBRIC.format(points=25, rest=25) + DOCUMENTED
    shown = preview(text, "--csv", "class.csv")
    assert shown.exit_code == 0, shown.output
    assert "preview-me: 3 of 3 students\n" in shown.stdout
    rows = csv.DictReader(io.StringIO(Path("class.csv").read_text("utf-8-sig")))
    points = {row["student"]: (row["documented before"], row["documented after"]) for row in rows}
    # Of the module and its function, ada has documented the function.
    assert points == {"ada": ("", "25"), "bob": ("", "0"), "eve": ("", "0")}


def test_what_takes_too_long_is_shown_as_far_as_it_is_known(preview: Preview) -> None:
    text = RUBRIC.format(points=25, rest=25) + DOCUMENTED + 'starter: {a.py: "x = 1\\n"}\n'
    shown = preview(text, "--wait", "0")
    assert shown.exit_code == 3
    assert "3 are still to be measured" in shown.stdout
    assert preview(text).exit_code == 0


def test_mistakes_are_told_as_by_lint(preview: Preview) -> None:
    shown = preview(RUBRIC.format(points=25, rest=25) + DOCUMENTED.replace("docstrings", "docs"))
    assert shown.exit_code == 2
    assert "docstrings" in shown.output
