"""Queue again, at the request of staff, submissions that need attention."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, select, update

from grader.domain.errors import Conflict
from grader.service.records import SubmissionRecord, SubmissionState
from grader.store.audit_log import append_entry
from grader.store.queue.claims import get
from grader.store.rows import PARKED, RECORD, record_of
from grader.store.tables import submissions

#: Most submissions that are retried in one transaction. Chosen by hand: on SQLite the workers wait
#: for it, a few hundredths of a second.
PORTION = 200


def retry(
    connection: Connection, submission_id: str, actor: str, now: datetime
) -> SubmissionRecord:
    """Queue again a row that needs attention, with 0 tries and an audit entry; return its record.

    It is due at once, in the lane that it had.

    Raises:
        NotFound: there is no such submission.
        Conflict: the submission does not need attention.
    """
    retried = _retry(connection, [submission_id], actor, now)
    if not retried:
        state = get(connection, submission_id).state
        raise Conflict(
            f"The submission is {state.value}; only one that needs attention is retried."
        )
    return retried[0]


def retry_portion(
    connection: Connection, course: str, exercise: str, after: str, actor: str, now: datetime
) -> Sequence[SubmissionRecord]:
    """Queue again up to :data:`PORTION` rows that need attention; return their records, by id.

    They are those with the lowest ids above ``after``, of ``course`` and of ``exercise``; an empty
    ``course`` or ``exercise`` matches all. Each has an audit entry, like a single one.
    """
    found = select(submissions.c.id).where(PARKED, submissions.c.id > after)
    if course:
        found = found.where(submissions.c.course == course)
    if exercise:
        found = found.where(submissions.c.exercise == exercise)
    ids = connection.execute(found.order_by(submissions.c.id).limit(PORTION)).scalars().all()
    return _retry(connection, ids, actor, now)


def _retry(
    connection: Connection, ids: Sequence[str], actor: str, now: datetime
) -> Sequence[SubmissionRecord]:
    """Queue again those of ``ids`` that need attention; return their new records, by id."""
    rows = connection.execute(
        update(submissions)
        .where(submissions.c.id.in_(ids), PARKED)
        .values(
            state=SubmissionState.QUEUED.value, tries=0, problem="", queued_at=now, not_before=now
        )
        .returning(*RECORD)
    ).all()
    records = sorted(map(record_of, rows), key=lambda record: record.id)
    for one in records:
        append_entry(connection, now, actor, "submission.retried", one.id, course=one.course)
    return records
