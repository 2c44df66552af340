"""Two names of a student become one, and nothing that was stored under either is lost."""

from __future__ import annotations

import threading
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

import pytest
from sqlalchemy import select

from grader.domain.errors import BadRequest, Conflict, KeyReused, NotFound
from grader.service.lanes import Lane
from grader.service.merge import MergeStudents
from grader.service.records import (
    Merge,
    NewSubmission,
    PurgeCriteria,
    Role,
    SubmissionRecord,
    SubmissionState,
    TokenRecord,
)
from grader.service.request_digest import request_digest
from grader.store.database import Database
from grader.store.queue import accept
from grader.store.sql_store import Store
from grader.store.tables import attempts
from tests.contract.material import LEASE, NOW, SECOND, audit_entries, claimed, publish, sent
from tests.contract.test_retention import At, everything, grade_all, hand_in

NEW, OLD = "Zo\u00e9", "Zoe\u0301"


@pytest.fixture(autouse=True)
def exercises(store: Store) -> None:
    publish(store)
    publish(store, "strings", course="other")


def merged(store: Store, old: str = OLD, new: str = NEW, course: str = "") -> Merge:
    """Merge, and check that a preview says the same before."""
    run = MergeStudents(store.retention, At(NOW + timedelta(hours=1)))
    foretold = run.preview(old, new, course)
    done = run(old, new, course, actor="operator")
    assert done == foretold
    return done


def numbers(store: Store, exercise: str = "numbers") -> list[tuple[str, str, int]]:
    """Return student, uploaded bytes and attempt of each submission, oldest first."""
    found = reversed(store.submissions.page(exercise).items)
    return [
        (one.student, store.submissions.archive(one.id)[0].decode(), one.attempt) for one in found
    ]


def token(store: Store, student: str, course: str = "mlops") -> TokenRecord:
    return store.tokens.create(
        f"digest of {ascii(student)} in {course}",
        name="t",
        role=Role.STUDENT,
        course=course,
        student=student,
        expires_at=None,
        actor="admin",
        now=NOW,
    )


def counts(url: str) -> dict[tuple[str, str], int]:
    """Return the counts of attempts by exercise and student."""
    database = Database(url)
    with database.read() as connection:
        rows = connection.execute(select(attempts)).all()
    database.close()
    return {(exercise, student): count for exercise, student, count in map(tuple, rows)}


def test_attempts_of_two_names_are_numbered_by_time(store: Store, url: str) -> None:
    for at, (name, data) in enumerate(
        [(NEW, b"a"), (OLD, b"b"), ("bob", b"c"), (OLD, b"d"), (NEW, b"e")]
    ):
        hand_in(store, name, NOW + at * SECOND, data=data)
    grade_all(store, NOW + 9 * SECOND)
    elsewhere = hand_in(store, OLD, exercise="strings", data=b"f")
    before = {one.id: one for one in store.submissions.page("numbers").items}

    done = merged(store)
    assert [(one.student, one.attempt, one.becomes) for one in done.attempts] == [
        *((NEW, 1, 1), (OLD, 1, 2), (OLD, 2, 3), (NEW, 2, 4)),
        (OLD, 1, 1),
    ]
    assert (done.moved, done.tokens) == (3, 0)
    assert numbers(store) == [
        *((NEW, "a", 1), (NEW, "b", 2), ("bob", "c", 1)),
        *((NEW, "d", 3), (NEW, "e", 4)),
    ]
    after = {one.id: one for one in store.submissions.page("numbers").items}
    for one in done.attempts:
        if one.submission != elsewhere.id:
            moved = replace(before[one.submission], student=NEW, attempt=one.becomes)
            assert after[one.submission] == moved
            assert store.submissions.report(one.submission)
    assert store.submissions.get(elsewhere.id).student == NEW
    assert counts(url) == {("numbers", NEW): 4, ("numbers", "bob"): 1, ("strings", NEW): 1}
    assert hand_in(store, NEW, NOW + 20 * SECOND).attempt == 5
    assert [(one.name, one.submissions) for one in store.retention.names()] == [
        *((NEW, 5), ("bob", 1)),
        (NEW, 1),
    ]
    mark, _ = store.submissions.marks("numbers")
    assert (mark.student, mark.attempt) == (NEW, 4)


