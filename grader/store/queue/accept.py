"""Accept an upload: store its bytes, row, key and audit entry in one transaction."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, Executable, bindparam, insert, select, update

from grader.domain.errors import Conflict, KeyReused, NotFound
from grader.service.lanes import Lane
from grader.service.records import NewSubmission, SubmissionRecord, SubmissionState
from grader.store.archives import store_archive
from grader.store.audit_log import append_entry
from grader.store.dialect import InsertInto, for_dialect
from grader.store.ids import new_id
from grader.store.rows import QUEUED, RECORD, record_of
from grader.store.tables import attempts, exercises, idempotency_keys, submissions

_COURSE = select(exercises.c.course).where(exercises.c.id == bindparam("exercise"))
_FIRST_OF_KEY = (
    select(idempotency_keys.c.request_digest, *RECORD)
    .outerjoin(submissions, submissions.c.id == idempotency_keys.c.submission)
    .where(idempotency_keys.c.scope == bindparam("scope"))
    .where(idempotency_keys.c.key == bindparam("key"))
)
_SUBMISSION = insert(submissions).returning(*RECORD)
# A row is not superseded if it was retried (``queued_at``) or if an LMS waits for its score.
_SUPERSEDED = (
    update(submissions)
    .where(submissions.c.exercise == bindparam("of_exercise"))
    .where(submissions.c.student == bindparam("of_student"))
    .where(submissions.c.attempt < bindparam("newer"))
    .where(QUEUED, submissions.c.lane == Lane.LIVE.value, submissions.c.tries == 0)
    .where(submissions.c.queued_at == submissions.c.received_at)
    .where(submissions.c.callback_url == "")
    .values(state=SubmissionState.SUPERSEDED.value, superseded_by=bindparam("by"))
    .returning(submissions.c.id)
)


@for_dialect
def _free_key(insert_into: InsertInto) -> Executable:
    """Insert a key unless it exists; returns its submission only if it was inserted."""
    inserted = insert_into(idempotency_keys).on_conflict_do_nothing()
    return inserted.returning(idempotency_keys.c.submission)


@for_dialect
def _attempt(insert_into: InsertInto) -> Executable:
    """Add 1 to the student's count of attempts, or insert the count 1; returns the count."""
    one_more = insert_into(attempts).on_conflict_do_update(
        index_elements=[attempts.c.exercise, attempts.c.student],
        set_={"count": attempts.c.count + 1},
    )
    return one_more.returning(attempts.c.count)


def accept(
    connection: Connection, new: NewSubmission, now: datetime
) -> tuple[SubmissionRecord, bool]:
    """Store the upload ``new`` and return its record, and whether it is new.

    It is not new if its idempotency key was used before in the same scope, with the same content:
    then nothing is stored, and the record of the first submission, as it is now, is returned. An
    upload without a key is always new. With ``new.supersedes`` the student's older attempts that no
    worker has started become superseded, with the exceptions in :class:`NewSubmission`. Each change
    gets an audit entry. Locks are taken in the same order every time (key, archive, attempt), which
    avoids deadlocks.

    Raises:
        NotFound: there is no such exercise.
        KeyReused: the key was used before with another content.
        Conflict: the key was used for a submission that was erased.
    """
    course = _course_of(connection, new.exercise)
    submission_id = new_id(now)
    if new.idempotency_key and not _take_key(connection, new, submission_id, now):
        return _first_with_key(connection, new), False
    sha256 = store_archive(connection, new.data, now)
    attempt = _count_attempt(connection, new)
    row = connection.execute(
        _SUBMISSION,
        {
            "id": submission_id,
            "course": course,
            "attempt": attempt,
            "archive_sha256": sha256,
            **_sent(new),
            **_waiting(now),
        },
    ).one()
    what = {"course": course, "archive": sha256}
    append_entry(connection, now, new.actor, "submission.accepted", submission_id, **what)
    record = record_of(row)
    if new.supersedes and attempt > 1:
        _supersede(connection, record, new.actor, now)
    return record, True


def _supersede(connection: Connection, newer: SubmissionRecord, actor: str, now: datetime) -> None:
    """Mark the student's older attempts that no worker has started as superseded by ``newer``.

    Attempts that were retried, or whose score is to be sent, are left alone. If a worker is just
    claiming an attempt, this waits, and the attempt then counts as started.
    """
    whose = {"of_exercise": newer.exercise, "of_student": newer.student}
    older = connection.execute(_SUPERSEDED, whose | {"newer": newer.attempt, "by": newer.id})
    for submission_id in older.scalars().all():
        what = {"course": newer.course, "by": newer.id}
        append_entry(connection, now, actor, "submission.superseded", submission_id, **what)


def _course_of(connection: Connection, exercise: str) -> str:
    """Return the course of ``exercise``. Raises NotFound if there is no such exercise."""
    course: str | None = connection.execute(_COURSE, {"exercise": exercise}).scalar()
    if course is None:
        raise NotFound(f"There is no exercise {exercise!r}.")
    return course


def _take_key(
    connection: Connection, new: NewSubmission, submission_id: str, now: datetime
) -> bool:
    """Insert the key of ``new``; return whether it was unused.

    Waits for the end of another transaction that is inserting the same key.
    """
    taken = connection.execute(
        _free_key(connection),
        {
            "scope": new.scope,
            "key": new.idempotency_key,
            "request_digest": new.request_digest,
            "submission": submission_id,
            "created_at": now,
        },
    )
    return taken.scalar() is not None


def _first_with_key(connection: Connection, new: NewSubmission) -> SubmissionRecord:
    """Return the submission that was stored with the key of ``new``.

    Raises:
        KeyReused: that request had another content.
        Conflict: that submission was erased.
    """
    row = connection.execute(_FIRST_OF_KEY, {"scope": new.scope, "key": new.idempotency_key}).one()
    if row.id is None:
        raise Conflict(
            "What came under this key before has been erased, and is not taken again.",
            how_to_fix="Use a new key to hand in anew.",
        )
    if row.request_digest != new.request_digest:
        raise KeyReused(
            "This key came before with another content.",
            how_to_fix="Use a new key for every new submission, and the same one to send it again.",
        )
    return record_of(row)


def _count_attempt(connection: Connection, new: NewSubmission) -> int:
    """Return the number of this attempt of the student at the exercise, from 1."""
    count: int = connection.execute(
        _attempt(connection), {"exercise": new.exercise, "student": new.student, "count": 1}
    ).scalar_one()
    return count


def _sent(new: NewSubmission) -> dict[str, str]:
    """Return the columns of a submission's row that the sender determines."""
    return {
        "exercise": new.exercise,
        "student": new.student,
        "filename": new.filename,
        "source": new.source,
        "callback_url": new.callback_url,
        "callback_context": new.callback_context,
    }


def _waiting(now: datetime) -> dict[str, str | int | datetime]:
    """Return the columns of the row of a submission that is queued at ``now``."""
    return {
        "state": SubmissionState.QUEUED.value,
        "lane": Lane.LIVE.value,
        "tries": 0,
        "token": 0,
        "problem": "",
        "received_at": now,
        "queued_at": now,
        "not_before": now,
    }
