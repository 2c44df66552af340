from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.exports.inert import harmless, visible
from tests.unit import exports_reports as reports


@given(st.text())
def test_nothing_invisible_is_left(text: str) -> None:
    assert visible(text).isprintable()


@given(st.text(alphabet=st.characters(exclude_categories=["C", "Z"])))
def test_what_prints_stays(text: str) -> None:
    assert visible(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[31m", "\\x1b[31m"),
        ("\u202egnp.py", "\\u202egnp.py"),
        ("a\nb\tc", "a\\x0ab\\x09c"),
        ("\U000e0041", "\\U000e0041"),
        ("\udc80", "\\udc80"),
        ("naïve 長.py", "naïve 長.py"),
    ],
)
def test_each_kind_has_its_sign(text: str, shown: str) -> None:
    assert visible(text) == shown


def test_source_keeps_its_lines() -> None:
    assert visible("a\n\tb\r\n", keep="\n\t") == "a\n\tb\\x0d\n"


def test_a_plain_report_is_left_as_it_is() -> None:
    report = reports.typical()
    assert harmless(report) == report


@pytest.mark.parametrize(
    "address",
    ["javascript:alert(1)", "http://example.org/", 'https://a.example/"x', "https://a b/", "//x/"],
)
def test_only_plain_https_addresses_stay(address: str) -> None:
    found = reports.finding("E501", "a.py", 1, url=address)
    assert harmless(reports.report(findings=(found,))).findings[0].url == ""


def test_a_line_break_in_our_own_words_is_a_space() -> None:
    found = reports.finding("E501", "a.py", 1, how_to_fix="Split\n    it.")
    assert harmless(reports.report(findings=(found,))).findings[0].how_to_fix == "Split it."


def test_an_endless_name_is_cut() -> None:
    found = reports.finding("F822", "a.py", 1, message="." * 100_000)
    message = harmless(reports.report(findings=(found,))).findings[0].message
    assert message == "." * 2_000 + "… (and 98000 characters more)"
