from __future__ import annotations

import pytest

from grader.exports.prose.sanitize import sanitize
from tests.unit import exports_reports as reports


def test_a_plain_report_is_left_as_it_is() -> None:
    report = reports.typical()
    assert sanitize(report) == report


@pytest.mark.parametrize(
    "address",
    ["javascript:alert(1)", "http://example.org/", 'https://a.example/"x', "https://a b/", "//x/"],
)
def test_only_plain_https_addresses_stay(address: str) -> None:
    found = reports.finding("E501", "a.py", 1, url=address)
    assert sanitize(reports.report(findings=(found,))).findings[0].url == ""


def test_a_line_break_in_our_own_words_is_a_space() -> None:
    found = reports.finding("E501", "a.py", 1, how_to_fix="Split\n    it.")
    assert sanitize(reports.report(findings=(found,))).findings[0].how_to_fix == "Split it."


def test_an_endless_name_is_cut() -> None:
    found = reports.finding("F822", "a.py", 1, message="." * 100_000)
    message = sanitize(reports.report(findings=(found,))).findings[0].message
    assert message == "." * 2_000 + "… (and 98000 characters more)"
