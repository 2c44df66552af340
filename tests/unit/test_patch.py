"""The real git applies the patch of a report."""

from __future__ import annotations

import difflib
import os
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.analysis.fixes.diff import difference
from grader.domain.report.patch import git_patch

NAMES = [
    "plain.py",
    "pkg/deep/er/module.py",
    "with space.py",
    " leading space.py",
    "trailing space ",
    "two  spaces/in a folder/x.py",
    'quote".py',
    'both " and space.py',
    "back\\slash.py",
    "apostrophe's.py",
    "ünï/cödé.py",
    "日本 語.py",
    "emoji😀.py",
    "tab\there.py",
    "new\nline.py",
    "bell\x07 and space.py",
    "delete\x7f.py",
    "a/b.py",
    "b/b/b.py",
    "b b/b b.py",
    "x -> y.py",
    "--- dashes.py",
    "{old => new}.py",
    "#hash.py",
    "[glob]*?.py",
    "$HOME.py",
    "percent%20.py",
    "2024-01-01 00:00:00 +0000.py",
]
BEFORE = "import os\nx=1\nlast"
AFTER = "import os\n\nx = 1\nlast\n"
HUNK = "@@ -1,3 +1,4 @@\n import os\n-x=1\n-last\n\\ No newline at end of file\n+\n+x = 1\n+last\n"


def apply(folder: Path, patch: str, *more: str) -> subprocess.CompletedProcess[bytes]:
    environment = {
        "PATH": os.environ["PATH"],
        "GIT_CONFIG_NOSYSTEM": "1",
        "HOME": str(folder),
        "GIT_CEILING_DIRECTORIES": str(folder.parent),
    }
    return subprocess.run(
        ["git", "apply", "--whitespace=nowarn", *more],
        cwd=folder,
        input=patch.encode(),
        env=environment,
        capture_output=True,
        timeout=60,
    )


def write(folder: Path, name: str, text: str) -> Path:
    place = folder / name
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(text.encode())
    return place


@pytest.mark.parametrize("name", NAMES)
def test_git_finds_a_file_of_any_name(tmp_path: Path, name: str) -> None:
    place = write(tmp_path, name, BEFORE)
    done = apply(tmp_path, git_patch({name: HUNK}))
    assert done.returncode == 0, done.stderr.decode()
    assert place.read_bytes().decode() == AFTER


def test_git_takes_all_of_them_in_one_patch_and_takes_it_back(tmp_path: Path) -> None:
    places = [write(tmp_path, name, BEFORE) for name in NAMES]
    patch = git_patch({name: HUNK for name in NAMES})
    assert apply(tmp_path, patch).returncode == 0
    assert {place.read_bytes().decode() for place in places} == {AFTER}
    assert apply(tmp_path, patch, "--reverse").returncode == 0
    assert {place.read_bytes().decode() for place in places} == {BEFORE}


def test_files_stand_sorted_and_each_once() -> None:
    hunk = "@@ -1 +1 @@\n-a\n+b\n"
    assert git_patch({"b.py": hunk, "a b.py": hunk}) == (
        "diff --git a/a b.py b/a b.py\n--- a/a b.py\t\n+++ b/a b.py\t\n"
        f"{hunk}diff --git a/b.py b/b.py\n--- a/b.py\n+++ b/b.py\n{hunk}"
    )


def test_no_hunk_is_no_patch() -> None:
    assert git_patch({}) == ""


def test_hunks_with_carriage_returns_are_kept_byte_for_byte(tmp_path: Path) -> None:
    before, after = "a=1\r\nb=2\r\n", "a = 1\r\nb=2\r\n"
    old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    hunk = "".join([*difflib.unified_diff(old, new)][2:])
    place = write(tmp_path, "crlf.py", before)
    assert apply(tmp_path, git_patch({"crlf.py": hunk})).returncode == 0
    assert place.read_bytes().decode() == after


#: Line ends that git does not regard as such, the marks of a diff, a byte order mark.
SOURCES = st.lists(
    st.sampled_from(["x = 1", "-- a", "++ b", "@@ -1 +1 @@", "\\ No newline", " ", "é\ufeff"])
    | st.sampled_from(["\n", "\n", "\n\n", "\r\n", "\r", "\x0c", "\x1c", "\u2028", "\x85"]),
    min_size=1,
    max_size=30,
).map("".join)


@settings(max_examples=30)
@given(st.lists(st.tuples(SOURCES, SOURCES), min_size=1, max_size=8))
def test_git_makes_of_any_files_what_they_are_to_be(pairs: list[tuple[str, str]]) -> None:
    changes = {f"{at}.py": pair for at, pair in enumerate(pairs)}
    hunks = {name: difference(*pair).body for name, pair in changes.items() if len({*pair}) == 2}
    with TemporaryDirectory() as folder:
        places = {name: write(Path(folder), name, changes[name][0]) for name in changes}
        done = apply(Path(folder), git_patch(hunks))
        assert done.returncode == 0 or not hunks, done.stderr.decode()
        for name, place in places.items():
            assert place.read_bytes().decode() == changes[name][1]
