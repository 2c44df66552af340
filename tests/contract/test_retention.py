"""A purge deletes old data, an erasure one student's data, and neither deletes more."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select, update

from grader.domain.errors import Conflict, NotFound
from grader.domain.inspection import Inspection
from grader.service.lanes import Lane
from grader.service.records import (
    DeletedRows,
    PurgeCriteria,
    Role,
    SubmissionRecord,
    SubmissionState,
)
from grader.service.retention import Purge
from grader.store.database import Database
from grader.store.sql_store import Store
from grader.store.tables import inspections, metadata
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
DAY = timedelta(days=1)
YEAR = DAY * 365
#: The time at which submissions of NOW are a year and a day old.
MUCH_LATER = NOW + YEAR + DAY


class At:
    """A clock that always returns the same time."""

    def __init__(self, now: datetime) -> None:
        self._now = now

    def now(self) -> datetime:
        return self._now


@pytest.fixture(autouse=True)
def exercises(store: Store) -> None:
    publish(store)
    publish(store, "strings", course="other")


def hand_in(
    store: Store, student: str, now: datetime = NOW, *, exercise: str = "numbers", data: bytes = b""
) -> SubmissionRecord:
    new = sent(student, exercise=exercise, data=data or student.encode())
    return store.submissions.accept(new, now)[0]


def grade_all(store: Store, now: datetime = NOW) -> None:
    while claim := store.submissions.claim(Lane.LIVE, now, LEASE):
        version = store.rubrics.newest(claim.submission.exercise)
        assert version is not None
        store.submissions.finish(claim, result(version, callback=claim.callback_url), now)


def purge(
    store: Store, *, now: datetime = MUCH_LATER, course: str = "", unfinished: bool = False
) -> DeletedRows:
    run = Purge(store.retention, At(now))
    foretold = run.preview(YEAR, course, unfinished=unfinished)
    removed = run(YEAR, course, unfinished=unfinished, actor="operator")
    assert (foretold.submissions, foretold.inspections) == (
        removed.submissions,
        removed.inspections,
    )
    return removed


def counts(url: str) -> dict[str, int]:
    """Return the number of rows by table, without empty tables."""
    database = Database(url)
    with database.read() as connection:
        found = {
            name: connection.execute(select(func.count()).select_from(table)).scalar_one()
            for name, table in metadata.tables.items()
        }
    database.close()
    return {name: count for name, count in found.items() if count}


def everything(url: str) -> str:
    """Return the content of all tables as text."""
    database = Database(url)
    with database.read() as connection:
        tables = [connection.execute(select(table)).all() for table in metadata.tables.values()]
    database.close()
    return repr(tables)


def test_what_is_old_goes_with_all_that_hangs_on_it(store: Store, url: str) -> None:
    new = sent("s1", key="k", callback="https://lms.example")
    store.submissions.accept(new, NOW)
    hand_in(store, "s2", NOW + SECOND)
    grade_all(store, NOW + SECOND)
    passback = store.passbacks.claim_due(NOW + SECOND, LEASE)
    assert passback is not None
    store.passbacks.settle(passback, type(passback.state)("sent"), "", NOW)
    kept = hand_in(store, "s3", MUCH_LATER)
    removed = purge(store)

    assert removed == DeletedRows(submissions=2, reports=2, passbacks=1, keys=1, archives=2)
    assert {name: count for name, count in counts(url).items() if name != "audit"} == {
        "archives": 1,
        "attempts": 1,
        "exercises": 2,
        "rubrics": 2,
        "submissions": 1,
    }
    assert store.submissions.page("numbers").items == (kept,)
    entry = audit_entries(store, limit=1)[0]
    assert (entry.actor, entry.action) == ("operator", "submissions.purged")
    assert entry.detail["submissions"] == 2


def test_nothing_old_leaves_no_trace(store: Store) -> None:
    hand_in(store, "s1", MUCH_LATER - YEAR)
    grade_all(store, MUCH_LATER)

    assert purge(store) == DeletedRows()
    assert audit_entries(store, limit=1)[0].action == "submission.accepted"


def test_a_purge_of_one_course_leaves_the_others(store: Store) -> None:
    mine, other = hand_in(store, "s1"), hand_in(store, "s1", exercise="strings")
    grade_all(store)

    assert purge(store, course="mlops").submissions == 1
    assert store.submissions.get(other.id).state is STATE.GRADED
    with pytest.raises(NotFound):
        store.submissions.get(mine.id)


def test_what_is_unfinished_stays_unless_asked_for(store: Store) -> None:
    hand_in(store, "parked")
    for _ in range(3):
        store.submissions.release(claimed(store), "fault", NOW, NOW)
    store.submissions.accept(sent("unsent", callback="https://lms.example"), NOW)
    grade_all(store)
    hand_in(store, "running")
    held = claimed(store)
    hand_in(store, "queued")

    assert purge(store) == DeletedRows()
    assert purge(store, unfinished=True).submissions == 4
    version = store.rubrics.newest("numbers")
    assert version is not None
    assert not store.submissions.finish(held, result(version), NOW)
    assert store.submissions.page("numbers").items == ()


def test_what_was_superseded_is_finished(store: Store) -> None:
    for at in range(2):
        store.submissions.accept(replace(sent(), supersedes=True), NOW + SECOND * at)
    grade_all(store, NOW + SECOND)

    assert purge(store).submissions == 2


def test_bytes_that_somebody_else_handed_in_stay(store: Store) -> None:
    hand_in(store, "s1", data=b"same")
    grade_all(store)
    kept = hand_in(store, "s2", MUCH_LATER, data=b"same")

    assert purge(store).archives == 0
    assert store.submissions.archive(kept.id)[0] == b"same"


def test_a_purge_goes_on_in_batches_until_nothing_is_left(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("grader.service.retention.BATCH", 2)
    for at in range(5):
        hand_in(store, f"s{at}", NOW + SECOND * at)
    grade_all(store, NOW + SECOND * 9)

    assert purge(store).submissions == 5
    assert [entry.action for entry in audit_entries(store, limit=4)].count(
        "submissions.purged"
    ) == 3


def test_attempts_are_counted_anew_once_all_are_gone(store: Store) -> None:
    hand_in(store, "s1")
    grade_all(store)
    later = hand_in(store, "s1", MUCH_LATER)
    purge(store)
    assert hand_in(store, "s1", MUCH_LATER).attempt == later.attempt + 1 == 3

    grade_all(store, MUCH_LATER)
    purge(store, now=MUCH_LATER + YEAR + DAY)
    assert hand_in(store, "s1", MUCH_LATER).attempt == 1


def test_uploads_of_the_same_bytes_go_on_during_a_purge(store: Store) -> None:
    """Bytes that are uploaded while a purge deletes the same bytes are stored again."""
    many = 40
    for at in range(many):
        hand_in(store, "old", NOW + SECOND * at, data=b"%d" % at)
    grade_all(store, NOW + SECOND * many)

    def upload(at: int) -> str:
        return hand_in(store, "new", MUCH_LATER, data=b"%d" % at).id

    with ThreadPoolExecutor(4) as pool:
        removing = [
            pool.submit(store.retention.purge_submissions, *one) for one in _small_batches()
        ]
        ids = list(pool.map(upload, range(many)))
        assert sum(one.result().submissions for one in removing) == many
    assert [store.submissions.archive(one)[0] for one in ids] == [b"%d" % at for at in range(many)]
    assert store.submissions.get(ids[-1]).attempt <= many


def _small_batches() -> list[tuple[PurgeCriteria, int, str, datetime]]:
    return [(PurgeCriteria(MUCH_LATER - YEAR), 5, "operator", MUCH_LATER)] * 12


def test_inspections_go_when_they_were_of_no_use_for_so_long(store: Store, url: str) -> None:
    store.facts.put_many({"used": Inspection(), "unused": Inspection()}, datetime.now(UTC))
    database = Database(url)
    with database.write() as connection:
        long_ago = datetime.now(UTC) - YEAR * 2
        connection.execute(update(inspections).values(stored_at=long_ago))
    database.close()
    store.facts.get_many(["used"])
    now = datetime.now(UTC)

    assert purge(store, now=now, course="mlops") == DeletedRows()
    assert purge(store, now=now) == DeletedRows(inspections=1)
    assert set(store.facts.get_many(["used", "unused"])) == {"used"}
    assert audit_entries(store, limit=1)[0].action == "inspections.purged"


def a_student(store: Store) -> str:
    """Store all kinds of data about ``lovelace`` in two courses; return the id of bob's token."""
    store.submissions.accept(
        sent(
            "lovelace",
            data=b"lovelace's work",
            key="k",
            callback="https://lms.example",
            filename="../x.zip",
        ),
        NOW,
    )
    hand_in(store, "lovelace", exercise="strings")
    hand_in(store, "bob")
    grade_all(store)
    hand_in(store, "lovelace", data=b"waits")
    for name in ("lovelace", "bob"):
        made = store.tokens.create(
            f"digest-{name}",
            name=f"of {name}",
            role=Role.STUDENT,
            course="mlops",
            student=name,
            expires_at=None,
            actor="admin",
            now=NOW,
        )
    return made.id