def test_a_new_name_takes_everything_as_it_is(store: Store, url: str) -> None:
    first = hand_in(store, OLD, data=b"a")
    grade_all(store)
    hand_in(store, OLD, NOW + SECOND, data=b"b")
    mine, other = token(store, OLD), token(store, OLD, "other")

    assert (merged(store).moved, merged_tokens(store, NEW)) == (2, {mine.id, other.id})
    assert numbers(store) == [(NEW, "a", 1), (NEW, "b", 2)]
    assert store.submissions.get(first.id).state is SubmissionState.GRADED
    found = store.tokens.by_digest(f"digest of {ascii(OLD)} in mlops", NOW)
    assert found is not None and found.student == NEW
    (entry,) = audit_entries(store, limit=1)
    assert (entry.actor, entry.action, entry.subject) == ("operator", "student.merged", NEW)
    assert dict(entry.detail) == {"merged": OLD, "submissions": 2, "tokens": 2}
    assert OLD not in everything(url)  # The detail of the entry is JSON, which escapes it.


def merged_tokens(store: Store, student: str) -> set[str]:
    """Return the ids of the tokens of ``student``."""
    return {one.id for one in store.tokens.all() if one.student == student}


def test_one_course_leaves_the_others(store: Store) -> None:
    hand_in(store, OLD, data=b"a")
    hand_in(store, OLD, exercise="strings", data=b"b")
    token(store, OLD)
    kept = token(store, OLD, "other")

    done = merged(store, course="mlops")
    assert (done.moved, done.tokens) == (1, 1)
    assert numbers(store) == [(NEW, "a", 1)] and numbers(store, "strings") == [(OLD, "b", 1)]
    assert merged_tokens(store, OLD) == {kept.id}


def test_attempts_that_were_purged_stay_counted(store: Store) -> None:
    hand_in(store, OLD, data=b"old")
    hand_in(store, NEW, data=b"old")
    grade_all(store)
    hand_in(store, OLD, NOW + 400 * 86_400 * SECOND, data=b"a")
    hand_in(store, NEW, NOW + 401 * 86_400 * SECOND, data=b"b")
    assert _purge(store) == 2

    merged(store)
    assert numbers(store) == [(NEW, "a", 3), (NEW, "b", 4)]


def _purge(store: Store) -> int:
    criteria = PurgeCriteria(NOW + SECOND)
    return store.retention.purge_submissions(criteria, 9, "operator", NOW).submissions


def keyed(student: str, key: str, scope: str) -> NewSubmission:
    """Return an upload with a key of ``scope``, with the digest that the use case gives it."""
    new = sent(student, data=b"x", key=key, callback="https://lms.example")
    sha256 = "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881"
    digest = request_digest(sha256, "numbers", student, new.filename, new.callback_context)
    return replace(new, scope=scope, request_digest=digest)


def test_a_request_that_comes_again_is_known(store: Store) -> None:
    own = token(store, "zoe")
    of_lms, of_token = keyed(OLD, "k", "webhook:campus"), keyed("zoe", "k", own.id)
    first, _ = store.submissions.accept(of_lms, NOW)
    second, _ = store.submissions.accept(of_token, NOW + SECOND)
    by_staff, _ = store.submissions.accept(keyed("zoe", "k", "staff"), NOW + 2 * SECOND)
    merged(store)
    merged(store, "zoe", NEW)

    again = [keyed(NEW, "k", "webhook:campus"), keyed(NEW, "k", own.id), keyed("zoe", "k", "staff")]
    expected = [(one.id, False) for one in (first, second, by_staff)]
    found = [store.submissions.accept(one, NOW) for one in again]
    assert [(record.id, is_new) for record, is_new in found] == expected
    for one in (keyed(OLD, "k", "webhook:campus"), keyed("zoe", "k", own.id)):
        with pytest.raises(KeyReused):
            store.submissions.accept(one, NOW)


def test_what_waits_is_graded_and_what_was_superseded_stays_so(store: Store) -> None:
    first = hand_in(store, OLD, data=b"a")
    store.submissions.accept(replace(sent(OLD, data=b"b"), supersedes=True), NOW + SECOND)
    hand_in(store, NEW, NOW + 2 * SECOND, data=b"c")
    merged(store)

    superseded = store.submissions.get(first.id)
    assert superseded.state is SubmissionState.SUPERSEDED
    assert superseded.superseded_by is not None
    assert store.submissions.get(superseded.superseded_by).student == NEW
    grade_all(store, NOW + 3 * SECOND)
    assert store.submissions.queue().queued == 0
    assert numbers(store) == [(NEW, "a", 1), (NEW, "b", 2), (NEW, "c", 3)]


