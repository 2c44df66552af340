"""Readiness asks all parts at once, waits for none of them for long, and asks no part twice."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest

from grader.domain.errors import StoreUnavailable
from grader.service import readiness
from grader.service.readiness import NotReady, Part, PartState, Readiness


class Stuck:
    """A check that answers only when it is let go; ``asked`` counts its calls."""

    def __init__(self) -> None:
        self.asked = 0
        self.gone = Event()

    def __call__(self) -> None:
        self.asked += 1
        self.gone.wait(60)


@pytest.fixture
def stuck() -> Iterator[Stuck]:
    """Return a check that is let go at the end of the test."""
    check = Stuck()
    yield check
    check.gone.set()


@pytest.fixture(autouse=True)
def forgetful(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep no answer."""
    monkeypatch.setattr(readiness, "KEPT", 0.0)


def part(check: object) -> Part:
    return Part("part", "It works.", check)  # type: ignore[arg-type]


def only(asked: Readiness) -> PartState:
    (state,) = asked.states()
    return state


def test_each_part_says_what_is_wrong_with_it() -> None:
    def broken() -> None:
        raise NotReady("It is full.", {"free": 0})

    def away() -> None:
        raise StoreUnavailable("The database does not answer.")

    def mistaken() -> None:
        raise ZeroDivisionError

    checks = (lambda: {"free": 7}, broken, away, mistaken)
    states = Readiness([part(check) for check in checks]).states()
    assert [(one.is_ready, one.detail, one.figures) for one in states] == [
        (True, "", {"free": 7}),
        (False, "It is full.", {"free": 0}),
        (False, "The database does not answer.", {}),
        (False, "It cannot be checked (ZeroDivisionError).", {}),
    ]


def test_a_part_that_does_not_answer_holds_up_nobody(stuck: Stuck) -> None:
    asked = Readiness([part(stuck), part(lambda: None)])
    for _ in range(2):
        first, second = asked.states()
        assert not first.is_ready and "has not answered" in first.detail
        assert second.is_ready
    assert stuck.asked == 1


def test_a_part_that_answers_again_is_ready(stuck: Stuck) -> None:
    asked = Readiness([part(stuck)])
    assert not only(asked).is_ready
    stuck.gone.set()
    assert only(asked).is_ready


def test_all_who_ask_together_share_an_answer(
    stuck: Stuck, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(readiness, "KEPT", 60.0)
    asked = Readiness([part(stuck)])
    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda _: asked.states(), range(20)))
    assert all(answer is answers[0] for answer in answers)
