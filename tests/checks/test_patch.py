"""`git apply` accepts the patch of isort and Black."""

from __future__ import annotations

import difflib
import subprocess
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.analysis.fixes import diff
from grader.analysis.fixes.diff import difference, old_lines_to_change
from grader.checks import patch
from grader.checks.patch import CHECK
from grader.domain.inspection import State

BOTH: dict[str, Any] = {"formatting": {}, "import_order": {}}
QUARREL: dict[str, Any] = {
    "formatting": {"skip_magic_trailing_comma": True},
    "import_order": {"line_length": 40},
}
UNTIDY = "import sys\nimport os\n\n\n\nx  =  1\nprint( os,sys )\n"
TIDY = "import os\nimport sys\n\nx = 1\nprint(os, sys)\n"


def applied(place: Path, before: bytes, hunk: str) -> bytes:
    """Return the file ``before`` after `git apply` of a patch with the hunk ``hunk``."""
    (place / "code.py").write_bytes(before)
    (place / "p.patch").write_bytes(f"--- a/code.py\n+++ b/code.py\n{hunk}".encode())
    done = subprocess.run(
        ["git", "apply", "--whitespace=nowarn", "p.patch"],
        cwd=place,
        env={"PATH": "/usr/bin:/bin", "GIT_CEILING_DIRECTORIES": "/"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return (place / "code.py").read_bytes()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (UNTIDY, TIDY),
        (UNTIDY.replace("\n", "\r\n"), TIDY.replace("\n", "\r\n")),
        ("\ufeff" + UNTIDY, "\ufeff" + TIDY),
        (UNTIDY.rstrip("\n"), TIDY),
        ("x = 1", "x = 1\n"),
        ("# fmt: off\nx  =  1\n", "# fmt: off\nx = 1\n"),
        ("import sys  # isort:skip\nimport os\n", "import os\nimport sys  # isort:skip\n"),
        ("#fmt: off\nx  =  1\n", "# fmt: off\nx = 1\n"),
    ],
)
def test_the_patch_makes_what_both_tools_write(
    inspect: Any, tmp_path: Path, before: str, after: str
) -> None:
    found = inspect("mend", before, **BOTH)
    (finding,) = found.findings
    assert finding.code == "patch" and found.facts.counts == {"patched": 1, "disagreements": 0}
    assert applied(tmp_path, before.encode(), finding.hunk) == after.encode()


def test_only_the_tools_that_are_asked_for(inspect: Any, tmp_path: Path) -> None:
    (isort_only,) = inspect("mend", UNTIDY, import_order={}).findings
    assert b"x  =  1" in applied(tmp_path, UNTIDY.encode(), isort_only.hunk)
    (black_only,) = inspect("mend", UNTIDY, formatting={}).findings
    assert applied(tmp_path, UNTIDY.encode(), black_only.hunk).startswith(b"import sys\nimport os")
    assert inspect("mend", UNTIDY).state is State.NOT_APPLICABLE


def test_a_tidy_file_needs_none(inspect: Any) -> None:
    assert inspect("mend", TIDY, **BOTH).state is State.NOT_APPLICABLE
    assert inspect("mend", "# nothing to judge\n", **BOTH).state is State.NOT_APPLICABLE


def test_own_modules_are_known(inspect: Any) -> None:
    text = "import numpy\n\nimport utils\n"
    assert inspect("mend", text, context=("utils",), **BOTH).state is State.NOT_APPLICABLE
    assert inspect("mend", text, **BOTH).state is State.OK


def test_a_disagreement_is_named(inspect: Any) -> None:
    # isort wraps at 40, Black joins what fits into 88: each undoes what the other did.
    text = "from os import " + ", ".join(f"a_long_name_{at}" for at in range(4)) + "\n"
    assert len(text) < 88
    alone = inspect("mend", text, **QUARREL)
    assert [each.code for each in alone.findings] == ["disagreement"]
    assert alone.facts.counts == {"patched": 0, "disagreements": 1}
    found = inspect("mend", text + "x=1\n", **QUARREL)
    assert [each.code for each in found.findings] == ["disagreement"]
    assert found.facts.counts == {"patched": 0, "disagreements": 1}


def test_the_engine_alone_runs_it() -> None:
    assert not CHECK.gradable and CHECK.measures == ()
    assert "git apply" in CHECK.guidance_for("patch").how_to_fix
    assert "instructor" in CHECK.guidance_for("disagreement").how_to_fix


@given(st.lists(st.sampled_from("abc\n")), st.lists(st.sampled_from("abd\n")), st.booleans())
def test_the_fast_matcher_says_what_difflib_says(
    old: list[str], new: list[str], autojunk: bool
) -> None:
    ours = diff.SequenceMatcher(None, old * 9, new * 9, autojunk=autojunk)
    theirs = difflib.SequenceMatcher(None, old * 9, new * 9, autojunk=autojunk)
    assert [*map(tuple, ours.get_opcodes())] == [*map(tuple, theirs.get_opcodes())]


