"""A merge patch replaces the values that it names in the text of a rubric, and nothing else."""

from __future__ import annotations

import difflib
import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.domain.errors import BadRubric
from grader.engine.rubric_text import patch_rubric_text, read_plain, shipped_rubrics
from grader.engine.rubric_text.patching import merged

TEXT = """\
# Homework 1
exercise: hw-1   # the id
title: 'It''s "fine"'
total: 10

criteria:
  formatted:  # by Black
    title: Formatted
    points: 4
    scale: {measure: lines_rate, full_at: 0, zero_at: 50}  # linear
  documented:
    points: 6
starter:
  a.py: |
    print(1)

  b.py: "x = 1\\n"
# end
"""


@pytest.mark.parametrize(
    ("changes", "lines"),
    [
        ({"total": 12.5}, {"-total: 10", "+total: 12.5"}),
        (
            {"criteria": {"formatted": {"points": 5, "scale": {"zero_at": 40}}}},
            {
                "-    points: 4",
                "+    points: 5",
                "-    scale: {measure: lines_rate, full_at: 0, zero_at: 50}  # linear",
                "+    scale: {measure: lines_rate, full_at: 0, zero_at: 40}  # linear",
            },
        ),
        ({"title": "It's new"}, {"-title: 'It''s \"fine\"'", "+title: 'It''s new'"}),
        ({"exercise": "hw-2"}, {"-exercise: hw-1   # the id", "+exercise: hw-2   # the id"}),
        ({"criteria": {"documented": None}}, {"-  documented:", "-    points: 6"}),
        (
            {"criteria": {"short": {"title": "No: 1", "points": 3, "files": ["a.py", "b*.py"]}}},
            {
                "+  short:",
                '+    title: "No: 1"',
                "+    points: 3",
                '+    files: [a.py, "b*.py"]',
            },
        ),
        ({"course": "mlops"}, {"+course: mlops"}),
        ({"starter": {"a.py": "y = 2\nz = 3\n"}}, {"-    print(1)", "+    y = 2", "+    z = 3"}),
        ({"starter": {"c.py": "y = 2\n"}}, {"+  c.py: |", "+    y = 2"}),
        ({"criteria": {"formatted": {"scale": {"limit": 3, "zero_at": None}}}}, None),
        ({"criteria": {"formatted": {"scale": None}}}, None),
        ({"total": 10}, set()),
        ({"nothing": None}, set()),
    ],
)
def test_only_the_lines_that_are_named_change(
    changes: dict[str, Any], lines: set[str] | None
) -> None:
    changes = json.loads(json.dumps(changes), parse_float=Decimal)
    for newline in ("\n", "\r\n"):
        text = TEXT.replace("\n", newline)
        patched = patch_rubric_text(text, changes)
        assert read_plain(patched) == merged(read_plain(text), changes)
        diff = difflib.ndiff(text.splitlines(), patched.splitlines())
        found = {line[0] + line[2:] for line in diff if line[0] in "+-"}
        assert lines is None or found == lines
        assert patched.count("\r\n") == patched.count("\n") * (newline == "\r\n")


@pytest.mark.parametrize(
    ("text", "changes", "expected"),
    [
        (
            '{"a": 1, "b": {"c": "x"}}',
            {"b": {"c": "y", "d": 2}},
            '{"a": 1, "b": {"c": "y", "d": 2}}',
        ),
        ('{"a":1,"b":2}', {"a": "t", "b": None}, '{"a":"t"}'),
        ('{\n  "a": 1\n}\n', {"b": True}, '{\n  "a": 1,\n  "b": true\n}\n'),
        ("{}", {"a": {"b": "c"}}, '{"a": {"b": "c"}}'),
        ("a: 1\nb:\n- x: 1\n", {"b": [2]}, "a: 1\nb: [2]\n"),
        ("a:\n  b: 1\n", {"a": {"b": None}}, "a: {}\n"),
        ("a:\n  b: 1\n", {"a": {"b": None, "c": 2}}, "a:\n  c: 2\n"),
        ("a: 1 # one", {"b": 2}, "a: 1 # one\nb: 2\n"),
        ("a:\nb: 2\n", {"a": 1}, "a: 1\nb: 2\n"),
        ("a: 1\n", {"a": {"b": {"c": 2}, "d": [{"e": 1}]}}, "a:\n  b: {c: 2}\n  d: [{e: 1}]\n"),
        ("a: x\n", {"a": "7", "yes": "no"}, 'a: "7"\n"yes": "no"\n'),
        ("a: x # c\n", {"a": "1\n2\n"}, 'a: "1\\n2\\n" # c\n'),
        ("a: x # c\n", {"a": {"b": "1\n2\n"}}, 'a: {b: "1\\n2\\n"} # c\n'),
        ("a:\n  b: 1\n", {"a": {"c": 2}, "d": 3}, "a:\n  b: 1\n  c: 2\nd: 3\n"),
        ("a: 1\nb: 2\nc: 3\nd: 4\n", {"a": None, "c": None, "d": None}, "b: 2\n"),
        ("{a: 1, b: 2, c: 3, d: 4}", {"b": None, "c": None, "d": None}, "{a: 1}"),
        ("a: {b: 1, c: {d: 2, e: 3}}", {"a": {"c": {"d": None, "e": None}}}, "a: {b: 1, c: {}}"),
        ("\ufeffa: 1\n", {"a": 2}, "\ufeffa: 2\n"),
        ("a: 1", {"b": "1\n2\n"}, "a: 1\nb: |\n  1\n  2\n"),
        ("a: {b, c: [1,\n 2]} # d", {"a": {"b": 3, "c": None}}, "a: {b: 3} # d"),
    ],
)
def test_the_style_around_is_kept(text: str, changes: dict[str, Any], expected: str) -> None:
    assert patch_rubric_text(text, changes) == expected


