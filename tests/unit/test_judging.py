"""Whether facts serve another rubric than the one that they were measured for."""

from __future__ import annotations

from typing import Any

import pytest

from grader.domain.judging import Basis, judge_submission, serves
from tests.unit.domain_material import (
    ENGINE,
    FAILED,
    compiled_rubric_of,
    complaints,
    criterion,
    facts_of,
    file,
)

FACTS = facts_of(file("a.py", lint=complaints(2)))


def basis(*, more: dict[str, Any] | None = None, **given: Any) -> Basis:
    return Basis.of(compiled_rubric_of({"it": criterion(**given)}, **(more or {})))


@pytest.mark.parametrize(
    "edited",
    [
        basis(points=25),
        basis(scale={"measure": "uses", "full_at": 10, "zero_at": 0}),
        basis(title="Another title", applies="optional", files=["src/**"]),
        basis(more={"feedback": {"tone": "strict"}, "starter": {"a.py": "x = 1\n"}}),
    ],
)
def test_points_scales_and_words_are_judged_again_without_measuring(edited: Basis) -> None:
    assert serves(FACTS, basis(), edited, ENGINE)


@pytest.mark.parametrize(
    "edited",
    [
        basis(options={"width": 100}),
        basis(check="coverage", scale={"measure": "share", "full_at": 90, "zero_at": 0}),
        basis(files=["main.py"]),
        basis(more={"intake": {"notebooks": "accepted"}}),
    ],
)
def test_what_was_not_measured_is_measured(edited: Basis) -> None:
    assert not serves(FACTS, basis(), edited, ENGINE)
    assert edited.key(ENGINE) != basis().key(ENGINE)


def test_a_rubric_that_asks_for_less_is_served() -> None:
    both = Basis.of(
        compiled_rubric_of({"one": criterion(), "two": criterion(options={"width": 9})})
    )

    assert serves(FACTS, both, basis(), ENGINE)
    assert not serves(FACTS, basis(), both, ENGINE)


def test_another_engine_measures_anew() -> None:
    newer = ENGINE.model_copy(update={"checks": {"lint": 2}})

    assert not serves(FACTS, basis(), basis(), newer)
    assert basis().key(newer) != basis().key(ENGINE)


@pytest.mark.parametrize("failed", [file("a.py", FAILED), file("a.py", lint=FAILED)])
def test_what_failed_on_our_side_is_measured_anew(failed: Any) -> None:
    assert not serves(facts_of(failed), basis(), basis(), ENGINE)


def test_the_ledger_is_that_of_the_given_rubric() -> None:
    compiled = compiled_rubric_of({"it": criterion(points=20)})

    assert judge_submission(compiled, FACTS, None).ledger.total.points == 16