def test_everything_held_about_a_student_is_exported(store: Store, url: str) -> None:
    a_student(store)
    before = counts(url)
    found = {one.name: one.data for one in store.retention.export("lovelace", "", "operator", NOW)}

    uploads = {data for name, data in found.items() if "/upload" in name}
    assert uploads == {b"lovelace's work", b"lovelace", b"waits"}
    assert all(".." not in name for name in found)
    read = {name: json.loads(data) for name, data in found.items() if name.endswith(".json")}
    assert [token["name"] for token in read["tokens.json"]] == ["of lovelace"]
    assert len([name for name in read if "/report-" in name]) == 2
    scores = [one for name, some in read.items() if "passbacks" in name for one in some]
    assert [score["url"] for score in scores] == ["https://lms.example"]
    assert {"submission.accepted", "token.created"} == {
        entry["action"] for entry in read["audit.json"]
    }
    whole = b"".join(found.values())
    assert b"bob" not in whole and b"digest-lovelace" not in whole
    assert audit_entries(store, limit=1)[0].action == "student.exported"
    assert counts(url) == before | {"audit": before["audit"] + 1}


def test_an_export_of_one_course(store: Store) -> None:
    a_student(store)
    found = {
        one.name: one.data for one in store.retention.export("lovelace", "other", "operator", NOW)
    }

    assert {data for name, data in found.items() if "/upload" in name} == {b"lovelace"}
    assert json.loads(found["tokens.json"]) == []


