"""History: a finding is recognized again after lines or files moved; other findings are not."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.domain.facts import DroppedFile, FileFacts, SubmissionFacts
from grader.domain.history import MOST_FIXED_LISTED, Earlier, Since, compare, fingerprint
from grader.domain.inspection import Finding, Inspection, State
from grader.domain.report import FindingLine, Report
from grader.domain.report.building import build_report
from grader.domain.rubric import CompiledRubric
from grader.domain.source import is_document
from tests.unit.domain_material import (
    CATALOG,
    COMPLAINTS,
    ENGINE,
    FAILED,
    check,
    compiled_rubric_of,
    complaints,
    criterion,
    facts_of,
    file,
)

COMPILED = compiled_rubric_of({"it": criterion()})


def found(code: str = "X1", line: int = 4, **more: Any) -> Finding:
    told: dict[str, Any] = {"message": f"{code} is wrong", "column": 2, "anchor": f"of {line}"}
    return Finding(code=code, line=line, **told | more)


def handed_in(*findings: Finding, path: str = "work.py") -> SubmissionFacts:
    return facts_of(file(path, lint=complaints(len(findings), *findings)))


def against(
    before: SubmissionFacts, now: SubmissionFacts, compiled: CompiledRubric = COMPILED
) -> Report:
    return build_report(compiled, now, digest="r", version=2, earlier=Earlier(before, 1))


def told(before: SubmissionFacts, now: SubmissionFacts) -> tuple[int, int, int]:
    """Return how many findings were fixed, are new and are still there."""
    history = against(before, now).history
    assert history is not None
    return history.fixed, history.new, history.still_there


def test_what_was_fixed_what_is_new_and_what_is_still_there() -> None:
    report = against(handed_in(found("A"), found("B")), handed_in(found("B"), found("C")))
    assert [(one.code, one.since) for one in report.findings] == [
        ("B", "still_there"),
        ("C", "new"),
    ]
    assert report.history is not None
    assert report.history.model_dump() == {
        "previous_attempt": 1,
        "points_before": 8,
        "fixed": 1,
        "new": 1,
        "still_there": 1,
        "fixed_findings": (
            {"check": "lint", "code": "A", "path": "work.py", "message": "A is wrong"},
        ),
    }
    assert Report.model_validate_json(report.to_json()) == report


def test_a_first_attempt_has_no_history() -> None:
    report = build_report(COMPILED, handed_in(found()), digest="r")
    assert report.history is None
    assert [one.since for one in report.findings] == [None]


def test_a_line_that_moved_is_the_same_line() -> None:
    assert told(
        handed_in(found(line=4, anchor="same")), handed_in(found(line=9, anchor="same"))
    ) == (
        0,
        0,
        1,
    )


def test_another_line_with_the_same_mistake_is_another_finding() -> None:
    assert told(handed_in(found(line=4)), handed_in(found(line=9))) == (1, 1, 0)


def test_equal_lines_are_counted() -> None:
    one = found(anchor="same")
    thrice = handed_in(*(one.model_copy(update={"line": line}) for line in (2, 5, 8)))
    twice = handed_in(*(one.model_copy(update={"line": line}) for line in (3, 6)))
    assert told(thrice, twice) == (1, 0, 2)
    assert told(twice, thrice) == (0, 1, 2)


@pytest.mark.parametrize("path", ["renamed/work.py", "other.py"])
def test_a_file_in_another_place_is_the_same_file(path: str) -> None:
    assert told(handed_in(found(), path="old/work.py"), handed_in(found(), path=path)) == (0, 0, 1)


def test_the_nearest_place_is_taken_first() -> None:
    one = complaints(1, found())
    before = facts_of(file("a/work.py", lint=one))
    now = facts_of(file("a/work.py", lint=one), file("copy.py", lint=one))
    assert [(each.path, each.since) for each in against(before, now).findings] == [
        ("a/work.py", "still_there"),
        ("copy.py", "new"),
    ]


@pytest.mark.parametrize(
    ("before", "now"),
    [
        ("Lines 3-9 repeat lines 20-26 of `src/a.py`", "Lines 5-11 repeat lines 2-8 of `a.py`"),
        ("`total` has 41 lines", "`total` has 35 lines"),
    ],
)
def test_numbers_and_folders_of_a_message_do_not_matter(before: str, now: str) -> None:
    one = found()
    prints = {
        fingerprint("lint", one.model_copy(update={"message": message}))
        for message in (before, now)
    }
    assert len(prints) == 1


@pytest.mark.parametrize("other", [found("X2"), found(anchor="else"), found(message="else")])
def test_a_fingerprint_holds_code_line_and_message(other: Finding) -> None:
    assert fingerprint("lint", other) != fingerprint("lint", found())
    assert fingerprint("style", found()) != fingerprint("lint", found())


def test_numbers_in_names_tell_findings_apart() -> None:
    two, three = (found(message=f"`data{n}` says nothing", anchor=str(n)) for n in (2, 3))
    assert told(handed_in(two), handed_in(three)) == (1, 1, 0)


def test_what_a_message_names_is_known_again_on_an_edited_line() -> None:
    before = found(message="`total` has no docstring", anchor="def total(a):")
    now = found(message="`total` has no docstring", anchor="def total(a, b):")
    assert told(handed_in(before), handed_in(now)) == (0, 0, 1)


def test_what_is_said_of_a_whole_file_does_not_depend_on_its_first_line() -> None:
    before = found(line=1, column=1, anchor="import os")
    now = found(line=1, column=1, anchor="import sys")
    assert told(handed_in(before), handed_in(now)) == (0, 0, 1)
    layout = {"hunk": "@@ -1 +1 @@\n-x=1\n+x = 1\n"}
    assert told(handed_in(found(line=3, **layout)), handed_in(found(line=8, **layout))) == (0, 0, 1)


def test_a_long_list_of_fixed_findings_is_cut_and_still_counted() -> None:
    report = against(handed_in(*(found(line=line) for line in range(1, 90))), handed_in())
    assert report.history is not None
    assert report.history.fixed == 89
    assert len(report.history.fixed_findings) == MOST_FIXED_LISTED


def test_both_attempts_are_judged_by_the_rubric_of_today() -> None:
    strict = compiled_rubric_of(
        {"it": criterion(scale={"measure": "complaints", "full_at": 0, "zero_at": 2})}
    )
    report = against(handed_in(found()), handed_in(), strict)
    assert report.history is not None
    assert (report.history.points_before, report.total.points) == (5, 10)


def test_no_history_where_a_change_of_ours_would_look_like_one_of_theirs() -> None:
    before, now = handed_in(found()), handed_in()
    newer = before.model_copy(update={"engine": ENGINE.model_copy(update={"grader": "2"})})
    unasked = before.model_copy(
        update={"files": (FileFacts(path="work.py", sha256="", inspections={}),)}
    )
    failed = facts_of(file("work.py", lint=FAILED))
    for earlier in (newer, unasked, failed):
        assert against(earlier, now).history is None
    assert against(before, failed).history is None


def test_files_are_asked_only_what_is_about_them() -> None:
    text = check("text", COMPLAINTS, reads=is_document)
    both = compiled_rubric_of(
        {"it": criterion(), "doc": criterion(check="text")}, {**CATALOG, "text": text}
    )
    guide = FileFacts(path="README.md", sha256="", inspections={"text": complaints(1, found())})
    before = facts_of(file("work.py", lint=complaints(0)), guide)
    history = against(before, before, both).history
    assert history is not None and history.still_there == 1
    left_out = handed_in().model_copy(
        update={"dropped": (DroppedFile(path="README.md", reason="not Python"),)}
    )
    assert against(left_out, before, both).history is None
    assert against(left_out, left_out).history is not None


def test_a_file_that_could_not_be_read_is_a_finding_like_any_other() -> None:
    reason = Finding(code="syntax-error", message="never closed", anchor="print(")
    broken = Inspection(state=State.UNREADABLE, reason="syntax", findings=(reason,))
    assert told(facts_of(file("work.py", broken)), handed_in()) == (1, 0, 0)


FINDINGS = st.lists(
    st.builds(
        found,
        st.sampled_from("AB"),
        st.integers(1, 5),
        anchor=st.sampled_from(["x", "y"]),
        message=st.sampled_from(["no", "`total` is long"]),
    ),
    max_size=8,
    unique=True,
)


def lines(findings: list[Finding], path: str = "work.py") -> tuple[FindingLine, ...]:
    return build_report(COMPILED, handed_in(*findings, path=path), digest="r").findings


@given(FINDINGS, FINDINGS)
def test_every_finding_is_fixed_still_there_or_new(
    before: list[Finding], now: list[Finding]
) -> None:
    old, new = lines(before), lines(now)
    compared = compare(old, new)
    still = compared.since.count("still_there")
    assert len(compared.since) == len(new)
    assert len(compared.fixed) + still == len(old)


@given(FINDINGS, st.integers(1, 50), st.sampled_from(["work.py", "new/work.py", "other.py"]))
def test_lines_and_files_that_move_change_nothing(
    findings: list[Finding], by: int, path: str
) -> None:
    moved = [one.model_copy(update={"line": one.line + by}) for one in findings]
    compared = compare(lines(findings), lines(moved, path))
    stays: Since = "still_there"
    assert compared == replace(compared, fixed=(), since=(stays,) * len(findings))


@given(FINDINGS, FINDINGS)
def test_repeat_gives_the_same_bytes(before: list[Finding], now: list[Finding]) -> None:
    old, new = handed_in(*before), handed_in(*now)
    assert against(old, new).to_json() == against(stored(old), stored(new)).to_json()


def stored(facts: SubmissionFacts) -> SubmissionFacts:
    """Return ``facts`` after they were stored as JSON and read again."""
    return SubmissionFacts.model_validate_json(facts.model_dump_json())
