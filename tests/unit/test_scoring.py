"""The arithmetic of a ledger, as a table."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import pytest

from grader.domain.errors import BadRubric
from grader.domain.facts import FileFacts
from grader.domain.inspection import State
from grader.domain.program import Part, Role
from grader.domain.scoring import (
    BY_HAND,
    Outcome,
    Total,
    judge,
    points_so_far,
    round_points,
    show,
)
from tests.unit.domain_material import (
    FAILED,
    NO_PYTHON,
    NOT_APPLICABLE,
    by_hand,
    compiled_rubric_of,
    complaints,
    criterion,
    facts_of,
    file,
    judged,
    rubric_of,
    seen,
    the_row,
)

LEVELS = {
    "measure": "complaints",
    "levels": [
        {"up_to": 0, "earns": 10, "label": "best"},
        {"up_to": 2.5, "earns": 7.5, "label": "good"},
        {"earns": 0, "label": "rest"},
    ],
}
UP = {"measure": "uses", "full_at": 5, "zero_at": 1}
RISING = {
    "measure": "uses",
    "levels": [{"up_to": 1, "earns": 0, "label": "few"}, {"earns": 10, "label": "many"}],
}


def exact(*numbers: int | None) -> tuple[Fraction | None, ...]:
    """Return ``numbers`` as the fractions of a ledger; ``None`` stays ``None``."""
    return tuple(None if number is None else Fraction(number) for number in numbers)


@pytest.mark.parametrize(
    ("points", "zero_at", "value", "earned"),
    [
        (10, 10, 0, "10"),
        (10, 10, 3, "7"),
        (10, 10, 10, "0"),
        (10, 10, 99, "0"),
        (10, 3, 1, "6.7"),
        (10, 3, 2, "3.3"),
        (1, 8, 1, "0.9"),
        (1, 8, 6, "0.3"),
        (0.5, 2, 1, "0.3"),
        (0.1, 3, 2, "0"),
        (0, 3, 0, "0"),
        (10, 0.5, 0, "10"),
    ],
)
def test_linear_scale_downwards(points: float, zero_at: float, value: int, earned: str) -> None:
    scale = {"measure": "complaints", "full_at": 0, "zero_at": zero_at}
    row = the_row(criterion(points, scale=scale), file("a.py", lint=complaints(value)))
    assert row.outcome is Outcome.SCORED
    assert row.points == Fraction(earned)
    assert (row.value, row.label) == (Fraction(value), "")


@pytest.mark.parametrize(
    ("scale", "value", "earned", "label"),
    [
        (UP, 0, "0", ""),
        (UP, 1, "0", ""),
        (UP, 2, "2.5", ""),
        (UP, 5, "10", ""),
        (UP, 50, "10", ""),
        (RISING, 0, "0", "few"),
        (RISING, 1, "0", "few"),
        (RISING, 2, "10", "many"),
    ],
)
def test_scales_upwards(scale: Mapping[str, Any], value: int, earned: str, label: str) -> None:
    inspection = seen(counts={"uses": value})
    row = the_row(criterion(scale=scale), file("a.py", lint=inspection))
    assert (row.points, row.label) == (Fraction(earned), label)


@pytest.mark.parametrize(
    ("value", "earned", "label"),
    [(0, 10, "best"), (1, 7.5, "good"), (2, 7.5, "good"), (3, 0, "rest")],
)
def test_levels_downwards(value: int, earned: float, label: str) -> None:
    row = the_row(criterion(scale=LEVELS), file("a.py", lint=complaints(value)))
    assert (row.points, row.label) == (Fraction(earned), label)


@pytest.mark.parametrize(
    ("exact", "rounded"),
    [
        ("0", "0"),
        ("0.04", "0"),
        ("0.05", "0.1"),
        ("0.15", "0.2"),
        ("0.25", "0.3"),
        ("2.449999999", "2.4"),
        ("2.45", "2.5"),
        ("9.95", "10"),
        ("9.949", "9.9"),
    ],
)
def test_points_are_rounded_to_tenths_halves_up(exact: str, rounded: str) -> None:
    assert round_points(Fraction(exact)) == Fraction(rounded)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("3", "3"),
        ("-2", "-2"),
        ("1/3", "0.33"),
        ("5/2", "2.5"),
        ("200/3", "66.67"),
        ("1/1000", "0"),
    ],
)
def test_numbers_are_shown_short(value: str, shown: str) -> None:
    assert show(Fraction(value)) == shown


def test_why_shows_the_arithmetic() -> None:
    scale = {"measure": "complaints", "full_at": 0, "zero_at": 3}
    row = the_row(criterion(scale=scale), file("a.py", lint=complaints(1)))
    assert row.why == (
        "Complaints: 1. All 10 points at 0, none at 3: 10 × (3 − 1) / (3 − 0) = 6.7."
    )
    row = the_row(criterion(scale=scale), file("a.py", lint=complaints(9)))
    assert row.why.endswith("10 × (3 − 9) / (3 − 0), held between 0 and all, = 0.")
    row = the_row(criterion(scale=LEVELS), file("a.py", lint=complaints(1)))
    assert row.why.endswith("Level “good” (up to 2.5) earns 7.5.")
    row = the_row(criterion(scale=LEVELS), file("a.py", lint=complaints(3)))
    assert row.why.endswith("Level “rest” (beyond) earns 0.")


def test_why_names_the_limit() -> None:
    scale = {"measure": "functions_over", "limit": 20, "full_at": 0, "zero_at": 3}
    inspection = seen(histograms={"lengths": {20: 4, 21: 1}})
    row = the_row(criterion(check="length", scale=scale), file("a.py", length=inspection))
    assert row.value == 1
    assert row.why.startswith("Functions over the limit of 20: 1.")


def test_facts_of_the_files_it_takes_are_one_value() -> None:
    files = [file("a.py", lint=complaints(1)), file("b.py", lint=complaints(2))]
    assert the_row(criterion(), *files, file("c.py")).value == 3
    row = the_row(criterion(files=["a.py"]), *files)
    assert (row.value, row.paths) == (Fraction(1), ("a.py",))


def test_criteria_of_one_check_each_have_their_own_files() -> None:
    criteria = {
        "all": criterion(),
        "one": criterion(files=["a.py"]),
        "other": criterion(files=["b*"]),
    }
    ledger = judged(criteria, file("a.py", lint=complaints(1)), file("b.py", lint=complaints(2)))
    assert [row.value for row in ledger.rows] == [3, 1, 2]


@pytest.mark.parametrize(
    "files",
    [(), (file("a.py", lint=NOT_APPLICABLE),), (file("elsewhere/a.py", lint=complaints(0)),)],
)
def test_nothing_to_measure_earns_nothing_or_leaves_the_total(files: tuple[Any, ...]) -> None:
    required = criterion(exclude=["elsewhere/**"])
    ledger = judged({"it": required, "hand": by_hand(5)}, *files)
    assert ledger.rows[0].outcome is Outcome.NOT_APPLICABLE
    assert (ledger.rows[0].points, ledger.total.max_points) == exact(0, 15)
    assert "it earns nothing" in ledger.rows[0].why
    ledger = judged({"it": required | {"applies": "optional"}, "hand": by_hand(5)}, *files)
    assert (ledger.rows[0].points, ledger.total.max_points) == exact(None, 5)
    assert "it leaves the total" in ledger.rows[0].why
    assert ledger.total.points == 0


def test_measure_without_a_value_is_nothing_to_measure() -> None:
    scale = {"measure": "share", "full_at": 100, "zero_at": 0}
    row = the_row(criterion(check="coverage", scale=scale), file("a.py", coverage=seen()))
    assert row.outcome is Outcome.NOT_APPLICABLE


def test_unreadable_file_earns_nothing_even_where_optional() -> None:
    files = [file("a.py", lint=complaints(0)), file("b.py", NO_PYTHON)]
    for applies in ("required", "optional"):
        row = the_row(criterion(applies=applies), *files)
        assert (row.outcome, row.points, row.blocking_paths) == (
            Outcome.UNREADABLE,
            Fraction(),
            ("b.py",),
        )
        assert row.why == "b.py cannot be read as Python: nothing is earned until it can."


def test_unreadable_file_harms_no_criterion_that_does_not_take_it() -> None:
    files = [file("a.py", lint=complaints(0)), file("b.py", NO_PYTHON)]
    assert the_row(criterion(exclude=["b.py"]), *files).points == 10


def test_failure_of_ours_withholds_the_points() -> None:
    ledger = judged({"it": criterion(), "other": criterion(5, files=["a.py"])}, *broken())
    row, other = ledger.rows
    assert (row.outcome, row.points, row.blocking_paths) == (Outcome.WITHHELD, None, ("b.py",))
    assert "withheld, not lost" in row.why
    assert other.points == 5
    assert ledger.needs_attention
    total = ledger.total
    assert (total.points, total.at_least, total.max_points) == exact(None, 5, 15)


def broken() -> list[Any]:
    return [file("a.py", lint=complaints(0)), file("b.py", lint=FAILED)]


def test_unreadable_comes_before_failed() -> None:
    row = the_row(criterion(), *broken(), file("c.py", NO_PYTHON))
    assert (row.outcome, row.points, row.blocking_paths) == (
        Outcome.UNREADABLE,
        Fraction(),
        ("c.py",),
    )


def test_file_that_our_grammar_is_too_old_for_withholds_everything() -> None:
    row = the_row(criterion(), file("a.py", FAILED))
    assert (row.outcome, row.points) == (Outcome.WITHHELD, None)


def test_many_names_are_cut_short() -> None:
    files = [file(f"{name}.py", NO_PYTHON) for name in "abcde"]
    assert the_row(criterion(), *files).why.startswith("a.py, b.py, c.py and 2 more cannot be read")
    assert the_row(criterion(), *files[:3]).why.startswith("a.py, b.py, c.py cannot be read")


def test_points_by_hand_are_awaited() -> None:
    ledger = judged({"it": criterion(), "hand": by_hand(5)}, file("a.py", lint=complaints(5)))
    hand, total = ledger.rows[1], ledger.total
    assert (hand.outcome, hand.points, hand.why) == (Outcome.MANUAL, None, BY_HAND)
    assert (total.points, total.at_least, total.max_points, total.awaiting) == exact(5, 5, 15, 5)
    assert not ledger.needs_attention


CAPPING = criterion(10, caps_total_at=4)


def capped(lint: Any, first: Mapping[str, Any] = CAPPING, **more: Any) -> Any:
    criteria = {"cap": first, "rest": criterion(20, check="coverage", scale=SHARED), **more}
    return judged(criteria, file("a.py", lint=lint, coverage=FULL)).total


SHARED = {"measure": "share", "full_at": 100, "zero_at": 0}
FULL = seen(counts={"covered": 7, "whole": 7})


def test_cap_is_in_force_while_nothing_is_earned() -> None:
    total = capped(complaints(10))
    assert (total.points, total.at_least, total.cap, total.capped_by) == (4, 4, 4, "cap")
    total = capped(complaints(9))
    assert (total.points, total.at_least, total.cap, total.capped_by) == (21, 21, None, "")


def test_cap_above_what_is_earned_is_not_told() -> None:
    total = capped(complaints(10), criterion(10, caps_total_at=20))
    assert (total.points, total.cap, total.capped_by) == (20, None, "")


def test_withheld_cap_limits_only_what_is_certain() -> None:
    total = capped(FAILED)
    assert (total.points, total.at_least, total.cap) == (None, 4, None)


def test_cap_by_hand_limits_only_what_is_certain() -> None:
    total = capped(complaints(0), by_hand(10, caps_total_at=4))
    assert (total.points, total.at_least, total.cap, total.awaiting) == (20, 4, None, 10)


def test_cap_in_force_holds_beside_a_withheld_one() -> None:
    other = {"more": criterion(5, check="length", scale=LONG, caps_total_at=2)}
    total = capped(complaints(10), CAPPING, **other)
    assert (total.points, total.capped_by) == (2, "more")
    files = file("a.py", lint=complaints(10), coverage=FULL, length=FAILED)
    criteria = {"cap": CAPPING, "rest": criterion(20, check="coverage", scale=SHARED), **other}
    ledger = judged(criteria, files)
    assert (ledger.total.points, ledger.total.at_least, ledger.total.cap) == exact(None, 2, 4)
    assert points_so_far(ledger.rows) == 4


LONG = {"measure": "longest", "full_at": 0, "zero_at": 9}


def test_cap_of_an_unreadable_or_missing_criterion_is_in_force() -> None:
    assert capped(NOT_APPLICABLE).points == 4
    left_out = capped(NOT_APPLICABLE, CAPPING | {"applies": "optional"})
    assert (left_out.points, left_out.at_least) == (20, 20)
    unreadable = judged({"cap": CAPPING}, file("a.py", NO_PYTHON)).total
    assert (unreadable.points, unreadable.max_points) == exact(0, 10)


def test_lowest_cap_wins() -> None:
    lower = {"low": criterion(5, caps_total_at=3)}
    assert (capped(complaints(10), CAPPING, **lower).capped_by) == "low"


GRADUATED = {"from": 4, "to": 30, "lifts_at": 60}


@pytest.mark.parametrize(
    ("found", "cap"),
    # 10 points less one for each complaint: 4 + 26 × points / 6, and no limit from 6 points on.
    [(10, "4"), (9, "8.3"), (8, "12.7"), (7, "17"), (5, "25.7"), (4, None), (0, None)],
)
def test_a_graduated_cap_rises_with_the_points_of_its_criterion(
    found: int, cap: str | None
) -> None:
    first = criterion(10, caps_total_at=GRADUATED)
    more = {"more": criterion(20, check="coverage", scale=SHARED)}
    total = capped(complaints(found), first, **more)
    earned = 10 - found + 40
    assert total.cap == (None if cap is None else Fraction(cap))
    assert total.capped_by == ("" if cap is None else "cap")
    assert total.points == total.at_least == (earned if cap is None else Fraction(cap))


def test_a_graduated_cap_shows_its_arithmetic() -> None:
    it = criterion(10, caps_total_at=GRADUATED)
    why = the_row(it, file("a.py", lint=complaints(8))).why
    assert why.endswith(" Until it earns 6, the total is at most 12.7: 4 + (30 − 4) × 2 / 6.")
    assert "limited" not in the_row(it, file("a.py", lint=complaints(4))).why
    assert (
        "limited"
        not in the_row(it | {"applies": "optional"}, file("a.py", lint=NOT_APPLICABLE)).why
    )


def test_a_withheld_graduated_cap_limits_what_is_certain_to_its_lowest() -> None:
    total = capped(FAILED, criterion(10, caps_total_at=GRADUATED))
    assert (total.points, total.at_least, total.cap) == (None, 4, None)


def with_statements(path: str, role: Role, counted: int, statements: int = 0) -> FileFacts:
    """Return a file without complaints, with ``counted`` of its ``statements`` (or all)."""
    part = Part(role=role, statements=statements or counted, counted=counted)
    return file(path, lint=complaints(0)).model_copy(update={"part": part})


def test_a_program_smaller_than_the_exercise_asks_for_is_limited() -> None:
    compiled = compiled_rubric_of(
        {"it": criterion()}, smallest={"statements": 20, "caps_total_at": 2}
    )
    small = judge(compiled, facts_of(with_statements("a.py", Role.ENTRY, 19, 30))).total
    assert small.points == small.cap == 2 and not small.capped_by
    assert "at least 20 statements" in small.limited and "yours has 19" in small.limited
    files = (with_statements("a.py", Role.ENTRY, 12), with_statements("b.py", Role.REACHED, 8))
    assert judge(compiled, facts_of(*files)).total.points == 10
    tests = (with_statements("a.py", Role.ENTRY, 12), with_statements("test_a.py", Role.TEST, 8))
    assert judge(compiled, facts_of(*tests)).total.points == 2


def test_leftovers_of_more_than_twice_the_program_limit_the_total() -> None:
    compiled = compiled_rubric_of({"it": criterion(100)})
    program = with_statements("a.py", Role.ENTRY, 10)

    def total(left: int) -> Total:
        return judge(
            compiled, facts_of(program, with_statements("old.py", Role.LEFTOVER, 0, left))
        ).total

    assert total(20).points == 95 and not total(20).limited
    assert (
        total(21).points == 60 and "21 statements, more than twice its own 10" in total(21).limited
    )
    named = compiled_rubric_of({"it": criterion(100, files=["a.py", "old.py"])})
    assert judge(named, facts_of(program)).total.points == 100


def test_a_fault_of_ours_limits_only_what_is_certain() -> None:
    compiled = compiled_rubric_of(
        {"it": criterion()}, smallest={"statements": 20, "caps_total_at": 2}
    )
    total = judge(compiled, facts_of(file("a.py", FAILED))).total
    assert (total.points, total.cap, total.limited) == (None, None, "")


def test_a_limit_beyond_the_total_is_a_mistake() -> None:
    with pytest.raises(BadRubric, match="limits nothing"):
        rubric_of({"it": criterion()}, smallest={"statements": 20, "caps_total_at": 10})


def test_plan_judges_many_and_keeps_no_trace() -> None:
    compiled = compiled_rubric_of({"it": criterion()})
    good = facts_of(file("a.py", lint=complaints(0)))
    bad = facts_of(file("a.py", lint=complaints(9)))
    first = judge(compiled, good)
    assert judge(compiled, bad).total.points == 1
    assert judge(compiled, good) == first


def test_findings_earn_and_cost_nothing() -> None:
    facts = facts_of(file("a.py", lint=complaints(3)), file("b.py", NO_PYTHON))
    compiled = compiled_rubric_of({"it": criterion(), "only": criterion(files=["a.py"])})
    assert judge(compiled, facts.without_findings()) == judge(compiled, facts)
    assert facts.without_findings().with_findings(facts.findings()) == facts
    assert facts.files[1].inspection("lint").state is State.UNREADABLE
