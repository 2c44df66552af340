"""Golden samples at a real service, by the commands of an instructor."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.e2e.running import PATIENCE, Running

FOLDER = Path("rubrics/golden/numbers-linting")


def grader(served: Running, *arguments: str) -> str:
    """Run ``grader`` against the service; return what it prints."""
    done = run(served, *arguments)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def run(served: Running, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run ``grader`` against the service until it ends."""
    environment = {"GRADER_URL": served.url, "GRADER_TOKEN": served.token}
    return subprocess.run(
        [sys.executable, "-m", "grader", *arguments],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )


def test_a_folder_of_samples_is_sent(served: Running) -> None:
    push = ("rubric", "samples", "push", str(FOLDER))
    assert grader(served, *push) == "full: same\nhalf: same\nbad: same\n"

    grader(served, "rubric", "samples", "delete", "numbers-linting", "half")
    listed = grader(served, "rubric", "samples", "list", "numbers-linting")
    assert listed == "bad: 11.8 points expected\nfull: 90 points expected\n"
    assert "half: new, 46.7 points expected\n" in grader(served, *push)


def test_points_by_criterion_and_single_files_are_sent(served: Running, tmp_path: Path) -> None:
    (tmp_path / "expected.yaml").write_text(
        "tiny: {total: 7.5, criteria: {style: 2.5, naming: 5}}\nbad: 12\n"
    )
    (tmp_path / "tiny.py").write_text("print(1)\n")
    (tmp_path / "bad").mkdir()
    (tmp_path / "bad" / "main.py").write_text("print( 1)\n")
    push = ("rubric", "samples", "push", str(tmp_path), "--exercise", "numbers-linting")
    before = {"full", "half", "bad"}
    said = grader(served, *push).splitlines()
    assert said[:2] == [
        "tiny: new, 7.5 points expected",
        "bad: 12 points expected, 11.8 points before",
    ]
    assert {line.partition(":")[0] for line in said[2:]} == before - {"bad"}
    answer = served.get("/api/v1/exercises/numbers-linting/samples/tiny").json()
    assert answer["expected"] == {"total": 7.5, "criteria": {"style": 2.5, "naming": 5}}
    assert answer["filename"] == "tiny.py"
    assert grader(served, *push).splitlines()[:2] == ["tiny: same", "bad: same"]


def test_a_version_that_changes_a_known_program_needs_a_reason(
    served: Running, tmp_path: Path
) -> None:
    grader(served, "rubric", "samples", "push", "rubrics/golden/get-data")
    file = tmp_path / "get-data.yaml"
    grader(served, "rubric", "get", "get-data", "--output", str(file))
    file.write_text(file.read_text() + "# As before.\n")
    said = grader(served, "rubric", "publish", str(file))  # which waits for the workers
    assert "version 2" in said

    harder = file.read_text().replace("    points: 20\n", "    points: 19\n", 1)
    harder = harder.replace("    points: 15\n", "    points: 16\n", 1)
    file.write_text(harder)
    refused = run(served, "rubric", "publish", str(file))
    assert refused.returncode == 2
    assert "finished, code_in_functions: 19, and 20 is expected" in refused.stderr
    assert "--override" in refused.stderr

    why = ("--override", "Functions count less")
    assert "version 3" in grader(served, "rubric", "publish", str(file), *why)
    entry = served.get("/api/v1/audit?action=rubric.published").json()["items"][0]
    assert entry["detail"] == {"override": "Functions count less", "version": 3}
    sample = served.get("/api/v1/exercises/get-data/samples/finished").json()
    assert sample["expected"]["criteria"]["code_in_functions"] == 19
