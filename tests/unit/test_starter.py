"""Subtracting the facts of starter files from the facts of a submission."""

from __future__ import annotations

from typing import Any

import pytest

from grader.domain.check import AnyCheck
from grader.domain.facts import FileFacts, SubmissionFacts
from grader.domain.inspection import Facts, Finding, Inspection, State
from grader.domain.report.building import build_report
from grader.domain.rubric import CODE_LINES, CompiledRubric
from grader.domain.scoring import Outcome, judge
from grader.domain.starter import pair_paths, subtract, subtract_sizes, subtract_starter
from tests.unit.domain_material import (
    CATALOG,
    FAILED,
    NO_PYTHON,
    NOT_APPLICABLE,
    check,
    compiled_rubric_of,
    complaints,
    criterion,
    facts_of,
    file,
    seen,
)

KNOWN: dict[str, AnyCheck] = {**CATALOG, CODE_LINES: check(CODE_LINES, gradable=False)}
LONG = {"measure": "functions_over", "limit": 20, "full_at": 0, "zero_at": 10}


def compiled(**given: Any) -> CompiledRubric:
    return compiled_rubric_of({"it": criterion(**given)}, KNOWN, starter={"a.py": "x = 1\n"})


def lined(path: str, lines: dict[int, int], **inspections: Inspection) -> FileFacts:
    """Return the facts of a file with the code ``lines`` and a hash that no other file has."""
    found = seen(histograms={CODE_LINES: lines}) if lines else NOT_APPLICABLE
    made = file(path, **inspections, **{CODE_LINES: found})
    return made.model_copy(update={"sha256": f"{path}{sorted(lines.items())}{inspections}"})


def owned(mine: FileFacts, *given: FileFacts, **how: Any) -> FileFacts:
    (found,) = subtract_starter(compiled(**how), facts_of(mine), facts_of(*given)).files
    return found


def test_without_a_starter_everything_is_the_students() -> None:
    facts = facts_of(lined("a.py", {1: 1}))
    assert subtract_starter(compiled(), facts, None) is facts


@pytest.mark.parametrize(
    ("paths", "given", "expected"),
    [
        (["a.py", "b.py"], ["a.py"], {"a.py": "a.py"}),
        (["work/a.py", "work/sub/a.py"], ["a.py"], {"work/a.py": "a.py"}),
        (["s123/pkg/a.py"], ["pkg/a.py"], {"s123/pkg/a.py": "pkg/a.py"}),
        (["elsewhere/a.py"], ["pkg/a.py"], {"elsewhere/a.py": "pkg/a.py"}),
        (["x/a.py", "y/a.py"], ["pkg/a.py"], {}),
        (["data.py"], ["a.py"], {}),
        (["pkg/a.py"], ["a.py", "pkg/a.py"], {"pkg/a.py": "pkg/a.py"}),
        (
            ["a.py", "pkg/a.py"],
            ["a.py", "pkg/a.py"],
            {"a.py": "a.py", "pkg/a.py": "pkg/a.py"},
        ),
    ],
)
def test_files_are_paired_by_the_end_of_their_path(
    paths: list[str], given: list[str], expected: dict[str, str]
) -> None:
    assert pair_paths(paths, given) == expected


@pytest.mark.parametrize("lines", [{1: 2, 2: 1}, {1: 1}])
def test_a_file_without_a_line_of_ones_own_counts_for_nothing(lines: dict[int, int]) -> None:
    mine = lined("a.py", lines, lint=complaints(3, Finding(code="A1", message="one")))
    found = owned(mine, lined("a.py", {1: 2, 2: 1}, lint=complaints(1)))
    assert found.handed_out
    assert {one.state for one in found.inspections.values()} == {State.NOT_APPLICABLE}


@pytest.mark.parametrize("lines", [{1: 1, 2: 1, 3: 1}, {2: 1}])
def test_a_copy_under_another_name_is_as_handed_out(lines: dict[int, int]) -> None:
    given = lined("a.py", {1: 1, 2: 1, 3: 1}, lint=complaints(1))
    assert owned(lined("copy.py", lines), given).handed_out