@pytest.mark.parametrize("name", [OLD, NEW])
def test_a_merge_waits_for_what_is_being_graded(store: Store, url: str, name: str) -> None:
    hand_in(store, OLD, data=b"a")
    hand_in(store, NEW, NOW + SECOND, data=b"b")
    held = claimed(store, NOW + SECOND)
    if held.submission.student != name:
        other = claimed(store, NOW + SECOND)
        store.submissions.give_back(held, NOW)
        held = other
    before = everything(url)
    for act in (merged, partial(_merge_now, now=NOW)):
        with pytest.raises(Conflict, match="being graded") as refused:
            act(store)
        assert refused.value.how_to_fix
    assert everything(url) == before
    assert store.submissions.renew(held, NOW + LEASE)


def test_a_running_submission_to_another_exercise_is_no_hindrance(store: Store) -> None:
    hand_in(store, OLD, data=b"a")
    grade_all(store)
    hand_in(store, NEW, exercise="strings", data=b"b")
    claimed(store)
    assert merged(store).moved == 1


def test_what_cannot_be_merged_is_refused_with_a_sentence(store: Store, url: str) -> None:
    hand_in(store, NEW)
    before = everything(url)
    with pytest.raises(NotFound, match="Nothing is held"):
        merged(store)
    with pytest.raises(NotFound, match="in 'other'"):
        merged(store, NEW, "zoe", "other")
    for same in (NEW, OLD, f" {OLD} "):
        with pytest.raises(Conflict, match="Both names are stored as"):
            merged(store, NEW, same)
    for wrong in ("", " ", "Zo\ufffd", "Zo\udce9", "a\nb", "x" * 201):
        with pytest.raises(BadRequest, match="NEW"):
            merged(store, NEW, wrong)
    assert everything(url) == before


def test_names_that_lost_letters_can_be_merged(store: Store) -> None:
    hand_in(store, "Zo\ufffd", data=b"a")
    assert merged(store, "Zo\ufffd", f" {OLD} ").moved == 1
    assert numbers(store) == [(NEW, "a", 1)]


def test_an_export_and_an_erasure_find_everything_after_it(store: Store, url: str) -> None:
    hand_in(store, OLD, data=b"a")
    hand_in(store, NEW, data=b"b")
    grade_all(store)
    merged(store)
    found = {one.name: one.data for one in store.retention.export(NEW, "", "operator", NOW)}
    assert {data for name, data in found.items() if "/upload" in name} == {b"a", b"b"}
    assert b"student.merged" in found["audit.json"]
    assert store.retention.erase(NEW, "", "operator", NOW).submissions == 2
    assert store.retention.names() == [] and counts(url) == {}


def test_an_upload_of_the_same_moment_waits_and_is_numbered_after(store: Store, url: str) -> None:
    """Its number is taken before the merge counts, and is not given to another one."""
    hand_in(store, OLD, data=b"a")
    database = Database(url)
    done: list[Merge] = []
    merging = threading.Thread(target=lambda: done.append(_merge_now(store, NOW)))
    with database.write() as connection:
        record, _ = accept(connection, sent(NEW, data=b"b"), NOW + SECOND)
        assert record.attempt == 1
        merging.start()
        merging.join(0.5)
        assert merging.is_alive()
    merging.join()
    database.close()
    assert [(one.attempt, one.becomes) for one in done[0].attempts] == [(1, 1), (1, 2)]
    assert numbers(store) == [(NEW, "a", 1), (NEW, "b", 2)]


def _merge_now(store: Store, now: datetime) -> Merge:
    return store.retention.merge(OLD, NEW, "", "operator", now)


def test_many_uploads_during_many_merges_are_all_there(store: Store) -> None:
    """Nothing is lost, and no number is given twice, whatever comes first."""
    count = 12

    def upload(name: str) -> None:
        for at in range(count):
            accepted: SubmissionRecord = hand_in(store, name, NOW + at * SECOND)
            assert accepted.student == name

    threads = [threading.Thread(target=upload, args=(name,)) for name in (OLD, NEW)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        _merge_if_any(store)
    _merge_if_any(store)
    found = numbers(store)
    assert sorted(number for _, _, number in found) == list(range(1, 2 * count + 1))
    assert {name for name, _, _ in found} == {NEW}
    assert store.submissions.claim(Lane.LIVE, NOW + 99 * SECOND, LEASE) is not None


def _merge_if_any(store: Store) -> None:
    with suppress(NotFound):
        _merge_now(store, NOW)
