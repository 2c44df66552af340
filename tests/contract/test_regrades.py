"""Regrades: created, graded, cancelled and undone, with the scores that an LMS is sent."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import update

from grader.domain.errors import BadRequest, Conflict, NotFound
from grader.service.lanes import Lane
from grader.service.ports.connector import Score
from grader.service.records import (
    ItemState,
    NewRegrade,
    PassbackState,
    RegradeProgress,
    RegradeRecord,
    RegradeScope,
    RubricRecord,
    ScoreMessage,
    SubmissionRecord,
    SubmissionState,
)
from grader.store.sql_store import Store
from grader.store.tables import submissions
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
CALLBACK = "https://lms.example/scores"
LATER = NOW + timedelta(hours=1)
#: When regrades are undone: later than anything else.
LAST = NOW + timedelta(hours=2)


class Course:
    """A store with an exercise in two versions; grades and regrades submissions to it."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.old: RubricRecord = publish(store)
        self.new: RubricRecord = publish(store, base=1)

    def graded(
        self, student: str = "s1", status: str = "graded", points: float = 5, callback: str = ""
    ) -> SubmissionRecord:
        """Hand in as ``student``, and grade it by the old version."""
        record, _ = self.store.submissions.accept(sent(student, callback=callback), NOW)
        graded = result(self.old, status, points, callback=callback)
        assert self.store.submissions.finish(claimed(self.store), graded, NOW)
        return self.store.submissions.get(record.id)

    def regrade(self, scope: RegradeScope = RegradeScope.ALL) -> RegradeRecord:
        """Create a regrade of the exercise."""
        new = NewRegrade("numbers", "mlops", 2, scope, "Docstrings count more.", "token-7")
        return self.store.regrades.create(new, LATER)

    def grade_next(
        self, points: float = 8, status: str = "graded", callback: str = ""
    ) -> SubmissionRecord:
        """Grade the next submission of the regrade lane by the new version; return its record."""
        held = claimed(self.store, LATER, Lane.REGRADE)
        graded = result(self.new, status, points, callback=callback)
        assert self.store.submissions.finish(held, graded, LATER + SECOND)
        return self.store.submissions.get(held.submission.id)

    def undo(self, regrade: RegradeRecord) -> RegradeRecord:
        """Undo ``regrade``."""
        return self.store.regrades.undo(regrade.id, "token-8", LAST, message_of)

    def points(self, record: SubmissionRecord) -> float | None:
        """Return the points of the report that counts for ``record``."""
        stored = self.store.submissions.report(record.id)
        return stored.report.total.points if stored else None

    def scores(self, record: SubmissionRecord) -> list[tuple[str, PassbackState]]:
        """Return body and state of each score of ``record`` in the outbox, oldest first."""
        found = self.store.passbacks.of(record.id)
        return [(one.payload.decode(), one.state) for one in found]


def message_of(score: Score) -> ScoreMessage:
    """Return a message with the points of ``score``."""
    return ScoreMessage(score.callback_url, f"old: {score.report.total.points}".encode())


@pytest.fixture
def course(store: Store) -> Course:
    return Course(store)


def test_a_regrade_queues_what_has_a_report(course: Course) -> None:
    graded, parked = course.graded("s1"), course.graded("s2", "needs_attention")
    waiting, _ = course.store.submissions.accept(sent("s3"), NOW)
    assert graded.graded_at is not None

    regrade = course.regrade()

    assert regrade.progress == RegradeProgress(waiting=2)
    assert (regrade.scope, regrade.reason) == (RegradeScope.ALL, "Docstrings count more.")
    assert (regrade.rubric_version, regrade.author) == (2, "token-7")
    for one in (graded, parked):
        queued = course.store.submissions.get(one.id)
        assert (queued.state, queued.lane, queued.tries) == (STATE.QUEUED, Lane.REGRADE, 0)
        assert (queued.queued_at, queued.graded_at, queued.problem) == (LATER, None, "")
    assert course.store.submissions.get(waiting.id) == waiting
    assert course.points(graded) == 5  # the old report stays readable meanwhile
    entry = audit_entries(course.store, 1)[0]
    assert (entry.action, entry.subject, entry.actor) == ("regrade.created", regrade.id, "token-7")
    assert entry.course == "mlops"
    assert entry.detail == {"scope": "all", "reason": "Docstrings count more.", "submissions": 2}