def deep(levels: int) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for _ in range(levels):
        found = {"a": found}
    return found


def test_what_cannot_be_put_into_its_place_is_refused() -> None:
    for text, changes in (
        ("- 1\n", {"a": 1}),
        ("a: 1\n", {"a": Decimal("1e99")}),
        ("a: 1\n", {"a": "\ud800"}),
        ("a: &x 1\n", {"a": 2}),
        ("a: 1\n", {"a": deep(20)}),
        ("a: 1\n", {"a": deep(5_000)}),
    ):
        with pytest.raises(BadRubric):
            patch_rubric_text(text, changes)


_KEYS = st.sampled_from(["a", "b", "c d", "yes", "7", "é", 'q"', "<<"])
_SCALARS = st.one_of(
    st.booleans(),
    st.integers(-1000, 1000),
    st.decimals(-100, 100, places=2),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=8),
    st.sampled_from(["null", "true", "1.0", "a: b", "- a", "# x", "x\ny\n", " x\n y", "x\n\n"]),
)
_VALUES = st.recursive(
    _SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(_KEYS, inner, max_size=3)),
    max_leaves=6,
)
_CHANGES = st.dictionaries(
    _KEYS,
    st.recursive(
        st.none() | _VALUES, lambda inner: st.dictionaries(_KEYS, inner, max_size=3), max_leaves=5
    ),
    max_size=3,
)


def in_style(value: Any, kind: str) -> str:
    """Return ``value``, a mapping, as a text of its ``kind``, with comments where those can be."""
    if kind != "block":
        return json.dumps(value, indent=2 if kind == "pretty" else None, default=float)
    return "".join(_block(value, 0)) or "{}\n"


def _block(value: dict[str, Any], depth: int) -> list[str]:
    lines = []
    for number, (key, one) in enumerate(value.items()):
        start = f"{' ' * depth}{json.dumps(key)}:"
        if isinstance(one, dict) and one:
            lines += [f"{start}  # {number}\n", *_block(one, depth + 3)]
        else:
            lines.append(f"{start} {json.dumps(one, default=float)}  # {number}\n")
        lines += ["\n", f"{' ' * depth}# after {number}\n"] * (number % 2)
    return lines


@settings(max_examples=200, deadline=None)
@given(
    st.dictionaries(_KEYS, _VALUES, max_size=4),
    _CHANGES,
    st.sampled_from(["flat", "pretty", "block"]),
)
def test_law_patch_and_parse_is_parse_and_merge(
    data: dict[str, Any], changes: dict[str, Any], kind: str
) -> None:
    text = in_style(data, kind)
    before = read_plain(text)
    patched = patch_rubric_text(text, changes)
    assert read_plain(patched) == merged(before, changes)
    assert patch_rubric_text(patched, changes) == patched
    comments = [line for line in text.splitlines() if line.startswith("# after")]
    assert [line for line in patched.splitlines() if line in comments] == comments


@settings(max_examples=30, deadline=None)
@given(st.data())
def test_law_of_a_shipped_rubric_no_other_line_changes(data: st.DataObject) -> None:
    text = data.draw(st.sampled_from(list(shipped_rubrics().values())))
    plain = read_plain(text)
    name = data.draw(st.sampled_from(list(plain["criteria"])))
    points = data.draw(st.decimals(0, 100, places=1))
    patched = patch_rubric_text(text, {"criteria": {name: {"points": points}}})
    assert read_plain(patched)["criteria"][name]["points"] == points
    pairs = list(zip(text.split("\n"), patched.split("\n"), strict=True))
    assert sum(one != other for one, other in pairs) <= 1