def test_a_change_under_another_name_is_a_changed_starter_file() -> None:
    given = lined("a.py", {1: 1, 2: 1, 3: 1}, lint=complaints(1))
    renamed = owned(lined("b.py", {1: 1, 2: 1, 9: 1}, lint=complaints(3)), given)
    assert renamed.inspections["lint"].facts.counts == {"complaints": 2}
    new = lined("b.py", {1: 1, 2: 1, 8: 1, 9: 1}, lint=complaints(3))
    assert owned(new, given) == new


def test_a_file_that_was_emptied_is_no_longer_what_was_handed_out() -> None:
    mine = lined("a.py", {}, lint=complaints(0))
    assert owned(mine, lined("a.py", {1: 1}, lint=complaints(2))) == mine


def test_another_file_of_the_same_name_is_the_students() -> None:
    mine = lined("a.py", {7: 1}, lint=complaints(3))
    assert owned(mine, lined("a.py", {1: 1}, lint=complaints(2))) == mine


def test_what_cannot_be_read_is_the_students() -> None:
    mine = file("a.py", NO_PYTHON)
    assert owned(mine, lined("a.py", {1: 1})) == mine


def test_of_a_changed_file_the_difference_counts() -> None:
    mine = lined("a.py", {1: 1, 2: 1}, lint=complaints(5))
    found = owned(mine, lined("a.py", {1: 1}, lint=complaints(3)))
    assert not found.handed_out
    assert found.inspections["lint"].facts.counts == {"complaints": 2}
    assert found.starter_deltas["lint"].submitted.counts == {"complaints": 5}


def test_facts_from_before_there_was_a_starter_are_judged_too() -> None:
    given = lined("a.py", {1: 1}, lint=complaints(3))
    old = file("a.py", lint=complaints(5))
    assert CODE_LINES not in old.inspections
    assert owned(old, given).inspections["lint"].facts.counts == {"complaints": 2}
    assert owned(old.model_copy(update={"sha256": given.sha256}), given).handed_out


def test_what_failed_on_our_side_stays_told() -> None:
    given = lined("a.py", {1: 1}, lint=FAILED)
    unchanged = owned(lined("a.py", {1: 1}, lint=FAILED), given)
    changed = owned(lined("a.py", {1: 1, 2: 1}, lint=complaints(1)), given)
    assert unchanged.inspections["lint"] == changed.inspections["lint"] == FAILED


def test_counts_and_sizes_less_the_starters() -> None:
    mine = Facts(
        counts={"functions": 4, "calls": 1},
        maxima={"lengths": 30, "outside": 7, "covered": 4},
        histograms={"lengths": {30: 1, 12: 2}, "covered": {4: 1}},
    )
    given = Facts(
        counts={"functions": 3, "calls": 2},
        maxima={"lengths": 12, "outside": 5, "covered": 9},
        histograms={"lengths": {12: 1}, "covered": {9: 1}},
    )
    assert subtract(mine, given) == Facts(
        counts={"functions": 1, "calls": 0},
        maxima={"lengths": 30, "outside": 2},
        histograms={"lengths": {30: 1, 12: 1}, "covered": {}},
    )


@pytest.mark.parametrize(
    ("mine", "given", "left"),
    [
        ({40: 1}, {40: 1}, {}),
        ({45: 1}, {40: 1}, {45: 1}),
        ({35: 1}, {40: 1}, {}),
        ({35: 2}, {40: 1}, {35: 1}),
        ({50: 1, 10: 1}, {40: 1}, {50: 1}),
        ({1: 3}, {}, {1: 3}),
    ],
)
def test_a_size_is_covered_by_one_as_large(
    mine: dict[int, int], given: dict[int, int], left: dict[int, int]
) -> None:
    assert subtract_sizes(mine, given) == left


def test_an_index_of_the_whole_file_is_judged_as_it_stands() -> None:
    mine = lined("a.py", {1: 1, 2: 1}, lint=seen(counts={"lines": 9}, minima={"index": 40}))
    given = lined("a.py", {1: 1}, lint=seen(counts={"lines": 5}, minima={"index": 60}))
    assert owned(mine, given).inspections == mine.inspections


def told(*findings: Finding) -> Inspection:
    return seen(State.OK, *findings, counts={"complaints": len(findings)})


