"""Invisible characters are shown by visible signs; JSON has them as escapes."""

from __future__ import annotations

import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.domain.characters import MOST_MARKS, encodable, is_hidden, plain_json, visible

#: Letters, digits and symbols of any script, but no combining marks.
SHOWN = st.characters(exclude_categories=["C", "Z", "M"]).filter(lambda one: not is_hidden(one))


@given(st.text())
def test_nothing_hidden_is_left(text: str) -> None:
    assert visible(text).isprintable()
    assert not any(map(is_hidden, visible(text)))


@given(st.text(alphabet=SHOWN))
def test_what_shows_stays(text: str) -> None:
    assert visible(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[31m", "\\x1b[31m"),
        ("\x9b31m", "\\x9b31m"),
        ("\u202egnp.py", "\\u202egnp.py"),
        ("a\nb\tc", "a\\x0ab\\x09c"),
        ("\U000e0041", "\\U000e0041"),
        ("\udc80", "\\udc80"),
        ("\u3164\u2800\ufe0f", "\\u3164\\u2800\\ufe0f"),
        ("\u0338>", "\\u0338>"),
        ("na\u00efve \u9577.py", "na\u00efve \u9577.py"),
        ("Vie\u0323\u0302t", "Vie\u0323\u0302t"),
    ],
)
def test_each_kind_has_its_sign(text: str, shown: str) -> None:
    assert visible(text) == shown


def test_source_keeps_its_lines() -> None:
    assert visible("a\n\tb\r\n", keep="\n\t") == "a\n\tb\\x0d\n"


@given(st.text(alphabet="a\u0301\u0338\u20dd", max_size=60))
def test_marks_are_never_stacked_high(text: str) -> None:
    run = 0
    for one in visible(text):
        run = run + 1 if unicodedata.category(one) in ("Mn", "Me") else 0
        assert run <= MOST_MARKS
    assert visible(text)[:1] not in set("\u0301\u0338\u20dd")


@given(st.recursive(st.text() | st.integers(), lambda inside: st.lists(inside, max_size=3)))
def test_json_says_the_same_and_hides_nothing(value: object) -> None:
    text = json.dumps({"value": value}, ensure_ascii=False, indent=2)
    plain = plain_json(text)
    assert json.loads(plain) == {"value": value}
    assert not any(map(is_hidden, plain.replace("\n", "")))
    plain.encode("utf-8")


@given(st.text())
def test_any_text_can_be_made_utf_8(text: str) -> None:
    encodable(text).encode("utf-8")
    assert encodable(encodable(text)) == encodable(text)


def test_only_what_cannot_be_encoded_changes() -> None:
    assert encodable("\ud800x \u202e") == "\\ud800x \u202e"
