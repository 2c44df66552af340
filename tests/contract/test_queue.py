from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from grader.domain.errors import Conflict, NotFound
from grader.service.lanes import Lane
from grader.service.records import SubmissionRecord, SubmissionState
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


def accept(store: Store, student: str = "s1", *, after: int = 0) -> SubmissionRecord:
    return store.submissions.accept(sent(student), NOW + SECOND * after)[0]


def parked(store: Store) -> SubmissionRecord:
    """Return a submission that needs attention, after all its tries failed."""
    record = accept(store)
    for at in range(3):
        store.submissions.release(claimed(store), f"fault {at}", NOW, NOW)
    return store.submissions.get(record.id)


def test_nothing_to_claim(store: Store) -> None:
    assert store.submissions.claim(Lane.LIVE, NOW, LEASE) is None


def test_a_claim_is_committed_before_any_work(store: Store) -> None:
    record = accept(store)
    claim = claimed(store)

    assert claim.data == b"print(1)\n"
    assert claim.submission.id == record.id
    assert store.submissions.get(record.id) == claim.submission
    assert (claim.submission.state, claim.submission.tries) == (STATE.RUNNING, 1)
    assert store.submissions.claim(Lane.LIVE, NOW, LEASE) is None


def test_a_lane_has_its_own_rows(store: Store) -> None:
    accept(store)

    assert store.submissions.claim(Lane.REGRADE, NOW, LEASE) is None


def test_who_waits_longest_goes_first(store: Store) -> None:
    made = [accept(store, f"s{at}", after=at).id for at in range(4)]

    assert [claimed(store, NOW + SECOND * 9).submission.id for _ in made] == made


def test_a_burst_of_one_student_lets_others_pass(store: Store) -> None:
    for at in range(3):
        accept(store, "eager", after=at)
    accept(store, "late", after=3)
    accept(store, "later", after=4)
    order = [claimed(store, NOW + SECOND * 9).submission.student for _ in range(5)]

    assert order == ["eager", "late", "later", "eager", "eager"]


def test_who_was_graded_lately_waits_for_who_was_not(store: Store) -> None:
    version = publish(store, base=1)
    accept(store, "a")
    store.submissions.finish(claimed(store), result(version), NOW)
    accept(store, "a", after=1)
    accept(store, "b", after=2)

    assert claimed(store, NOW + SECOND * 3).submission.student == "b"


def test_what_was_graded_long_ago_is_forgotten(store: Store) -> None:
    version = publish(store, base=1)
    accept(store, "a")
    store.submissions.finish(claimed(store), result(version), NOW)
    hour = 3600
    accept(store, "a", after=hour)
    accept(store, "b", after=hour + 1)

    assert claimed(store, NOW + SECOND * (hour + 2)).submission.student == "a"


def test_fewest_running_goes_first(store: Store) -> None:
    for at, student in enumerate(["a", "a", "b", "a", "b"]):
        accept(store, student, after=at)
    order = [claimed(store, NOW + SECOND * 9).submission.student for _ in range(5)]

    assert order == ["a", "b", "a", "b", "a"]


def test_the_newest_attempt_of_a_student_goes_first(store: Store) -> None:
    for at in range(3):
        accept(store, after=at)
    attempts = [claimed(store, NOW + SECOND * 9).submission.attempt for _ in range(3)]

    assert attempts == [3, 2, 1]


def test_students_of_one_name_in_two_courses_are_two(store: Store) -> None:
    publish(store, "other", course="second")
    accept(store, "a")
    accept(store, "a", after=1)
    store.submissions.accept(sent("a", exercise="other"), NOW + SECOND * 2)
    order = [claimed(store, NOW + SECOND * 9).submission.course for _ in range(3)]

    assert order == ["mlops", "second", "mlops"]


