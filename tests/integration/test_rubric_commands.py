"""``grader rubric``: a first rubric, advice on one, and golden samples recorded and compared."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from grader.__main__ import main
from grader.engine.rubric_text import rubrics_folder

GOLDEN = rubrics_folder() / "golden"
Grader = Callable[..., Result]

EASY = """\
exercise: easy
course: mlops
title: Easy
total: 100
criteria:
  format:
    title: Formatted
    points: 100
    check: formatting
    scale: {measure: files_to_reformat, full_at: 0, zero_at: 3}
"""


@pytest.fixture
def grader(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Grader:
    """Return a function that runs the command in an empty folder, without tracebacks."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str | Path) -> Result:
        result = CliRunner().invoke(main, ["rubric", *map(str, arguments)])
        assert result.exception is None or isinstance(result.exception, SystemExit), result
        return result

    return run


def test_a_new_rubric_lints_clean_and_its_samples_earn_what_is_written(grader: Grader) -> None:
    written = grader("new", "hw-1", "--output", "hw-1.yaml", "--samples")
    assert written.exit_code == 0, written.output
    linted = grader("lint", "hw-1.yaml")
    assert linted.stdout == "hw-1.yaml: My exercise: 5 criteria, 100 points. No mistakes.\n"
    tested = grader("test", "hw-1.yaml")
    assert (tested.exit_code, tested.stdout) == (0, "finished: 100\nscript: 13.8\n")


def test_a_new_rubric_is_printed_and_explains_every_key(grader: Grader) -> None:
    text = grader("new").stdout
    assert "exercise: my-exercise" in text and grader("new", "hw-2").stdout != text
    keys = "description python smallest feedback intake attempts check scale limit options files"
    for key in [
        *keys.split(),
        "exclude",
        "caps_total_at",
        "applies",
        "levels",
        "starter",
        "manual",
    ]:
        assert key in text, key


def test_nothing_is_overwritten(grader: Grader, tmp_path: Path) -> None:
    mine = tmp_path / "mine.yaml"
    mine.write_text("mine")
    refused = grader("new", "--output", mine)
    assert refused.exit_code == 2 and "exists already" in refused.stderr
    assert mine.read_text() == "mine"
    (tmp_path / "golden" / "hw-1").mkdir(parents=True)
    refused = grader("new", "hw-1", "--output", "hw-1.yaml", "--samples")
    assert refused.exit_code == 2 and not (tmp_path / "hw-1.yaml").exists()
    assert grader("new", "HW 1").exit_code == 2
    assert grader("new", "hw-1", "--samples").exit_code == 2
    assert "cannot be written" in grader("new", "--output", "no/folder.yaml").stderr


def test_a_mistake_is_shown_with_its_line_and_carets(grader: Grader) -> None:
    Path("wrong.yaml").write_text(EASY.replace("check: formatting", "check: black"))
    refused = grader("lint", "wrong.yaml")
    assert refused.exit_code == 2
    assert (
        "  line 9, column 5: criteria.format.check: no check 'black' (did you mean 'formatting'?)\n"
        "          check: black\n"
        "          ^^^^^^^^^^^^\n"
    ) in refused.stderr


def test_of_very_many_mistakes_the_rest_is_counted(grader: Grader) -> None:
    Path("wrong.yaml").write_text(EASY + "".join(f"key{n}: 1\n" for n in range(62)))
    assert "  and 12 more\n" in grader("lint", "wrong.yaml").stderr


def test_points_for_next_to_nothing_and_patterns_without_a_match_are_advised(
    grader: Grader,
) -> None:
    Path("easy.yaml").write_text(EASY + '    files: ["**", "mian.py"]\n')
    for name in ("a", "b"):
        Path("golden/easy", name).mkdir(parents=True)
        Path("golden/easy", name, "main.py").write_text(f"{name} = 1\n")
    linted = grader("lint", "easy.yaml")
    assert linted.exit_code == 0
    for sentence in (
        "line 4, column 1: total: gives 100 of 100 points for a one-line file: format 100",
        "line 6, column 3: criteria.format: each of the 2 golden samples earns all points (100)",
        "criteria.format.files.1: mian.py matches no file of the golden samples",
    ):
        assert sentence in linted.stdout


