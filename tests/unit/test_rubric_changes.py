"""Two rubrics are compared in words, by criterion."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from grader.bootstrap import read_rubric
from grader.domain.rubric.changes import Change, rubric_changes
from grader.engine.rubric_text import patch_rubric_text

TEXT = """\
exercise: hw
course: mlops
title: Homework
total: 10
criteria:
  formatted:
    title: Formatted
    points: 4
    check: formatting
    scale: {measure: lines_rate, full_at: 0, zero_at: 50}
  documented:
    title: Docstrings
    points: 6
    check: docstrings
    scale: {measure: coverage, full_at: 100, zero_at: 40}
"""
BY_HAND = {"title": "Explained", "points": Decimal("2.5"), "check": "manual"}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, []),
        (
            {"total": 15, "criteria": {"documented": {"points": 11}}},
            [("", "total: 10 -> 15"), ("documented", "Docstrings: 6 -> 11 points")],
        ),
        (
            {"criteria": {"documented": {"title": "Explained"}}},
            [("documented", 'Explained: title: "Docstrings" -> "Explained"')],
        ),
        (
            {"total": Decimal("12.5"), "criteria": {"by_hand": BY_HAND}},
            [("", "total: 10 -> 12.5"), ("by_hand", "Explained: new, 2.5 points")],
        ),
        (
            {"names": ["calcTotal", "runGame"]},
            [("", "names: calcTotal, runGame are prescribed, and spared")],
        ),
        (
            {"total": 4, "criteria": {"documented": None}},
            [("", "total: 10 -> 4"), ("documented", "Docstrings: removed, it had 6 points")],
        ),
        (
            {"criteria": {"formatted": {"options": {"line_length": 100}, "caps_total_at": 5}}},
            [
                ("formatted", "Formatted: options.line_length: 100, before not set"),
                ("formatted", "Formatted: caps_total_at: 5, before not set"),
            ],
        ),
        ({"description": "x" * 61}, [("", "description: changed")]),
        (
            {"feedback": {"patch": False}, "starter": {"a.py": "x = 1\n"}},
            [
                ("", "feedback.patch: true -> false"),
                ("", 'starter.a.py: "x = 1\\n", before not set'),
            ],
        ),
    ],
)
def test_each_difference_is_a_sentence(
    changes: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    before, after = read_rubric(TEXT), read_rubric(patch_rubric_text(TEXT, changes))
    assert rubric_changes(before, after) == tuple(Change(*one) for one in expected)


def test_comments_and_the_spelling_of_numbers_are_no_difference() -> None:
    other = TEXT.replace("points: 4", "points: 4.0").replace("total: 10", "total: 10 # all")
    assert rubric_changes(read_rubric(TEXT), read_rubric(other)) == ()


def test_another_order_is_named() -> None:
    head, _, criteria = TEXT.partition("  formatted:\n")
    formatted, _, documented = criteria.partition("  documented:\n")
    other = f"{head}  documented:\n{documented}  formatted:\n{formatted}"
    (change,) = rubric_changes(read_rubric(TEXT), read_rubric(other))
    assert change == Change("", "criteria: in another order")


def test_names_that_the_exercise_prescribes_are_compared_one_by_one() -> None:
    before = read_rubric(f"{TEXT}names: [calcTotal, runGame]\n")
    after = read_rubric(f"{TEXT}names: [runGame, movePlayer, calcTotal]\n")
    again = read_rubric(f"{TEXT}names: [calcTotal, runGame, runGame]\n")
    assert rubric_changes(before, after) == (
        Change("", "names: movePlayer is prescribed, and spared"),
    )
    assert rubric_changes(after, before) == (
        Change("", "names: movePlayer is no longer prescribed"),
    )
    assert rubric_changes(before, again) == ()