@pytest.mark.slow
def test_many_threads_claim_every_row_once(store: Store) -> None:
    ids = {accept(store, f"s{at % 7}", after=at).id for at in range(200)}
    now = NOW + SECOND * 200

    def work(_: int) -> list[str]:
        mine = []
        while claim := store.submissions.claim(Lane.LIVE, now, LEASE):
            mine.append(claim.submission.id)
        return mine

    with ThreadPoolExecutor(8) as pool:
        taken = [one for mine in pool.map(work, range(8)) for one in mine]

    assert len(taken) == 200
    assert set(taken) == ids


def test_a_row_that_is_given_back_waits_for_its_time(store: Store) -> None:
    record = accept(store)
    later = NOW + timedelta(seconds=30)

    assert store.submissions.release(claimed(store), "the engine broke", NOW, later)
    assert store.submissions.get(record.id).state is STATE.QUEUED
    assert store.submissions.claim(Lane.LIVE, later - SECOND, LEASE) is None
    assert claimed(store, later).submission.tries == 2


def test_after_its_last_try_a_row_waits_for_a_person(store: Store) -> None:
    record = parked(store)

    assert (record.state, record.problem) == (STATE.NEEDS_ATTENTION, "fault 2")
    assert record.tries == 3
    assert store.submissions.claim(Lane.LIVE, NOW + LEASE * 9, LEASE) is None
    assert store.submissions.archive(record.id)[0] == b"print(1)\n"


def test_only_the_holder_gives_back(store: Store) -> None:
    accept(store)
    lost = claimed(store)
    held = claimed(store, NOW + LEASE)

    assert not store.submissions.release(lost, "late", NOW, NOW)
    assert store.submissions.release(held, "in time", NOW, NOW)
    assert not store.submissions.release(held, "twice", NOW, NOW)


def test_a_lease_that_ran_out_is_claimed_again(store: Store) -> None:
    accept(store)
    first = claimed(store)

    assert store.submissions.claim(Lane.LIVE, NOW + LEASE - SECOND, LEASE) is None
    second = claimed(store, NOW + LEASE)
    assert second.submission.id == first.submission.id
    assert second.submission.tries == 2
    assert second.token > first.token


def test_what_kills_its_worker_is_parked_by_the_sweep(store: Store) -> None:
    record = accept(store)
    now = NOW
    for _ in range(3):
        claimed(store, now)
        now += LEASE
    assert store.submissions.claim(Lane.LIVE, now, LEASE) is None

    swept = store.submissions.sweep(now)
    assert (swept.requeued, swept.parked, swept.due_lanes) == (0, 1, ())
    left = store.submissions.get(record.id)
    assert left.state is STATE.NEEDS_ATTENTION
    assert "worker was lost" in left.problem


def test_a_sweep_puts_back_what_lost_its_worker(store: Store) -> None:
    record = accept(store)
    held = claimed(store)
    alive = store.submissions.sweep(NOW + LEASE - SECOND)
    swept = store.submissions.sweep(NOW + LEASE)

    assert (alive.requeued, alive.due_lanes) == (0, ())
    assert (swept.requeued, swept.parked, swept.due_lanes) == (1, 0, (Lane.LIVE,))
    assert store.submissions.get(record.id).state is STATE.QUEUED
    assert not store.submissions.finish(held, result(publish(store, base=1)), NOW + LEASE)


def test_a_clock_that_went_back_puts_off_nothing(store: Store) -> None:
    hour, pause = timedelta(hours=1), SECOND * 2
    held = accept(store, "held", after=3600)
    assert claimed(store, NOW + hour).submission.id == held.id
    waits = accept(store, "waits", after=3600)
    assert store.submissions.sweep(NOW).due_lanes == ()

    assert store.submissions.clamp_times(NOW, LEASE, pause) == 2
    assert store.submissions.clamp_times(NOW, LEASE, pause) == 0
    assert store.submissions.claim(Lane.LIVE, NOW, LEASE) is None
    assert claimed(store, NOW + pause).submission.id == waits.id
    assert claimed(store, NOW + LEASE).submission.id == held.id


