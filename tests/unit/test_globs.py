"""Path patterns of rubrics."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.domain.globs import matches, selects

SEGMENT = st.text("ab.*?[]!-é ", min_size=1, max_size=5)
PATH = st.lists(SEGMENT, min_size=1, max_size=5).map("/".join)


@pytest.mark.parametrize(
    ("path", "pattern", "expected"),
    [
        ("main.py", "**", True),
        ("a/b/c.py", "**", True),
        ("a/b/c.py", "**/*.py", True),
        ("c.py", "**/*.py", True),
        ("a/b/c.py", "*.py", False),
        ("a/b.py", "*/b.py", True),
        ("a/x/b.py", "*/b.py", False),
        ("tests/a.py", "tests/**", True),
        ("tests/deep/er/a.py", "tests/**", True),
        ("src/tests/a.py", "tests/**", False),
        ("src/tests/a.py", "**/tests/**", True),
        ("tests/a.py", "**/tests/**", True),
        ("a/b/c/d.py", "a/**/d.py", True),
        ("a/d.py", "a/**/d.py", True),
        ("a/d.py", "a/**/**/d.py", True),
        ("ab.py", "a?.py", True),
        ("a/.py", "a?.py", False),
        ("A.py", "a.py", False),
        ("a.py", "[ab].py", True),
        ("a.py", "[!a].py", False),
        ("a.py", "", False),
        ("a.py", "a.py/", False),
    ],
)
def test_pattern_matches_whole_path(path: str, pattern: str, expected: bool) -> None:
    assert matches(path, pattern) is expected


@given(PATH)
def test_two_stars_match_everything(path: str) -> None:
    assert matches(path, "**")
    assert matches(path, "**/**/**")
    assert matches(path, f"**/{'/'.join('*' for _ in path.split('/'))}")


@given(PATH, PATH)
def test_two_stars_in_front_match_any_folder(folder: str, path: str) -> None:
    pattern = "/".join("*" for _ in path.split("/"))
    assert matches(f"{folder}/{path}", f"**/{pattern}")


@given(st.lists(st.text("ab", min_size=1, max_size=3), min_size=1, max_size=5).map("/".join))
def test_a_plain_path_matches_itself_and_no_other(path: str) -> None:
    assert matches(path, path)
    assert not matches(path + "c", path)
    assert not matches(f"{path}/c", path)


@given(PATH, PATH)
def test_any_pattern_is_judged_without_an_error(path: str, pattern: str) -> None:
    assert matches(path, pattern) in (True, False)


def test_many_stars_take_few_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    steps = []

    def counted(name: str, pattern: str) -> bool:
        steps.append(name)
        return pattern == "a"

    monkeypatch.setattr("grader.domain.globs.fnmatchcase", counted)
    path, pattern = "/".join("a" * 100), "/".join(["**", "a"] * 50 + ["b"])
    assert not matches(path, pattern)
    assert len(steps) <= 100 * 101


def test_many_stars_in_one_segment_end() -> None:
    assert not matches("a" * 250, "*a" * 100 + "b")
    assert not matches("a" * 250, "**a" * 60 + "b")


def test_selects_one_of_files_and_none_of_exclude() -> None:
    assert selects("a/b.py", ("x", "**/*.py"), ())
    assert not selects("a/b.py", ("x",), ())
    assert not selects("a/b.py", ("**",), ("a/**",))
    assert not selects("a/b.py", (), ())


@pytest.mark.parametrize(
    ("path", "files", "exclude", "expected"),
    [
        ("top/src/a.py", ("src/*.py",), (), True),
        ("top/src/a.py", ("top/src/*.py",), (), True),
        ("top/src/a.py", ("*.py",), (), False),
        ("top/a.py", ("*.py",), (), True),
        ("top/a.py", ("**",), ("a.py",), False),
        ("top/a.py", ("**",), ("top/**",), False),
    ],
)
def test_a_pattern_may_leave_out_the_folder_around_everything(
    path: str, files: tuple[str, ...], exclude: tuple[str, ...], expected: bool
) -> None:
    assert selects(path, files, exclude, "top/") is expected
