"""The commands of ``grader rubric`` that publish, read and compare the rubrics of a service."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from grader.__main__ import main
from tests.e2e.running import Running, started

Grader = Callable[..., Result]

EASY = """\
# Kept with its comments, "quotes" and é.
exercise: {exercise}
course: mlops
title: Easy   # read aloud
total: 100
criteria:
  format:
    title: Formatted
    points: {points}
    check: formatting
    scale: {{measure: files_to_reformat, full_at: 0, zero_at: 3}}
  sorted:
    title: Sorted
    points: {rest}
    check: import_order
    scale: {{measure: files_to_sort, full_at: 0, zero_at: 3}}
"""


def easy(exercise: str, points: int = 60) -> str:
    return EASY.format(exercise=exercise, points=points, rest=100 - points)


@pytest.fixture
def grader(served: Running, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Grader:
    """Return a function that runs ``grader rubric`` in an empty folder, on the served service."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GRADER_URL", served.url)
    monkeypatch.setenv("GRADER_TOKEN", served.token)

    def run(*arguments: str | Path) -> Result:
        result = CliRunner().invoke(main, ["rubric", *map(str, arguments)])
        assert result.exception is None or isinstance(result.exception, SystemExit), result
        return result

    return run


def told(result: Result) -> str:
    """Return what a command that worked has printed."""
    assert result.exit_code == 0, result.output
    return result.stdout


def test_a_file_is_published_changed_and_restored(grader: Grader) -> None:
    file = Path("hw.yaml")
    file.write_text(easy("hw"), "utf-8")
    assert "hw is published as version 1." in told(grader("publish", file))
    assert told(grader("publish", file)) == "hw is version 1 already, with this very text.\n"
    file.write_text(easy("hw", 70), "utf-8")
    words = "  Formatted: 60 -> 70 points\n  Sorted: 40 -> 30 points\n"
    assert told(grader("diff", file)) == "hw: from version 1 to hw.yaml\n" + words
    published = told(grader("publish", file, "--message", "Layout counts more"))
    assert words in published and "published as version 2." in published
    assert told(grader("diff", "hw")) == "hw: from version 1 to version 2\n" + words
    assert words in told(grader("diff", "hw", "1", "2"))
    assert "+    points: 70" in told(grader("diff", "hw", "1", "--text"))
    assert told(grader("restore", "hw", "1")) == "hw is version 3 now, with the text of 1.\n"
    assert told(grader("get", "hw")) == easy("hw")
    listed = told(grader("versions", "hw")).splitlines()
    assert [line.split()[:2] for line in listed[1:]] == [
        ["3", "published"],
        ["2", "superseded"],
        ["1", "superseded"],
    ]
    assert "Layout counts more" in listed[2] and "first instructor" in listed[2]


def test_a_version_is_written_byte_for_byte(grader: Grader) -> None:
    file = Path("bytes.yaml")
    file.write_bytes(easy("bytes").replace("\n", "\r\n").encode())
    told(grader("publish", file))
    told(grader("get", "bytes", "--version", "1", "--output", "back.yaml"))
    assert Path("back.yaml").read_bytes() == file.read_bytes()
    nowhere = grader("get", "bytes", "--output", "none/back.yaml")
    assert nowhere.exit_code == 2 and "cannot be written" in nowhere.stderr


def test_a_copy_is_a_draft_until_it_is_published(grader: Grader) -> None:
    Path("from.yaml").write_text(easy("from"), "utf-8")
    told(grader("publish", "from.yaml"))
    assert "grader rubric publish to --draft" in told(grader("copy", "from", "to"))
    assert told(grader("get", "to", "--draft")) == easy("to")
    assert grader("get", "to").exit_code == 2
    assert "to is published as version 1." in told(grader("publish", "to", "--draft"))
    assert told(grader("get", "to")) == easy("to")
    again = grader("publish", "to", "--draft")
    assert again.exit_code == 2 and "no draft" in again.stderr