def test_findings_that_were_handed_out_are_not_shown() -> None:
    given = told(Finding(code="A1", line=1, message="old"), Finding(code="B2", message="old"))
    mine = told(
        Finding(code="A1", line=3, message="new"),
        Finding(code="A1", line=9, column=4, message="old"),
        Finding(code="B2", message="told otherwise now"),
    )
    pair = lined("a.py", {1: 1, 2: 1}, lint=mine), lined("a.py", {1: 1}, lint=given)
    left = owned(*pair).inspections["lint"].findings
    assert [(one.line, one.message) for one in left] == [(3, "new")]


def test_a_finding_was_handed_out_whether_its_line_is_shown_or_not() -> None:
    old = Finding(code="A1", message="old", before="x == None", after="x is None")
    mine = told(Finding(code="A1", message="old"), Finding(code="A1", line=9, message="new"))
    pair = lined("a.py", {1: 1, 2: 1}, lint=mine), lined("a.py", {1: 1}, lint=told(old))
    assert [one.message for one in owned(*pair).inspections["lint"].findings] == ["new"]


def test_a_finding_with_a_size_counts_once_it_grows() -> None:
    given = told(*(Finding(code="L", message=f"f{size}", value=size) for size in (30, 40)))
    mine = told(*(Finding(code="L", message=f"f{size}", value=size) for size in (25, 45)))
    pair = lined("a.py", {1: 1, 2: 1}, lint=mine), lined("a.py", {1: 1}, lint=given)
    assert [one.value for one in owned(*pair).inspections["lint"].findings] == [45]


def judged(mine: Inspection, given: Inspection, name: str, **how: Any) -> Any:
    scheme = compiled(check=name, **how)
    facts = facts_of(lined("a.py", {1: 1, 2: 1}, **{name: mine}))
    starter = facts_of(lined("a.py", {1: 1}, **{name: given}))
    return judge(scheme, subtract_starter(scheme, facts, starter)).rows[0]


def test_functions_that_were_all_handed_out_are_not_blamed() -> None:
    sizes = seen(maxima={"lengths": 30}, histograms={"lengths": {30: 2}})
    row = judged(sizes, sizes, "length", scale=LONG)
    assert (row.outcome, row.value, row.points) == (Outcome.SCORED, 0, 10)


def test_praise_for_what_was_all_handed_out_is_not_earned() -> None:
    scale = {"measure": "share", "full_at": 100, "zero_at": 0}
    covered = seen(counts={"whole": 4, "covered": 4})
    row = judged(covered, covered, "coverage", scale=scale)
    assert (row.outcome, row.points) == (Outcome.NOT_APPLICABLE, 0)
    left_out = judged(covered, covered, "coverage", scale=scale, applies="optional")
    assert (left_out.outcome, left_out.counted) == (Outcome.NOT_APPLICABLE, False)


def test_a_share_never_exceeds_the_whole() -> None:
    scale = {"measure": "share", "full_at": 100, "zero_at": 0}
    mine = seen(counts={"whole": 6, "covered": 6})
    row = judged(mine, seen(counts={"whole": 4}), "coverage", scale=scale)
    assert (row.value, row.points) == (100, 10)


def reported(*pairs: tuple[FileFacts, FileFacts]) -> Any:
    facts, given = (facts_of(*each) for each in zip(*pairs, strict=True))
    return build_report(compiled(), facts, digest="r", starter=given)


def test_the_report_says_what_was_handed_out() -> None:
    report = reported(
        (lined("a.py", {1: 1}), lined("a.py", {1: 1})),
        (
            lined("b.py", {1: 1, 2: 1}, lint=complaints(0)),
            lined("b.py", {1: 1}, lint=complaints(0)),
        ),
    )
    assert [line.handed_out for line in report.files] == [True, False]
    assert report.notes == (
        "As handed out, so neither blamed nor praised: a.py.",
        "You were given a part of b.py: only what you wrote yourself counts there, for and"
        " against you.",
    )


def test_what_is_judged_apart_is_never_stored() -> None:
    facts = facts_of(lined("a.py", {1: 1, 2: 1}, lint=complaints(5)))
    given = facts_of(lined("a.py", {1: 1}, lint=complaints(3)))
    mine = subtract_starter(compiled(), facts, given)
    assert mine.files[0].starter_deltas
    assert not SubmissionFacts.model_validate_json(mine.model_dump_json()).files[0].starter_deltas
    assert (
        "starter_deltas" not in mine.model_dump_json()
        and "handed_out" not in mine.model_dump_json()
    )
