"""The order of claims when many submissions wait, and the positions that are shown."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, cast

import pytest
from sqlalchemy import insert

from grader.service.estimate import QueuePosition, Throughput
from grader.service.lanes import Lane
from grader.service.queue_positions import QueuePositions
from grader.service.records import Claim, SubmissionRecord
from grader.store.database import Database
from grader.store.sql_store import Store
from grader.store.tables import submissions
from tests.contract.material import LEASE, NOW, SECOND, publish, result, sent

REGRADES = 1_000


class At:
    """A clock that moves only if ``time`` is set."""

    def __init__(self, time: datetime) -> None:
        self.time = time

    def now(self) -> datetime:
        return self.time


LATER = NOW + SECOND * 60


@pytest.fixture(autouse=True)
def exercises(store: Store) -> None:
    for at in range(5):
        publish(store, f"numbers-{at}")


def hand_in(store: Store, student: str, *, after: int = 0, exercise: int = 0) -> SubmissionRecord:
    new = sent(student, exercise=f"numbers-{exercise}")
    return store.submissions.accept(new, NOW + SECOND * after)[0]


def next_of(store: Store, now: datetime = LATER) -> Claim | None:
    """Claim the next row like a worker: from the live lane first, then from the other."""
    for lane in Lane:
        claim = store.submissions.claim(lane, now, LEASE)
        if claim:
            return claim
    return None


def finish(store: Store, claim: Claim, now: datetime = LATER) -> None:
    version = store.rubrics.newest(claim.submission.exercise)
    assert version is not None
    assert store.submissions.finish(claim, result(version), now)


def regrade_all(store: Store, url: str) -> None:
    """Add a row of each of many students to the lane for regrades."""
    model = hand_in(store, "model")
    database = Database(url)
    with database.write() as connection:
        row = dict(connection.execute(submissions.select()).one()._mapping)
        many = [
            row
            | {"id": f"{model.id}-{at}", "student": f"s{at}", "attempt": 0}
            | {"lane": Lane.REGRADE.value}
            for at in range(REGRADES)
        ]
        connection.execute(insert(submissions), many)
        connection.execute(submissions.delete().where(submissions.c.id == model.id))
    database.close()


@pytest.mark.parametrize("workers", [1, 3])
def test_a_regrade_of_a_class_delays_an_upload_by_one_running_job_of_each_worker(
    store: Store, url: str, workers: int
) -> None:
    regrade_all(store, url)
    running = [next_of(store) for _ in range(workers)]
    uploads = [hand_in(store, f"s{at}", after=at).id for at in range(10)]
    taken = []
    for claim in running:  # each worker finishes its row and claims the next
        assert claim is not None and claim.submission.lane is Lane.REGRADE
        finish(store, claim)
        following = next_of(store)
        assert following is not None
        taken.append(following.submission.id)
    taken += [claim.submission.id for _ in uploads[workers:] if (claim := next_of(store))]

    assert taken == uploads
    last = next_of(store)
    assert last is not None and last.submission.lane is Lane.REGRADE


def test_fifty_uploads_of_one_student_do_not_delay_another_s_one(store: Store) -> None:
    for at in range(50):
        hand_in(store, "eager", after=at, exercise=at % 5)
    running = next_of(store)
    late = hand_in(store, "late", after=55)
    assert running is not None
    finish(store, running)

    following = next_of(store)
    assert following is not None
    assert following.submission.id == late.id


@pytest.mark.parametrize("seed", range(3))
def test_the_order_of_claims_is_foreseen(store: Store, seed: int) -> None:
    chance = random.Random(seed)
    before = [(chance.choice("abc"), exercise) for exercise in range(4)]
    for at, (student, exercise) in enumerate(before):  # some have running rows by now
        hand_in(store, student, after=at, exercise=exercise)
    for _ in range(chance.randint(1, 4)):
        busy = store.submissions.claim(Lane.LIVE, NOW + SECOND * 5, LEASE)
        if busy and chance.random() < 0.5:
            finish(store, busy, NOW + SECOND * 5)
    pairs = [(student, exercise) for student in "abcdef" for exercise in range(5)]
    for at, (student, exercise) in enumerate(chance.choices(pairs, k=16)):
        hand_in(store, student, after=10 + at, exercise=exercise)
    predicted = store.submissions.queue_order(Lane.LIVE, LATER)
    order = []
    while claim := store.submissions.claim(Lane.LIVE, LATER, LEASE):
        order.append(claim.submission.id)

    assert predicted == order and len(order) >= 14


def test_a_queued_submission_has_a_position(store: Store, url: str) -> None:
    regrade_all(store, url)
    made = [hand_in(store, "s1", after=at) for at in range(3)]
    other = hand_in(store, "s2", after=5)
    positions = QueuePositions(store, At(LATER))
    last = store.submissions.page("numbers-0", limit=5).items[-1]

    assert [position(positions, one) for one in (*made, other)] == [4, 3, 1, 2]
    assert last.lane is Lane.REGRADE
    assert position(positions, last) == 4 + REGRADES
    claim = next_of(store)
    assert claim is not None and positions.of(claim.submission) is None


def position(positions: QueuePositions, record: SubmissionRecord) -> int:
    place = positions.of(record)
    assert place is not None
    return place.position


class Counting:
    """A store with a long queue that counts how often the order of the queue is read."""

    def __init__(self, store: Store) -> None:
        self.submissions, self._store, self.reads = self, store, 0

    def queue_order(self, lane: Lane, now: datetime) -> Sequence[str]:
        self.reads += 1
        return [f"id-{at}" for at in range(20_000)]

    def throughput(self, now: datetime) -> Throughput:
        return self._store.submissions.throughput(now)


def test_a_computed_order_is_cached_by_its_length(store: Store) -> None:
    waiting = hand_in(store, "s1")
    counting, clock = Counting(store), At(LATER)
    positions = QueuePositions(cast(Any, counting), clock)
    for _ in range(100):
        assert position(positions, waiting) == 20_001
        clock.time += SECOND / 12
    assert counting.reads == 1

    clock.time += SECOND * 3
    assert position(positions, waiting) == 20_001
    clock.time -= SECOND * 60
    assert position(positions, waiting) == 20_001
    assert counting.reads == 3


def test_the_estimate_comes_from_recent_gradings(store: Store) -> None:
    """With two workers and 10 s a grading, the third row starts when the first two have ended."""

    def place(record: SubmissionRecord, now: datetime) -> QueuePosition | None:
        return QueuePositions(store, At(now)).of(record)

    nothing_known = place(hand_in(store, "s0"), NOW)
    hand_in(store, "s1")
    pair = [store.submissions.claim(Lane.LIVE, NOW + SECOND, LEASE) for _ in range(2)]
    now = NOW + SECOND * 11
    for claim in pair:
        assert claim is not None
        finish(store, claim, now)
    waiting = [hand_in(store, f"t{at}", after=11) for at in range(4)]

    assert nothing_known == QueuePosition(1, None)
    assert [place(one, now) for one in waiting] == [
        QueuePosition(1, 10),
        QueuePosition(2, 10),
        QueuePosition(3, 15),
        QueuePosition(4, 20),
    ]
    assert place(waiting[3], now + timedelta(minutes=1)) == QueuePosition(4, None)  # no worker
