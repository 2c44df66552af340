"""Claim, renew, release and sweep submissions. Their rows are the queue."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    Select,
    bindparam,
    case,
    func,
    or_,
    select,
    update,
)

from grader.domain.errors import NotFound
from grader.service.lanes import Lane
from grader.service.records import Claim, QueueState, SubmissionRecord, SubmissionState, Swept
from grader.store.queue.fairness import next_due
from grader.store.rows import DUE, PARKED, QUEUED, RECORD, RUNNING, record_of
from grader.store.tables import archives, passbacks, submissions

_STATE = SubmissionState
_CLAIM = (
    update(submissions)
    .where(submissions.c.id == bindparam("chosen"))
    .values(
        state=_STATE.RUNNING.value,
        tries=submissions.c.tries + 1,
        token=submissions.c.token + 1,
        lease_until=bindparam("until"),
        started_at=bindparam("begun"),
    )
    .returning(
        submissions.c.token, submissions.c.callback_url, submissions.c.callback_context, *RECORD
    )
)
_ARCHIVE = select(archives.c.data).where(archives.c.sha256 == bindparam("sha256"))
_RECORD_OF = select(*RECORD).where(submissions.c.id == bindparam("submission"))
# A locked row is skipped: another process is just requeueing or parking it.
_LOST_ROWS = (
    select(submissions.c.id)
    .where(RUNNING, submissions.c.lease_until <= bindparam("now"))
    .with_for_update(skip_locked=True)
)
_REQUEUE_LOST = (
    update(submissions)
    .where(submissions.c.id.in_(_LOST_ROWS.where(submissions.c.tries < bindparam("most"))))
    .values(state=_STATE.QUEUED.value, lease_until=None, not_before=bindparam("now"))
)
_PARK_LOST = (
    update(submissions)
    .where(submissions.c.id.in_(_LOST_ROWS.where(submissions.c.tries >= bindparam("most"))))
    .values(state=_STATE.NEEDS_ATTENTION.value, lease_until=None, problem=bindparam("why"))
)
# A claim is valid while its row is running under its token.
_RENEW = (
    update(submissions)
    .where(submissions.c.id == bindparam("submission"), RUNNING)
    .where(submissions.c.token == bindparam("held"))
    .values(lease_until=bindparam("until"))
)
# A row whose lease ended is queued under the same token until another worker claims it.
_GIVE_BACK = (
    update(submissions)
    .where(submissions.c.id == bindparam("submission"), or_(RUNNING, QUEUED))
    .where(submissions.c.token == bindparam("held"))
    .values(
        state=_STATE.QUEUED.value,
        lease_until=None,
        not_before=bindparam("due"),
        problem="",
        # Not above what it is: staff may have retried it meanwhile, with 0 tries.
        tries=case(
            (submissions.c.tries < bindparam("before", type_=Integer), submissions.c.tries),
            else_=bindparam("before", type_=Integer),
        ),
    )
)
# After the clock was set back, rows have times that lie further ahead than this code ever sets.
_BRING_LEASES_FORWARD = (
    update(submissions)
    .where(RUNNING, submissions.c.lease_until > bindparam("latest"))
    .values(lease_until=bindparam("latest"))
)
_BRING_ROWS_FORWARD = (
    update(submissions)
    .where(QUEUED, submissions.c.not_before > bindparam("latest"))
    .values(not_before=bindparam("latest"))
)


def _waiting_of(*conditions: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    """Return a query for the figures of :class:`QueueState`, of rows with all ``conditions``."""
    counts = (
        select(func.count()).select_from(submissions).where(which, *conditions).scalar_subquery()
        for which in (QUEUED, RUNNING, PARKED)
    )
    oldest = select(func.min(submissions.c.queued_at)).where(QUEUED, *conditions).scalar_subquery()
    return select(*counts, oldest)


_WAITING = _waiting_of()
_WAITING_IN_LANE = _waiting_of(submissions.c.lane == bindparam("lane"))
_LOST = "The worker was lost while grading, {tries} times: the submission may be what kills it."


def claim(
    connection: Connection, lane: Lane, now: datetime, lease: timedelta, max_tries: int
) -> Claim | None:
    """Claim the next due row of ``lane`` until ``now + lease``; return ``None`` if none is due.

    A row is due if it is queued and does not pause after a fault;
    :func:`grader.store.queue.fairness.next_due` says which is next. Rows of any lane whose lease
    has expired and that have a try left are queued again first. The token and the number of tries
    of the claimed row rise by one, so the try counts even if the worker dies.
    """
    _requeue_lost(connection, now, max_tries)
    chosen = next_due(connection, lane, now)
    if chosen is None:
        return None
    row = connection.execute(_CLAIM, {"chosen": chosen, "until": now + lease, "begun": now}).one()
    record = record_of(row)
    stored = connection.execute(_ARCHIVE, {"sha256": record.archive_sha256})
    return Claim(record, row.token, stored.scalar_one(), row.callback_url, row.callback_context)


def renew(connection: Connection, held: Claim, until: datetime) -> bool:
    """Let the claim ``held`` last until ``until``; return whether it was still valid."""
    given = {"submission": held.submission.id, "held": held.token, "until": until}
    return connection.execute(_RENEW, given).rowcount == 1


def give_back(connection: Connection, held: Claim, due_at: datetime) -> bool:
    """Queue a claimed row again, due at ``due_at``, as if it had not been claimed: without the try.

    Return whether nobody had claimed it since; if somebody has, or it was graded or parked, nothing
    changes.
    """
    given = {
        "submission": held.submission.id,
        "held": held.token,
        "due": due_at,
        "before": held.submission.tries - 1,
    }
    return connection.execute(_GIVE_BACK, given).rowcount == 1


def release(
    connection: Connection, held: Claim, problem: str, retry_at: datetime, max_tries: int
) -> bool:
    """Queue a claimed row again, due at ``retry_at``, or park it after ``max_tries`` tries.

    A parked row needs attention, and only then ``problem`` is stored, to say why. Return whether
    the claim ``held`` was still valid; if not, nothing changes.
    """
    parked = held.submission.tries >= max_tries
    state = _STATE.NEEDS_ATTENTION if parked else _STATE.QUEUED
    given = connection.execute(
        update(submissions)
        .where(submissions.c.id == held.submission.id, RUNNING)
        .where(submissions.c.token == held.token)
        .values(
            state=state.value,
            lease_until=None,
            not_before=retry_at,
            problem=problem if parked else "",
        )
    )
    return given.rowcount == 1


def sweep(connection: Connection, now: datetime, max_tries: int) -> Swept:
    """Queue again the rows whose lease has expired, or park them after ``max_tries`` tries.

    A parked row needs attention. Return how many rows were queued again and how many were parked,
    the lanes that then have a row to claim, and how many scores of the outbox are to be sent now.
    """
    requeued = _requeue_lost(connection, now, max_tries)
    parked = _park_lost(connection, now, max_tries)
    lanes = tuple(lane for lane in Lane if _is_due(connection, lane, now))
    scores = select(func.count()).select_from(passbacks)
    waiting = connection.execute(scores.where(DUE, passbacks.c.next_try_at <= now)).scalar_one()
    return Swept(requeued, parked, lanes, waiting)


def clamp_times(connection: Connection, now: datetime, lease: timedelta, pause: timedelta) -> int:
    """Limit the end of every lease to ``now + lease``, and of every pause to ``now + pause``.

    Running rows have a lease; queued rows may have a pause. Return the number of changed rows.
    """
    changed = connection.execute(_BRING_LEASES_FORWARD, {"latest": now + lease}).rowcount
    return changed + connection.execute(_BRING_ROWS_FORWARD, {"latest": now + pause}).rowcount


def _is_due(connection: Connection, lane: Lane, now: datetime) -> bool:
    """Return whether ``lane`` has a row that can be claimed at ``now``."""
    one = select(submissions.c.id).where(QUEUED, submissions.c.lane == lane.value)
    return (
        connection.execute(one.where(submissions.c.not_before <= now).limit(1)).first() is not None
    )


def _requeue_lost(connection: Connection, now: datetime, max_tries: int) -> int:
    """Queue the rows again whose lease has expired and that have a try left; return how many."""
    return connection.execute(_REQUEUE_LOST, {"now": now, "most": max_tries}).rowcount


def _park_lost(connection: Connection, now: datetime, max_tries: int) -> int:
    """Park the rows whose lease has expired and that have no try left; return how many."""
    why = _LOST.format(tries=max_tries)
    return connection.execute(_PARK_LOST, {"now": now, "most": max_tries, "why": why}).rowcount


def get(connection: Connection, submission_id: str) -> SubmissionRecord:
    """Return the record of a submission. Raises NotFound if there is none."""
    row = connection.execute(_RECORD_OF, {"submission": submission_id}).one_or_none()
    if row is None:
        raise NotFound(f"There is no submission {submission_id!r}.")
    return record_of(row)


def waiting(connection: Connection, lane: Lane | None = None) -> QueueState:
    """Return the number of queued, running and parked rows, and since when the oldest is queued.

    They are those of ``lane``, or of all lanes. Parked rows need attention. The time is ``None`` if
    nothing is queued.
    """
    if lane is None:
        figures = connection.execute(_WAITING).one()
    else:
        figures = connection.execute(_WAITING_IN_LANE, {"lane": lane.value}).one()
    queued, running, parked, oldest = figures
    return QueueState(queued, running, parked, oldest)