def test_a_difference_counts_the_longer_side_of_each_run() -> None:
    change = difference("a\nb\nc\nd\n", "a\nB\nB\nc\n")
    assert (change.lines, change.first_line) == (3, 2)
    assert difference("a\n", "a\n") == difference("", "")
    assert difference("", "a\n").first_line == 1
    assert difference("a\nb", "a\n").body == (
        "@@ -1,2 +1 @@\n a\n-b\n\\ No newline at end of file\n"
    )


@pytest.mark.parametrize(
    ("before", "after", "count"),
    [
        ("a\n", "a\n", 0),
        ("a\nb\n", "A\nB\n", 2),
        ("long\n", "l(\n    o,\n    ng,\n)\n", 1),
        ("l(\n  o,\n  ng\n)\n", "long\n", 4),
        ("a\nb\nc\n", "a\n\n\nb\n\n\nc\n", 2),
        ("a\n\nb\nc\nd\n", "a\nb\nc\n\nd\n", 2),
        ("import sys\nimport os\n", "import os\nimport sys\n", 1),
        ("import c\nimport b\nimport a\n", "import a\nimport b\nimport c\n", 2),
        ("x = 1\nimport os\n", "import os\n\nx = 1\n", 1),
        ("a", "a\n", 1),
        ("", "a\n", 1),
    ],
)
def test_lines_to_change_are_those_of_the_old_text(before: str, after: str, count: int) -> None:
    assert old_lines_to_change(before, after) == difference(before, after).old_lines == count


def test_many_lines_to_change_are_counted_without_the_matcher(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lines = [f"x{at}=1\n" for at in range(3_000)]
    fixed = [line.replace("=", " = ") for line in lines]
    half = "".join([*fixed[1:1_500], fixed[0], *lines[1_500:]])
    counts = [
        difference(text, "".join(fixed)).old_lines
        for text in ("".join(lines), half, "".join(fixed))
    ]
    assert counts == [3_000, 1_500, 0]
    monkeypatch.delattr(diff, "SequenceMatcher")
    assert old_lines_to_change("".join(lines), "".join(fixed)) == 3_000
    # Only the order differs, of more than 1,000 lines.
    assert old_lines_to_change("".join(fixed), "".join(reversed(fixed))) == 1


def test_distant_changes_are_hunks_of_their_own() -> None:
    lines = [f"{at}\n" for at in range(40)]
    changed = [*lines]
    changed[2], changed[30] = "two\n", "thirty\n"
    body = difference("".join(lines), "".join(changed)).body
    assert [line for line in body.splitlines() if line.startswith("@@")] == [
        "@@ -1,6 +1,6 @@",
        "@@ -28,7 +28,7 @@",
    ]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("import os . path\n\nx  =  os.path\n", "what isort writes for it is not valid Python"),
        ("from . import a\nimport b . c . d\n", "what isort writes for it is not valid Python"),
    ],
)
def test_a_patch_that_would_not_be_python_is_withheld(inspect: Any, text: str, reason: str) -> None:
    found = inspect("mend", text, **BOTH)
    assert [(each.code, each.message) for each in found.findings] == [("withheld", reason)]
    assert found.facts.counts == {"patched": 0, "disagreements": 0}
    assert "no points" in CHECK.guidance_for("withheld").explanation


@pytest.mark.parametrize(
    ("tool", "reason"),
    [
        (lambda text: text.replace("x  =  1", "x = 2"), "would change what it does"),
        (lambda text: text.replace("import os\n", ""), "would change what it does"),
        (lambda text: text.replace("x  =  1", "x ="), "is not valid Python"),
    ],
)
@pytest.mark.parametrize("broken", ["_sorted", "_formatted"])
def test_a_patch_of_another_program_is_withheld(
    inspect: Any, monkeypatch: pytest.MonkeyPatch, tool: Any, reason: str, broken: str
) -> None:
    monkeypatch.setattr(patch, broken, lambda text, **_: tool(text))
    (finding,) = inspect("mend", UNTIDY, **BOTH).findings
    assert finding.code == "withheld" and reason in finding.message


def test_a_file_that_black_cannot_read_has_no_patch(inspect: Any) -> None:
    text = "match x:\n    case 1:\n        y  =  2\n"
    (finding,) = inspect("mend", text, formatting={"target_versions": ["py33"]}).findings
    assert (finding.code, finding.message) == ("withheld", "Black cannot read it")


def test_a_form_feed_in_an_indentation_is_taken_out(inspect: Any, tmp_path: Path) -> None:
    before = "def f():\n    x = 1\n\f    y = 2\n  \f    return x + y\n"
    (finding,) = inspect("mend", before, **BOTH).findings
    after = "def f():\n    x = 1\n    y = 2\n    return x + y\n"
    assert applied(tmp_path, before.encode(), finding.hunk).decode() == after