def test_what_cannot_be_done_is_explained(grader: Grader) -> None:
    for command in (("get", "nothing"), ("versions", "nothing"), ("diff", "nothing")):
        refused = grader(*command)
        assert refused.exit_code == 2 and "nothing" in refused.stderr, command
    Path("new.yaml").write_text(easy("new"), "utf-8")
    refused = grader("diff", "new.yaml")
    assert refused.exit_code == 2 and "grader rubric publish new.yaml" in refused.stderr
    Path("new.yaml").write_text(easy("new").replace("formatting", "formating"), "utf-8")
    refused = grader("publish", "new.yaml")
    assert refused.exit_code == 2 and "did you mean 'formatting'?" in refused.stderr
    Path("other.yaml").write_text(easy("other").replace("mlops", "elsewhere"), "utf-8")
    refused = grader("publish", "other.yaml")
    assert refused.exit_code == 2 and "elsewhere" in refused.stderr
    Path("taken.yaml").write_text(easy("house-style"), "utf-8")
    refused = grader("publish", "taken.yaml")
    assert refused.exit_code == 2 and "its name is taken" in refused.stderr


def test_a_folder_is_compared_and_published_only_if_asked(grader: Grader) -> None:
    folder = Path("course")
    folder.mkdir()
    for name in ("same", "edited", "behind"):
        (folder / f"{name}.yaml").write_text(easy(name), "utf-8")
        told(grader("publish", folder / f"{name}.yaml"))
    (folder / "edited.yaml").write_text(easy("edited", 70), "utf-8")
    Path("newer.yaml").write_text(easy("behind", 80), "utf-8")
    told(grader("publish", "newer.yaml", "--message", "From the page"))
    (folder / "fresh.yaml").write_text(easy("fresh"), "utf-8")
    table = told(grader("sync", folder))
    states = dict(line.split()[0::2][:2] for line in table.splitlines()[1:] if ".yaml  " in line)
    assert states == {"behind.yaml": "drift:", "edited.yaml": "drift:"} | {
        "fresh.yaml": "new",
        "same.yaml": "same",
    }
    behind = next(line for line in table.splitlines() if line.startswith("behind"))
    assert "service is newer" in behind and "by first instructor" in behind
    assert "From the page (the file is version 1)" in behind
    assert "file is newer" in next(x for x in table.splitlines() if x.startswith("edited"))
    assert told(grader("sync", folder)) == table
    published = told(grader("sync", folder, "--publish"))
    assert "fresh is published as version 1." in published
    assert "edited is published as version 2." in published
    assert "grader rubric get behind --output course/behind.yaml" in published
    assert told(grader("get", "behind")) == easy("behind", 80)
    told(grader("get", "behind", "--output", "course/behind.yaml"))
    table = told(grader("sync", folder))
    assert {line.split()[2] for line in table.splitlines()[1:]} == {"same"}


def test_a_folder_with_mistakes_names_the_files(grader: Grader) -> None:
    folder = Path("course")
    folder.mkdir()
    assert grader("sync", folder).exit_code == 2
    (folder / "bad.yaml").write_text("exercise: [", "utf-8")
    (folder / "one.yaml").write_text(easy("one"), "utf-8")
    (folder / "two.yaml").write_text(easy("one"), "utf-8")
    compared = grader("sync", folder)
    assert compared.exit_code == 2
    assert "grader rubric lint course/bad.yaml" in compared.stdout
    assert "one.yaml has the same exercise" in compared.stdout


def test_a_refused_file_does_not_hold_up_the_others(grader: Grader) -> None:
    folder = Path("course")
    folder.mkdir()
    (folder / "first.yaml").write_text(easy("house-style"), "utf-8")
    (folder / "second.yaml").write_text(easy("second"), "utf-8")
    synced = grader("sync", folder, "--publish")
    assert synced.exit_code == 2
    assert "course/first.yaml is refused" in synced.stderr
    assert "second is published as version 1." in synced.stdout


def test_a_service_imports_the_rubrics_of_its_folder(tmp_path: Path) -> None:
    folder = tmp_path / "rubrics"
    folder.mkdir()
    (folder / "own.yaml").write_text(easy("own"), "utf-8")
    with started(tmp_path / "data", GRADER_RUBRICS=str(folder)) as running:
        found = running.get("/api/v1/exercises/own/rubric", Accept="application/yaml")
        assert found.text == easy("own")
        shipped = running.get("/api/v1/exercises/numbers-refactor/rubric")
        assert shipped.status_code == 200
