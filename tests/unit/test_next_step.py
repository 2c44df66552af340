"""The next step: the single fix that wins most points."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from grader.domain.check import Guidance
from grader.domain.facts import FileFacts
from grader.domain.inspection import Finding, Inspection, State
from grader.domain.program import Part, Role
from grader.domain.report.next_step import NextStep, next_step
from grader.domain.scoring import judge
from tests.unit.domain_material import (
    CATALOG,
    COMPLAINTS,
    FAILED,
    NO_PYTHON,
    by_hand,
    check,
    compiled_rubric_of,
    complaints,
    criterion,
    empty_file,
    facts_of,
    file,
    seen,
)

SHARE = {"measure": "share", "full_at": 100, "zero_at": 0}
LONGEST = {"measure": "longest", "full_at": 0, "zero_at": 10}
BAD, GOOD = complaints(10), complaints(0)
HALF = seen(counts={"covered": 1, "whole": 2})
FULL = seen(counts={"covered": 2, "whole": 2})


def step(criteria: Mapping[str, Any], *files: FileFacts, catalog: Any = CATALOG) -> NextStep | None:
    compiled, facts = compiled_rubric_of(criteria, catalog), facts_of(*files)
    return next_step(compiled, judge(compiled, facts), facts)


def certain(criteria: Mapping[str, Any], *files: FileFacts) -> NextStep:
    found = step(criteria, *files)
    assert found is not None
    return found


def test_full_marks_leave_nothing_to_do() -> None:
    assert step({"a": criterion()}, file("a.py", lint=GOOD)) is None


def test_most_gain_comes_first_and_the_first_of_equals() -> None:
    criteria = {
        "few": criterion(4),
        "most": criterion(12, check="coverage", scale=SHARE),
        "same": criterion(6),
    }
    found = certain(criteria, file("a.py", lint=BAD, coverage=HALF))
    assert (found.criterion, found.gains) == ("most", 6)
    assert found.text == "A title: Mend coverage."
    assert (found.path, found.line) == (None, None)


def test_gains_are_numbers_of_the_ledger() -> None:
    scale = {"measure": "complaints", "full_at": 0, "zero_at": 3}
    assert certain({"a": criterion(scale=scale)}, file("a.py", lint=complaints(1))).gains == 3.3


def test_place_is_that_of_the_largest_value() -> None:
    findings = [
        Finding(code="len", line=line, message=f"{value} lines", value=value)
        for line, value in [(1, 11), (7, 30), (9, 30)]
    ]
    length = seen(State.OK, *findings, maxima={"lengths": 30})
    files = [file("a.py", length=seen(maxima={"lengths": 9})), file("b.py", length=length)]
    found = certain({"it": criterion(check="length", scale=LONGEST)}, *files)
    assert (found.path, found.line, found.gains) == ("b.py", 7, 10)
    assert found.text == "A title: Mend length. Start at b.py, line 7: 30 lines"


def test_place_is_only_where_the_criterion_looks() -> None:
    finding = Finding(code="X1", line=5, message="no")
    files = [file("a.py", lint=complaints(9, finding)), file("b.py", lint=complaints(1, finding))]
    found = certain({"it": criterion(files=["b.py"])}, *files)
    assert (found.path, found.line) == ("b.py", 5)


def test_words_are_those_of_the_finding() -> None:
    words = {"X": Guidance("Why.", "Mend X.", "url")}
    catalog = {"lint": check("lint", COMPLAINTS, guidance_by_code=words)}
    finding = Finding(code="X12", line=2, message="bad")
    files = file("a.py", lint=complaints(1, finding))
    found = step({"it": criterion()}, files, catalog=catalog)
    assert found is not None and found.text == "A title: Mend X. Start at a.py, line 2: bad"


def test_lifting_a_cap_counts_all_that_it_frees() -> None:
    criteria = {
        "big": criterion(30, check="coverage", scale=SHARE),
        "cap": criterion(2, caps_total_at=5),
    }
    found = certain(criteria, file("a.py", lint=BAD, coverage=HALF))
    assert (found.criterion, found.gains) == ("cap", 12)


def test_what_a_cap_would_swallow_is_no_gain() -> None:
    criteria = {
        "big": criterion(30, check="coverage", scale=SHARE, caps_total_at=20),
        "cap": criterion(2, caps_total_at=5),
    }
    nothing = seen(counts={"covered": 0, "whole": 2})
    found = certain(criteria, file("a.py", lint=BAD, coverage=nothing))
    assert (found.criterion, found.gains) == ("big", 5)


def test_several_caps_that_hold_are_lifted_from_the_lowest() -> None:
    criteria = {
        "rest": criterion(30, check="coverage", scale=SHARE),
        "high": criterion(2, caps_total_at=6),
        "low": criterion(3, caps_total_at=6),
    }
    found = certain(criteria, file("a.py", lint=BAD, coverage=FULL))
    assert (found.criterion, found.gains) == ("high", 29)
    lower = criteria | {"low": criterion(3, caps_total_at=5)}
    found = certain(lower, file("a.py", lint=BAD, coverage=FULL))
    assert (found.criterion, found.gains) == ("low", 1)


def test_caps_that_hold_exactly_what_is_earned_are_lifted_too() -> None:
    criteria = {
        "rest": criterion(30, check="coverage", scale=SHARE),
        "one": criterion(2, caps_total_at=30),
        "two": criterion(3, caps_total_at=30),
    }
    found = certain(criteria, file("a.py", lint=BAD, coverage=FULL))
    assert (found.criterion, found.gains) == ("one", 5)


def test_a_cap_that_waits_for_a_person_hides_no_step() -> None:
    criteria = {"hand": by_hand(10, caps_total_at=4), "it": criterion()}
    found = certain(criteria, file("a.py", lint=complaints(5)))
    assert (found.criterion, found.gains) == ("it", 5)


def test_a_person_and_a_fault_of_ours_are_no_mends() -> None:
    assert step({"hand": by_hand()}, file("a.py")) is None
    assert step({"it": criterion()}, file("a.py", lint=FAILED)) is None


def test_work_that_was_not_saved_comes_before_any_advice() -> None:
    criteria = {"it": criterion(), "more": criterion(4)}
    found = certain(criteria, empty_file("a.py"))
    assert found.text.startswith("a.py is empty. Save your work")
    assert (found.criterion, found.path, found.gains) == (None, "a.py", 14)
    found = certain(criteria, empty_file("a.py"), empty_file("b.py"))
    assert found.text.startswith("All files are empty. Save your work")


def test_an_empty_file_beside_others_is_no_first_step() -> None:
    found = certain({"it": criterion()}, empty_file("__init__.py"), file("a.py", lint=BAD))
    assert found.criterion == "it"


def test_nothing_to_measure_can_be_mended_where_required() -> None:
    found = certain({"it": criterion()}, file("a.py"))
    assert (found.criterion, found.gains, found.path) == ("it", 10, None)
    assert step({"it": criterion(applies="optional")}, file("a.py")) is None


def test_unreadable_file_comes_first() -> None:
    criteria = {"big": criterion(90, files=["a.py"]), "a": criterion(4), "b": criterion(6)}
    files = [file("a.py", lint=BAD), file("b.py", NO_PYTHON), file("c.py", NO_PYTHON)]
    found = certain(criteria, *files)
    assert (found.path, found.line, found.criterion, found.gains) == ("b.py", 3, None, 10)
    assert found.text == (
        "Mend b.py, line 3: '(' was never closed. Until it can be read, 2 criteria earn nothing."
    )
    assert certain({"a": criterion()}, *files).text.endswith("read, 1 criterion earns nothing.")


def test_unreadable_file_that_costs_nothing_does_not_come_first() -> None:
    files = [file("a.py", lint=BAD), file("b.py", NO_PYTHON)]
    found = certain({"it": criterion(files=["a.py"])}, *files)
    assert (found.criterion, found.path) == ("it", None)


def test_unreadable_without_a_finding_still_has_words() -> None:
    silent = Inspection(state=State.UNREADABLE, reason="encoding")
    found = certain({"it": criterion()}, file("a.py", silent))
    assert found.text.startswith("Mend a.py, line 1: It is no Python. Until")


def test_a_file_that_only_one_check_cannot_read_names_its_reason() -> None:
    found = certain({"it": criterion()}, file("a.py", lint=NO_PYTHON))
    assert (found.path, found.line) == ("a.py", 3)


def test_leftovers_go_first_where_no_criterion_gains_more() -> None:
    criteria = {"lint": criterion(10), "cover": criterion(20, check="coverage", scale=SHARE)}
    program = Part(role=Role.ENTRY, lines=95)
    draft = file("draft.py", NO_PYTHON).model_copy(
        update={"part": Part(role=Role.LEFTOVER, lines=5)}
    )
    whole, half = (
        file("a.py", lint=GOOD, coverage=covered).model_copy(update={"part": program})
        for covered in (FULL, HALF)
    )
    found = certain(criteria, whole, draft)
    assert (found.gains, found.path, found.criterion) == (1.5, "draft.py", None)
    # 9.5 of the 20 points are there, and leftovers leave 19 of them at most.
    found = certain(criteria, half, draft)
    assert (found.gains, found.criterion) == (9.5, "cover")
