"""The commands of the README work as they are printed, and so does the small client."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.e2e.running import Running, archive

ROOT = Path(__file__).parents[2]


def block(marker: str) -> str:
    """Return the shell block of the README that follows the comment ``marker``."""
    found = re.search(
        rf"<!-- {marker} -->\n```sh\n(.*?)```", (ROOT / "README.md").read_text(), re.S
    )
    assert found, marker
    return found.group(1)


def run(command: list[str], served: Running, cwd: Path) -> subprocess.CompletedProcess[str]:
    who = {"URL": served.url, "TOKEN": served.token}
    client = {"GRADER_URL": served.url, "GRADER_TOKEN": served.token}
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return subprocess.run(
        command,
        cwd=cwd,
        env={**os.environ, **who, **client, "PATH": path},
        capture_output=True,
        text=True,
        timeout=120,
    )


def grader(served: Running, cwd: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return run([sys.executable, "-m", "grader", *arguments], served, cwd)


def test_the_upload_of_the_readme_prints_the_report(served: Running, tmp_path: Path) -> None:
    shutil.copytree(ROOT / "rubrics", tmp_path / "rubrics")
    done = run(["bash", "-euo", "pipefail", "-c", block("upload")], served, tmp_path)
    assert done.returncode == 0, done.stderr
    assert re.search(r"Total: [0-9.]+ / 100", done.stdout)
    assert "numbers.py" in done.stdout


def test_the_readme_changes_a_rubric(served: Running, tmp_path: Path) -> None:
    shutil.copytree(ROOT / "rubrics", tmp_path / "rubrics", ignore=shutil.ignore_patterns("golden"))
    done = run(["bash", "-euo", "pipefail", "-c", block("change")], served, tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Nothing is published and no points are changed." in done.stdout
    assert "numbers-refactor is published as version 2." in done.stdout
    assert "numbers-refactor is version 3 now, with the text of 1." in done.stdout
    assert "numbers-next is published as version 1." in done.stdout
    drafted = run(["bash", "-euo", "pipefail", "-c", block("draft")], served, tmp_path)
    assert drafted.returncode == 0, drafted.stdout + drafted.stderr
    assert '"version":4' in drafted.stdout.replace(" ", "")
    text = served.get("/api/v1/exercises/numbers-refactor/rubric", Accept="application/yaml").text
    before = (ROOT / "rubrics" / "numbers-refactor.yaml").read_text().splitlines()
    changed = [line for line in text.splitlines() if line not in before]
    assert [line.replace('"', "") for line in changed] == ["title: Numbers, third edition"]


def test_a_class_is_graded_again_and_that_is_undone(served: Running, tmp_path: Path) -> None:
    served.upload("zoe", data=archive(run=9), Prefer="wait=60")
    first, _, rest = block("regrade").partition("\n")
    done = run(["bash", "-euo", "pipefail", "-c", first], served, tmp_path)
    assert done.returncode == 0, done.stderr
    assert "No mark has changed." in done.stdout
    found = re.search(r"undo-regrade (\S+)", done.stdout)
    assert found, done.stdout
    commands = rest.replace("REGRADE", found[1])
    done = run(["bash", "-euo", "pipefail", "-c", commands], served, tmp_path)
    assert done.returncode == 0, done.stderr
    assert "Types count less." in done.stdout and '"student":"zoe"' in done.stdout
    assert "Nothing waits any more." in done.stdout and "The regrade is undone" in done.stdout


@pytest.mark.parametrize(
    ("form", "mark"), [("text", "/ 100"), ("json", '"grader.report/1"'), ("markdown", "# ")]
)
def test_the_client_hands_in_and_waits(
    served: Running, tmp_path: Path, form: str, mark: str
) -> None:
    (tmp_path / "work.zip").write_bytes(archive(run=7))
    done = grader(
        served,
        ROOT,
        *("submit", str(tmp_path / "work.zip"), "--exercise", "numbers-refactor"),
        *("--student", "ada", "--format", form),
    )
    assert done.returncode == 0, done.stderr
    assert mark in done.stdout


def test_the_client_explains_what_it_cannot_do(served: Running, tmp_path: Path) -> None:
    (tmp_path / "work.zip").write_bytes(b"no zip")
    to = ("--exercise", "numbers-refactor", "--student", "ada")
    refused = grader(served, ROOT, "submit", str(tmp_path / "work.zip"), *to)
    assert refused.returncode == 2 and "What to do:" in refused.stderr
    nowhere = grader(served, ROOT, "submit", str(tmp_path / "none.zip"), *to)
    assert nowhere.returncode == 2 and "none.zip" in nowhere.stderr


def test_a_submission_that_needs_no_attention_is_not_retried(served: Running) -> None:
    made = served.upload("ada", data=archive(run=8), Prefer="wait=60")
    submission = made.json()["receipt"]["submission"]
    done = grader(served, ROOT, "retry", submission)
    assert done.returncode == 2
    assert "needs" in done.stderr
    everything = grader(served, ROOT, "retry", "--all", "--exercise", "numbers-refactor")
    assert (everything.returncode, everything.stdout) == (0, "0 submissions are queued again.\n")