def test_nothing_about_an_erased_student_is_left(store: Store, url: str) -> None:
    a_student(store)
    store.facts.put_many({"quoted": Inspection()}, datetime.now(UTC))
    removed = store.retention.erase("lovelace", "", "operator", NOW)

    assert removed == DeletedRows(
        submissions=3,
        reports=2,
        passbacks=1,
        archives=3,
        tokens=1,
        audit_entries=4,
        inspections=1,
    )
    (entry,) = [one for one in audit_entries(store) if "lovelace" in repr(one)]
    assert (entry.action, entry.subject) == ("student.erased", "lovelace")
    assert everything(url).count("lovelace") == 1
    assert [one.student for one in store.submissions.page("numbers").items] == ["bob"]
    with pytest.raises(NotFound):
        list(store.retention.export("lovelace", "", "operator", NOW))


def test_erasing_one_course_leaves_the_others(store: Store) -> None:
    a_student(store)
    store.retention.erase("lovelace", "mlops", "operator", NOW)

    assert store.submissions.page("strings").items[0].student == "lovelace"
    with pytest.raises(NotFound, match="mlops"):
        store.retention.erase("lovelace", "mlops", "operator", NOW)


def test_work_on_an_erased_submission_comes_to_nothing(store: Store, url: str) -> None:
    store.submissions.accept(sent("lovelace", callback="https://lms.example"), NOW)
    grade_all(store)
    passback = store.passbacks.claim_due(NOW, LEASE)
    assert passback is not None
    hand_in(store, "lovelace")
    held = claimed(store)
    store.retention.erase("lovelace", "", "operator", NOW)

    version = store.rubrics.newest("numbers")
    assert version is not None
    assert not store.submissions.finish(held, result(version), NOW)
    assert not store.submissions.release(held, "fault", NOW, NOW)
    store.passbacks.settle(passback, passback.state, "", NOW)
    assert store.passbacks.claim_due(NOW + YEAR, LEASE) is None
    assert "lovelace" not in everything(url).replace("'student.erased', 'lovelace'", "")


def test_an_event_that_comes_again_does_not_bring_an_erased_student_back(store: Store) -> None:
    event = sent("lovelace", key="webhook-1", digest="x")
    store.submissions.accept(event, NOW)
    store.retention.erase("lovelace", "", "operator", NOW)

    with pytest.raises(Conflict, match="erased"):
        store.submissions.accept(event, NOW + DAY)
    assert store.submissions.accept(sent("lovelace", key="webhook-2"), NOW)[0].attempt == 1
