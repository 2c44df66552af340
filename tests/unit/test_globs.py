"""Path patterns of rubrics."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.domain.rubric.globs import matches, selects

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


def slowly(path: list[str], pattern: list[str]) -> bool:
    """Return whether ``path`` matches ``pattern``, by plain recursion; no brackets."""
    if not pattern:
        return not path
    if pattern[0] == "**" and slowly(path, pattern[1:]):
        return True
    if not path:
        return False
    if pattern[0] == "**":
        return slowly(path[1:], pattern)
    return fits(path[0], pattern[0]) and slowly(path[1:], pattern[1:])


def fits(name: str, pattern: str) -> bool:
    """Return whether the segment ``name`` matches ``pattern``, by plain recursion."""
    if not pattern:
        return not name
    if pattern[0] == "*":
        return fits(name, pattern[1:]) or bool(name) and fits(name[1:], pattern)
    return bool(name) and pattern[0] in ("?", name[0]) and fits(name[1:], pattern[1:])


PLAIN = st.lists(st.text("ab.\n", max_size=3), min_size=1, max_size=4)
STARRED = st.lists(st.just("**") | st.text("ab.\n*?", max_size=3), min_size=1, max_size=4)


@given(PLAIN, STARRED)
def test_a_pattern_says_what_it_says_step_by_step(path: list[str], pattern: list[str]) -> None:
    assert matches("/".join(path), "/".join(pattern)) is slowly(path, pattern)


@given(PLAIN, st.lists(STARRED, max_size=3), st.lists(STARRED, max_size=2), st.booleans())
def test_a_file_is_selected_by_one_pattern_and_left_out_by_another(
    path: list[str], files: list[list[str]], exclude: list[list[str]], has_folder: bool
) -> None:
    ways = [["top", *path], path] if has_folder else [path]

    def any_fits(patterns: list[list[str]]) -> bool:
        return any(slowly(way, pattern) for way in ways for pattern in patterns)

    whole, *_ = ("/".join(way) for way in ways)
    wanted, unwanted = (tuple(map("/".join, patterns)) for patterns in (files, exclude))
    expected = any_fits(files) and not any_fits(exclude)
    assert selects(whole, wanted, unwanted, "top/" if has_folder else "") is expected


def test_many_stars_take_few_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    steps = []

    def counted(name: str, pattern: str) -> bool:
        steps.append(name)
        return pattern == "a"

    monkeypatch.setattr("grader.domain.rubric.globs.fnmatchcase", counted)
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
