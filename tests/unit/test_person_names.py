"""Names: one person has one text, and what cannot be told apart is refused."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.domain.errors import BadRequest
from grader.domain.person_names import canonical, checked_name, only_value
from grader.service.alike_names import alike_names
from grader.service.records import HeldName


@pytest.mark.parametrize(
    ("sent", "stored"),
    [
        ("  ada \n", "ada"),
        ("Zoe\u0301", "Zo\u00e9"),
        ("\u3000Ångström\u00a0", "Ångström"),
        ("\u1112\u1161\u11ab", "\ud55c"),
        ("Ada  Lovelace", "Ada  Lovelace"),
        ("ADA", "ADA"),
        ("ﬁn", "ﬁn"),
    ],
)
def test_a_name_has_one_form(sent: str, stored: str) -> None:
    assert checked_name(sent, "student") == stored


@pytest.mark.parametrize(
    ("sent", "reason"),
    [
        ("", "missing"),
        (" \t ", "missing"),
        ("Zo\ufffd", "not UTF-8"),
        ("Zo\udce9", "not UTF-8"),
        ("a" * 201, "longer than 200"),
        ("a\nb", "control characters"),
        ("a\u202eb", "control characters"),
        ("\u0344" * 101, "longer than 200"),
    ],
)
def test_what_is_no_name_is_refused(sent: str, reason: str) -> None:
    with pytest.raises(BadRequest) as caught:
        checked_name(sent, "student")
    assert reason in caught.value.detail and caught.value.where == "student"


@given(st.text(min_size=1, max_size=250))
def test_a_stored_name_stays_as_it_is(text: str) -> None:
    try:
        name = checked_name(text, "student")
    except BadRequest:
        return
    assert checked_name(name, "student") == name == canonical(unicodedata.normalize("NFD", name))
    assert only_value([text, name, "", f" {name}"], "student") == name


def test_two_values_are_refused() -> None:
    with pytest.raises(BadRequest, match="two different values"):
        only_value(["ada", "bob"], "student")
    assert only_value(["", " "], "student") == ""


def test_names_that_fall_together_are_listed_by_course() -> None:
    names = [
        HeldName("a", "Zo\u00e9", 1, 0),
        HeldName("a", "Zoe\u0301", 2, 1),
        HeldName("a", "ada", 1, 1),
        HeldName("a", "Ada", 1, 1),
        HeldName("b", "Zo\u00e9", 1, 0),
        HeldName("b", "bob ", 1, 0),
        HeldName("b", "Zo\ufffd", 2, 0),
    ]
    found = [(one.held.course, one.held.name, one.is_lossy) for one in alike_names(names)]
    assert found == [
        ("a", "Zo\u00e9", False),
        ("a", "Zoe\u0301", False),
        ("b", "bob ", False),
        ("b", "Zo\ufffd", True),
    ]