def test_what_is_put_off_on_purpose_stays_so(store: Store) -> None:
    accept(store, "held")
    claimed(store)
    accept(store, "given back", after=1)
    store.submissions.release(claimed(store, NOW + SECOND), "fault", NOW, NOW + SECOND * 2)

    assert store.submissions.clamp_times(NOW, LEASE, SECOND * 2) == 0


def test_a_lane_is_due_when_its_first_row_is(store: Store) -> None:
    accept(store)
    store.submissions.release(claimed(store), "fault", NOW, NOW + SECOND)

    assert store.submissions.sweep(NOW).due_lanes == ()
    assert store.submissions.sweep(NOW + SECOND).due_lanes == (Lane.LIVE,)


def test_a_retry_gives_fresh_tries_and_an_audit_entry(store: Store) -> None:
    record = parked(store)
    queued = store.submissions.retry(record.id, "teacher", NOW + SECOND)

    assert (queued.state, queued.tries, queued.problem) == (STATE.QUEUED, 0, "")
    entry = audit_entries(store, limit=1)[0]
    assert (entry.actor, entry.action) == ("teacher", "submission.retried")
    assert entry.subject == record.id
    assert claimed(store, NOW + SECOND).submission.tries == 1


def test_a_token_rises_over_a_retry(store: Store) -> None:
    record = accept(store)
    old = [claimed(store, NOW + LEASE * at) for at in range(3)][-1]
    store.submissions.sweep(NOW + LEASE * 3)
    store.submissions.retry(record.id, "teacher", NOW + LEASE * 3)
    held = claimed(store, NOW + LEASE * 3)

    assert held.token > old.token
    assert not store.submissions.finish(old, result(publish(store, base=1)), NOW)


def test_only_what_needs_attention_is_retried(store: Store) -> None:
    record = accept(store)

    with pytest.raises(Conflict):
        store.submissions.retry(record.id, "teacher", NOW)
    with pytest.raises(NotFound):
        store.submissions.retry("nothing", "teacher", NOW)
    assert audit_entries(store, limit=1)[0].action == "submission.accepted"


def test_the_queue_says_how_much_waits_and_since_when(store: Store) -> None:
    empty = store.submissions.queue()
    assert (empty.queued, empty.running, empty.needs_attention) == (0, 0, 0)
    assert empty.oldest_queued_at is None

    record = parked(store)
    accept(store, "s2", after=1)
    claimed(store, NOW + SECOND)
    accept(store, "s3", after=5)
    state = store.submissions.queue()
    assert (state.queued, state.running, state.needs_attention) == (1, 1, 1)
    assert state.oldest_queued_at == NOW + SECOND * 5

    store.submissions.retry(record.id, "teacher", NOW + SECOND * 7)
    assert store.submissions.queue().oldest_queued_at == NOW + SECOND * 5


def test_a_lease_that_is_renewed_lasts(store: Store) -> None:
    record = accept(store)
    held = claimed(store)

    assert store.submissions.renew(held, NOW + LEASE * 2)
    assert store.submissions.claim(Lane.LIVE, NOW + LEASE, LEASE) is None
    assert store.submissions.sweep(NOW + LEASE).requeued == 0
    assert claimed(store, NOW + LEASE * 2).submission.id == record.id


def test_a_lost_claim_cannot_be_renewed(store: Store) -> None:
    accept(store)
    lost = claimed(store)
    assert store.submissions.sweep(NOW + LEASE).requeued == 1
    assert not store.submissions.renew(lost, NOW + LEASE * 2)
    held = claimed(store, NOW + LEASE)

    assert not store.submissions.renew(lost, NOW + LEASE * 9)
    assert store.submissions.sweep(NOW + LEASE * 2).requeued == 1
    store.submissions.release(held, "", NOW, NOW)
    assert not store.submissions.renew(held, NOW + LEASE * 9)