def test_a_good_small_program_that_earns_little_is_advised(grader: Grader) -> None:
    scale = "check: size\n    scale: {measure: comment_lines, full_at: 500, zero_at: 100}"
    Path("hard.yaml").write_text(EASY.replace(EASY[EASY.index("check: f") :], scale + "\n"))
    assert (
        "a good small program earns only 0 of 100 points: format 0 of 100"
        in grader("lint", "hard.yaml").stdout
    )


@pytest.fixture
def samples(tmp_path: Path) -> Path:
    """Return a folder with the samples of get-data, and totals of which one is wrong."""
    folder = tmp_path / "samples"
    shutil.copytree(GOLDEN / "get-data", folder)
    (folder / "expected.yaml").write_text(
        "# Mine.\nscript: 20 # as it was\n# The best:\nfinished: 99\n"
    )
    return folder


def test_of_a_total_that_differs_the_criteria_are_shown(grader: Grader, samples: Path) -> None:
    result = grader("test", "get-data", "--golden", samples)
    assert result.exit_code == 1
    first, second, rows, how = result.stdout.splitlines()
    assert (first, second) == ("script: 20", "finished: 100, but 99 is expected")
    assert "code_in_functions 20, arguments 15" in rows and "--record" in how


def test_what_is_recorded_names_the_criterion_that_differs(grader: Grader, samples: Path) -> None:
    recorded = grader("test", "get-data", "--golden", samples, "--record")
    assert recorded.exit_code == 0
    assert recorded.stdout.splitlines() == [
        "script: 20 (criteria new)",
        "finished: 100, but 99 is expected; recorded",
        "function: 80.2 (new)",
    ]
    file = samples / "expected.yaml"
    text = file.read_text()
    assert text.startswith("# Mine.\nscript: # as it was\n  total: 20\n  criteria:\n    code_in")
    assert "\n# The best:\nfinished:\n  total: 100\n" in text
    assert grader("test", "get-data", "--golden", samples).exit_code == 0
    grader("test", "get-data", "--golden", samples, "--record")
    assert file.read_text() == text
    file.write_text(text.replace("arguments: 15", "arguments: 14").replace(": 80.2", ": 80.1"))
    result = grader("test", "get-data", "--golden", samples)
    assert result.exit_code == 1
    assert result.stdout.splitlines() == [
        "script: 20",
        "finished: 100, as expected, but by other criteria",
        "  arguments: 15, but 14 is expected",
        "function: 80.2, but 80.1 is expected",
        "  arguments: 15, but 14 is expected",
    ]


def test_the_first_expectations_are_recorded_for_every_sample(
    grader: Grader, samples: Path
) -> None:
    (samples / "expected.yaml").unlink()
    missing = grader("test", "get-data", "--golden", samples)
    assert missing.exit_code == 2 and "--record" in missing.stderr
    assert grader("test", "get-data", "--golden", samples, "--record").exit_code == 0
    assert grader("test", "get-data", "--golden", samples).exit_code == 0
    (samples / "expected.yaml").write_text("{script: 20}\n")
    refused = grader("test", "get-data", "--golden", samples, "--record")
    assert refused.exit_code == 2 and "do not begin a line" in refused.stderr


def test_without_a_name_the_rubrics_here_are_tested_or_all_that_ship(
    grader: Grader, tmp_path: Path
) -> None:
    shipped = grader("test")
    assert shipped.exit_code == 0, shipped.output
    assert "get-data:\nfinished: 100\n" in shipped.stdout and "house-style:\n" in shipped.stdout
    own = tmp_path / "rubrics"
    own.mkdir()
    (own / "easy.yaml").write_text(EASY)
    assert grader("test").stdout == "rubrics/easy.yaml:\nno samples\n"
    sample = own / "golden" / "easy" / "one"
    sample.mkdir(parents=True)
    (sample / "main.py").write_text("x=1\n")
    assert grader("test", "--record").exit_code == 0
    (sample / "main.py").write_text("x = 1\n")
    assert grader("test").exit_code == 1
    assert grader("test", "--golden", own).exit_code == 2


def test_a_sample_that_cannot_be_read_is_named(grader: Grader) -> None:
    Path("easy.yaml").write_text(EASY)
    Path("golden/easy/notes").mkdir(parents=True)
    Path("golden/easy/notes/readme.txt").write_text("Nothing yet.")
    for command in (["lint"], ["test", "--record"]):
        refused = grader(*command, "easy.yaml")
        assert refused.exit_code == 2
        assert "The sample golden/easy/notes cannot be read." in refused.stderr
