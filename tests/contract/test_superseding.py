"""A newer attempt supersedes an older attempt that no worker has started."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from grader.service.lanes import Lane
from grader.service.records import NewSubmission, SubmissionRecord, SubmissionState
from grader.store.sql_store import Store
from tests.contract.material import (
    LEASE,
    NOW,
    SECOND,
    audit_entries,
    claimed,
    publish,
    result,
    sent,
)

STATE = SubmissionState


@pytest.fixture(autouse=True)
def exercise(store: Store) -> None:
    publish(store)


def newer(student: str = "s1", *, exercise: str = "numbers", callback: str = "") -> NewSubmission:
    return replace(sent(student, exercise=exercise, callback=callback), supersedes=True)


def hand_in(store: Store, new: NewSubmission, *, after: int = 0) -> SubmissionRecord:
    return store.submissions.accept(new, NOW + SECOND * after)[0]


def claims(store: Store) -> Iterator[SubmissionRecord]:
    """Claim rows until none is due, and yield their records."""
    while claim := store.submissions.claim(Lane.LIVE, NOW + SECOND * 99, LEASE):
        yield claim.submission


def begun(store: Store) -> tuple[SubmissionRecord, SubmissionRecord, SubmissionRecord]:
    """Return attempts that are running, queued again after a fault, and graded."""
    version = store.rubrics.newest("numbers")
    assert version is not None
    graded = hand_in(store, newer())
    store.submissions.finish(claimed(store), result(version), NOW)
    running = hand_in(store, newer(), after=1)
    claimed(store, NOW + SECOND)
    given_back = hand_in(store, newer(), after=2)
    later = NOW + SECOND * 2
    store.submissions.release(claimed(store, later), "fault", later, later)
    return running, given_back, graded


def test_only_the_newest_of_the_attempts_that_wait_is_graded(store: Store) -> None:
    made = [hand_in(store, newer(), after=at) for at in range(3)]
    first, second, third = (store.submissions.get(one.id) for one in made)

    assert [one.state for one in (first, second, third)] == [
        STATE.SUPERSEDED,
        STATE.SUPERSEDED,
        STATE.QUEUED,
    ]
    assert (first.superseded_by, second.superseded_by, third.superseded_by) == (
        second.id,
        third.id,
        None,
    )
    assert [one.attempt for one in (first, second, third)] == [1, 2, 3]
    assert [one.id for one in claims(store)] == [third.id]
    assert store.submissions.report(first.id) is None
    entry = [one for one in audit_entries(store) if one.action == "submission.superseded"][0]
    assert (entry.subject, entry.actor) == (second.id, "token-1")


def test_others_and_other_exercises_are_left_alone(store: Store) -> None:
    publish(store, "strings")
    kept = [
        hand_in(store, newer("s2")),
        hand_in(store, newer(exercise="strings")),
        hand_in(store, newer(), after=1),
    ]

    assert {store.submissions.get(one.id).state for one in kept} == {STATE.QUEUED}


def test_what_has_been_begun_is_finished(store: Store) -> None:
    running, given_back, graded = begun(store)
    hand_in(store, newer(), after=9)

    assert store.submissions.get(running.id).state is STATE.RUNNING
    assert store.submissions.get(given_back.id).state is STATE.QUEUED
    assert store.submissions.get(graded.id).state is STATE.GRADED


def test_what_an_lms_waits_for_is_graded(store: Store) -> None:
    waited_for = hand_in(store, newer(callback="https://lms.example"))
    hand_in(store, newer(callback="https://lms.example"), after=1)

    assert store.submissions.get(waited_for.id).state is STATE.QUEUED


def test_what_somebody_asked_to_have_graded_again_is_graded(store: Store) -> None:
    asked = hand_in(store, newer())
    for _ in range(3):
        store.submissions.release(claimed(store), "fault", NOW, NOW)
    store.submissions.retry(asked.id, "teacher", NOW + SECOND)
    hand_in(store, newer(), after=2)

    assert store.submissions.get(asked.id).state is STATE.QUEUED


def test_where_every_attempt_is_wanted_all_of_them_wait(store: Store) -> None:
    made = [hand_in(store, sent(), after=at) for at in range(2)]

    assert {store.submissions.get(one.id).state for one in made} == {STATE.QUEUED}


def test_a_superseded_attempt_is_never_taken_parked_or_retried(store: Store) -> None:
    old = hand_in(store, newer())
    hand_in(store, newer(), after=1)
    while store.submissions.claim(Lane.LIVE, NOW + SECOND * 9, LEASE):
        pass
    swept = store.submissions.sweep(NOW + LEASE * 99)

    assert (swept.requeued, store.submissions.get(old.id).state) == (1, STATE.SUPERSEDED)
    assert store.submissions.page("numbers", state=STATE.SUPERSEDED).items == (
        store.submissions.get(old.id),
    )
    state = store.submissions.queue()
    assert (state.queued, state.running, state.needs_attention) == (1, 0, 0)


def test_an_attempt_is_either_claimed_or_superseded(store: Store) -> None:
    """During uploads and claims at once, each row is claimed or names a newer attempt."""

    def upload(_: int) -> str:
        return hand_in(store, newer(), after=1).id

    def take(_: int) -> list[str]:
        return [one.id for one in claims(store)]

    with ThreadPoolExecutor(6) as pool:
        made = [pool.submit(upload, at) for at in range(24)]
        taken = [pool.submit(take, at) for at in range(3)]
        ids = {one.result() for one in made}
        graded = [one for some in taken for one in some.result()]
    graded += [one.id for one in claims(store)]
    superseded = {one.id for one in store.submissions.page("numbers", state=STATE.SUPERSEDED).items}

    assert len(graded) == len(set(graded))
    assert set(graded) | superseded == ids
    assert not set(graded) & superseded
    newest = max(store.submissions.page("numbers").items, key=lambda one: one.attempt)
    assert newest.id in graded