def test_counted_is_the_newest_attempt_with_a_report(course: Course) -> None:
    first, second = course.graded(), course.graded()
    course.store.submissions.accept(sent(), NOW)

    course.regrade(RegradeScope.COUNTED)

    assert course.store.submissions.get(first.id) == first
    assert course.store.submissions.get(second.id).state is STATE.QUEUED


def test_what_is_queued_or_being_graded_is_left_out(course: Course) -> None:
    course.graded("s1")
    course.store.submissions.accept(sent("s2"), NOW)
    course.regrade()
    with pytest.raises(Conflict, match="No submission of numbers has a report that could"):
        course.regrade()
    assert len(course.store.regrades.page("numbers").items) == 1


def test_a_finished_item_has_both_reports(course: Course) -> None:
    one, same = course.graded("s1", points=5), course.graded("s2", points=8)
    regrade = course.regrade()
    assert {course.grade_next().id, course.grade_next().id} == {one.id, same.id}

    found = course.store.regrades.get(regrade.id)
    assert found.progress == RegradeProgress(done=2, changed=1)
    assert found.progress.total == 2
    items = course.store.regrades.items(regrade.id).items
    assert [item.submission for item in items] == sorted([one.id, same.id])
    by_student = {item.student: item for item in items}
    assert by_student["s1"].state is ItemState.DONE and by_student["s1"].attempt == 1
    assert by_student["s1"].before.points == 5
    assert by_student["s1"].after is not None and by_student["s1"].after.points == 8
    graded = course.store.submissions.get(one.id)
    assert (graded.state, graded.graded_at) == (STATE.GRADED, LATER + SECOND)
    assert course.points(one) == 8


def test_live_uploads_go_first_and_are_not_held_up_by_a_regrade(course: Course) -> None:
    course.graded("s1")
    course.regrade()
    course.grade_next()
    live, _ = course.store.submissions.accept(sent("s1"), LATER)
    other, _ = course.store.submissions.accept(sent("s2"), LATER + SECOND)
    assert claimed(course.store, LATER + SECOND).submission.id == live.id
    assert claimed(course.store, LATER + SECOND).submission.id == other.id


def test_what_breaks_is_failed_until_a_retry_finishes_it(course: Course) -> None:
    one, two = course.graded("s1"), course.graded("s2")
    regrade = course.regrade()
    course.grade_next(status="needs_attention")
    held = claimed(course.store, LATER, Lane.REGRADE)
    for _ in range(2):
        course.store.submissions.release(held, "The engine broke.", LATER, LATER)
        held = claimed(course.store, LATER, Lane.REGRADE)
    course.store.submissions.release(held, "The engine broke.", LATER, LATER)
    assert course.store.regrades.get(regrade.id).progress == RegradeProgress(failed=2)

    for record in (one, two):
        course.store.submissions.retry(record.id, "admin", LATER)
    assert course.store.regrades.get(regrade.id).progress == RegradeProgress(waiting=2)
    for _ in range(2):
        course.grade_next()
    assert course.store.regrades.get(regrade.id).progress == RegradeProgress(done=2, changed=2)


def test_a_lost_worker_leaves_the_item_waiting(course: Course) -> None:
    course.graded()
    regrade = course.regrade()
    claimed(course.store, LATER, Lane.REGRADE)
    course.store.submissions.sweep(LATER + LEASE)
    assert course.store.regrades.get(regrade.id).progress == RegradeProgress(waiting=1)
    course.store.regrades.get(regrade.id)
    held = claimed(course.store, LATER + LEASE, Lane.REGRADE)
    assert course.store.submissions.finish(held, result(course.new), LATER + LEASE)
    assert course.store.regrades.get(regrade.id).progress.done == 1


def test_cancelling_gives_what_waits_its_state_back(course: Course) -> None:
    graded, parked = course.graded("s1"), course.graded("s2", "needs_attention")
    done = course.graded("s3")
    regrade = course.regrade()
    ended = {course.grade_next().id}
    running = claimed(course.store, LATER, Lane.REGRADE)

    found = course.store.regrades.cancel(regrade.id, "token-8", LAST)

    assert found.progress == RegradeProgress(done=1, cancelled=2, changed=1)
    assert found.cancelled_at == LAST and found.undone_at is None
    for record in (graded, parked, done):
        if record.id not in ended:
            now = course.store.submissions.get(record.id)
            assert replace(now, queued_at=record.queued_at, tries=record.tries) == record
    assert not course.store.submissions.finish(running, result(course.new), LAST)
    assert not course.store.submissions.renew(running, LAST)
    with pytest.raises(Conflict, match="Nothing of this regrade waits any more"):
        course.store.regrades.cancel(regrade.id, "token-8", LAST)
    entry = audit_entries(course.store, 1)[0]
    assert (entry.action, entry.detail) == ("regrade.cancelled", {"submissions": 2})