def test_what_is_given_back_without_a_try_is_never_parked(store: Store) -> None:
    record = accept(store)
    for _ in range(5):
        assert store.submissions.give_back(claimed(store), NOW)
        left = store.submissions.get(record.id)
        assert (left.state, left.tries, left.problem) == (STATE.QUEUED, 0, "")

    assert store.submissions.release(claimed(store), "its own fault", NOW, NOW)
    assert store.submissions.give_back(claimed(store), NOW + SECOND)
    assert store.submissions.claim(Lane.LIVE, NOW, LEASE) is None
    assert claimed(store, NOW + SECOND).submission.tries == 2


def test_a_claim_that_only_lapsed_is_given_back_too(store: Store) -> None:
    """E.g. the database was away for longer than the lease: the sweep came first."""
    record = accept(store)
    held = claimed(store)
    store.submissions.sweep(NOW + LEASE)
    assert store.submissions.get(record.id).tries == 1

    assert store.submissions.give_back(held, NOW)
    assert store.submissions.give_back(held, NOW)
    assert store.submissions.get(record.id).tries == 0


def test_only_the_newest_claim_is_given_back(store: Store) -> None:
    record = accept(store)
    lost = claimed(store)
    held = claimed(store, NOW + LEASE)
    assert not store.submissions.give_back(lost, NOW)
    assert store.submissions.finish(held, result(publish(store, base=1)), NOW)
    assert not store.submissions.give_back(held, NOW)

    assert store.submissions.get(record.id).state is STATE.GRADED


def test_a_claim_from_before_a_retry_gives_no_try_more(store: Store) -> None:
    record = accept(store)
    held = [claimed(store, NOW + LEASE * at) for at in range(3)][-1]
    store.submissions.sweep(NOW + LEASE * 3)
    store.submissions.retry(record.id, "teacher", NOW + LEASE * 3)

    store.submissions.give_back(held, NOW)
    assert store.submissions.get(record.id).tries == 0


def park_many(store: Store, exercise: str, count: int) -> list[str]:
    """Return the ids of ``count`` new submissions of ``exercise``, which all need attention."""
    ids = []
    for at in range(count):
        new = sent(f"{exercise}-{at}", exercise=exercise)
        ids.append(store.submissions.accept(new, NOW)[0].id)
    now = NOW
    for _ in range(3):
        while claim := store.submissions.claim(Lane.LIVE, now, LEASE):
            store.submissions.release(claim, "fault", now, now + SECOND)
        now += SECOND
    return ids


@pytest.mark.parametrize(
    ("course", "name", "expected"),
    [
        ("", "", {"numbers", "second", "other"}),
        ("mlops", "", {"numbers", "second"}),
        ("", "second", {"second"}),
        ("physics", "second", set()),
    ],
)
def test_all_that_needs_attention_is_retried_at_once(
    store: Store,
    monkeypatch: pytest.MonkeyPatch,
    course: str,
    name: str,
    expected: set[str],
) -> None:
    monkeypatch.setattr("grader.store.queue.retries.PORTION", 2)
    publish(store, "second")
    publish(store, "other", course="physics")
    ids = {each: park_many(store, each, 3) for each in ("numbers", "second", "other")}
    untouched = accept(store, "waits", after=9)

    retried = list(store.submissions.retry_all(course, name, "teacher", NOW + SECOND))
    wanted = {one for each in expected for one in ids[each]}
    assert {one.id for one in retried} == wanted
    assert {(one.state, one.tries) for one in retried} <= {(STATE.QUEUED, 0)}
    assert store.submissions.queue().needs_attention == 9 - len(wanted)
    entries = [one for one in audit_entries(store) if one.action == "submission.retried"]
    assert {one.subject for one in entries} == wanted
    assert {one.actor for one in entries} <= {"teacher"}
    assert store.submissions.get(untouched.id) == untouched
    assert not list(store.submissions.retry_all(course, name, "teacher", NOW + SECOND))
