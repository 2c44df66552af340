"""Anchors: findings are tied to the text of their lines."""

from __future__ import annotations

import pytest

from grader.domain.facts import FileFacts
from grader.domain.inspection import Finding, Inspection, State
from grader.domain.source import SourceFile
from grader.engine.measuring.anchors import anchor_findings


def anchors(text: str, *lines: int) -> list[str]:
    findings = tuple(Finding(code="X", line=line, message="m") for line in lines)
    source = SourceFile("a.py", text.encode())
    facts = FileFacts(
        path="a.py", sha256=source.sha256, inspections={"lint": Inspection(findings=findings)}
    )
    return [one.anchor for one in anchor_findings(facts, source).inspections["lint"].findings]


def test_the_same_text_has_the_same_anchor_on_any_line() -> None:
    first, second, third = anchors("x = 1\ny = 2\n    x  =\t1  \n", 1, 2, 3)
    assert first == third != second
    assert len(first) == 8 and int(first, 16) >= 0


@pytest.mark.parametrize("newline", ["\r\n", "\r"])
def test_lines_end_where_python_ends_them(newline: str) -> None:
    text = "a = 'one\x0ctwo\u2028'\nb = 2\nc = 3\n"
    assert anchors(text.replace("\n", newline), 1, 2, 3) == anchors(text, 1, 2, 3)


def test_a_place_outside_the_file_is_tied_to_nothing() -> None:
    (nowhere,) = anchors("x = 1\n", 9)
    assert nowhere == anchors("\n", 1)[0]


def test_why_a_file_cannot_be_read_has_an_anchor_too() -> None:
    reason = Finding(code="syntax-error", line=2, message="never closed")
    broken = Inspection(state=State.UNREADABLE, reason="syntax", findings=(reason,))
    source = SourceFile("a.py", b"x = 1\nprint(\n")
    facts = FileFacts(path="a.py", sha256=source.sha256, readable=broken)
    (finding,) = anchor_findings(facts, source).readable.findings
    assert [finding.anchor] == anchors("print(\n", 1)