def test_undoing_gives_everything_back(course: Course) -> None:
    records = [course.graded(f"s{at}", points=at) for at in range(1, 5)]
    records.append(course.graded("s5", "needs_attention"))
    regrade = course.regrade()
    for _ in range(2):
        course.grade_next()
    course.grade_next(status="needs_attention")

    found = course.undo(regrade)

    assert found.progress == RegradeProgress(undone=3, cancelled=2)
    assert found.undone_at == LAST
    for record in records:
        now = course.store.submissions.get(record.id)
        assert replace(now, queued_at=record.queued_at, tries=record.tries) == record
    assert [course.points(record) for record in records] == [1, 2, 3, 4, None]
    assert course.store.submissions.claim(Lane.REGRADE, LAST, LEASE) is None
    with pytest.raises(Conflict, match="undone before"):
        course.undo(regrade)
    entry = audit_entries(course.store, 1)[0]
    assert (entry.action, entry.detail) == ("regrade.undone", {"submissions": 5})


def test_what_was_graded_once_more_is_kept(course: Course) -> None:
    one, two = course.graded("s1"), course.graded("s2")
    first = course.regrade()
    for _ in range(2):
        course.grade_next()
    course.new = publish(course.store, base=2)
    second = course.regrade()
    moved = course.grade_next(points=9)

    with pytest.raises(Conflict, match="graded once more since"):
        course.undo(first)
    course.store.regrades.cancel(second.id, "admin", LAST)
    found = course.undo(first)

    assert found.progress == RegradeProgress(undone=1, kept=1)
    other = two if moved.id == one.id else one
    assert (course.points(moved), course.points(other)) == (9, 5)


def test_a_regrade_after_an_undone_one_brings_the_same_reports(course: Course) -> None:
    one = course.graded()
    first = course.regrade()
    course.grade_next()
    course.undo(first)
    again = course.regrade()
    course.grade_next(points=8)
    assert course.points(one) == 8
    assert course.store.regrades.get(again.id).progress == RegradeProgress(done=1, changed=1)
    course.undo(again)
    assert course.points(one) == 5


def test_a_score_is_sent_again_only_if_the_mark_changed(course: Course) -> None:
    changed, same = (course.graded(f"s{at}", points=at, callback=CALLBACK) for at in (5, 8))
    course.regrade()
    for _ in range(2):
        course.grade_next(points=8, callback=CALLBACK)
    assert len(course.scores(changed)) == 2
    assert len(course.scores(same)) == 1


def test_a_score_of_an_older_attempt_is_not_sent_again(course: Course) -> None:
    first, second = course.graded(callback=CALLBACK), course.graded(callback=CALLBACK)
    course.regrade()
    for _ in range(2):
        course.grade_next(points=8, callback=CALLBACK)
    assert (len(course.scores(first)), len(course.scores(second))) == (1, 2)


def test_undoing_sends_the_old_score_under_a_new_id(course: Course) -> None:
    changed, same = (course.graded(f"s{at}", points=at, callback=CALLBACK) for at in (5, 8))
    before = course.store.passbacks.of(changed.id)[0]
    course.store.passbacks.settle(
        course.store.passbacks.claim_due(NOW, LEASE) or before, PassbackState.SENT, "", NOW
    )
    regrade = course.regrade()
    for _ in range(2):
        course.grade_next(points=8, callback=CALLBACK)

    course.undo(regrade)

    first, last = course.store.passbacks.of(changed.id)
    # The one that was not sent yet must not arrive after it.
    assert (first.state, first.last_error) == (
        PassbackState.FAILED,
        "A newer score was to be sent.",
    )
    assert (last.state, last.payload, last.tries) == (PassbackState.DUE, b"old: 5", 0)
    assert last.id != before.id and last.next_try_at == LAST
    assert len(course.scores(same)) == 1


def test_nothing_of_an_unknown_regrade(course: Course) -> None:
    regrades = course.store.regrades
    with pytest.raises(NotFound, match="There is no regrade 'none'"):
        regrades.get("none")
    with pytest.raises(NotFound, match="There is no regrade 'none'"):
        regrades.cancel("none", "admin", NOW)
    with pytest.raises(NotFound, match="There is no regrade 'none'"):
        regrades.undo("none", "admin", NOW, message_of)
    assert course.store.regrades.items("none").items == ()


def test_listings_have_pages(course: Course) -> None:
    records = [course.graded(f"s{at}") for at in range(3)]
    ids = []
    for _ in range(2):
        regrade = course.regrade()
        ids.append(regrade.id)
        course.store.regrades.cancel(regrade.id, "admin", LATER)
    newest = course.store.regrades.page("numbers", limit=1)
    oldest = course.store.regrades.page("numbers", cursor=newest.next_cursor, limit=1)
    assert [newest.items[0].id, oldest.items[0].id] == ids[::-1]
    assert oldest.next_cursor == ""
    some = course.store.regrades.items(ids[0], limit=2)
    rest = course.store.regrades.items(ids[0], cursor=some.next_cursor, limit=2)
    listed = [item.submission for item in (*some.items, *rest.items)]
    assert listed == [record.id for record in records]
    assert {item.after for item in (*some.items, *rest.items)} == {None}
    with pytest.raises(BadRequest):
        course.store.regrades.page("numbers", cursor="?")


def test_of_two_regrades_at_once_each_submission_is_in_one(course: Course) -> None:
    for at in range(20):
        course.graded(f"s{at}")

    def regrade(_: int) -> int:
        """Create a regrade; return how many submissions it has, 0 if it was refused."""
        try:
            return course.regrade().progress.total
        except Conflict:
            return 0

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(regrade, range(4))) == 20


def test_every_report_can_be_read(course: Course) -> None:
    record, other = course.graded("s1", points=5), course.graded("s2")
    assert course.store.submissions.judged_by(record.id) == 1
    course.regrade()
    for _ in range(2):
        course.grade_next()

    new, old = course.store.submissions.reports(record.id)

    assert (new.rubric_version, new.total.points, new.is_current) == (2, 8, True)
    assert (old.rubric_version, old.total.points, old.is_current) == (1, 5, False)
    assert (old.graded_at, new.graded_at) == (NOW, LATER + SECOND)
    stored = course.store.submissions.one_report(record.id, old.id)
    assert stored is not None and stored.report.total.points == 5
    assert (stored.rubric_version, stored.graded_at) == (1, NOW)
    assert stored.submission == course.store.submissions.get(record.id)
    assert course.store.submissions.one_report(other.id, old.id) is None
    assert course.store.submissions.judged_by(record.id) == 2
    assert course.store.submissions.reports("none") == []
    assert course.store.submissions.judged_by("none") is None


def test_the_lanes_are_counted_apart(course: Course) -> None:
    course.graded("s1")
    course.regrade()
    course.store.submissions.accept(sent("s2"), LATER + SECOND)
    live, regraded = (course.store.submissions.queue(lane) for lane in Lane)
    assert (live.queued, live.oldest_queued_at) == (1, LATER + SECOND)
    assert (regraded.queued, regraded.oldest_queued_at) == (1, LATER)
    assert course.store.submissions.queue().queued == 2


def test_a_worker_of_the_release_before_finishes_an_item_without_knowing(course: Course) -> None:
    """It grades the row, but neither takes in the item nor clears what the row waits for."""
    record = course.graded()
    regrade = course.regrade()
    held = claimed(course.store, LATER, Lane.REGRADE)
    queued = update(submissions).where(submissions.c.id == record.id)
    with course.store._database.write() as connection:
        connection.execute(queued.values(regrade=None))
    assert course.store.submissions.finish(held, result(course.new, points=8), LATER)
    with course.store._database.write() as connection:
        connection.execute(queued.values(regrade=regrade.id))

    assert course.store.regrades.get(regrade.id).progress == RegradeProgress(done=1)
    course.undo(regrade)
    assert course.points(record) == 5


def test_the_export_of_a_student_names_the_regrades(course: Course) -> None:
    record = course.graded("s1")
    regrade = course.regrade()
    exported = {
        item.name: item.data for item in course.store.retention.export("s1", "", "admin", LAST)
    }
    (item,) = json.loads(exported[f"submissions/{record.id}/regrades.json"])
    assert (item["regrade"], item["submission"]) == (regrade.id, record.id)
    course.store.retention.erase("s1", "", "admin", LAST)
    assert course.store.regrades.get(regrade.id).progress.total == 0
