"""Choose the next submission. Students take turns, so many uploads of one delay nobody else."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    Connection,
    Select,
    bindparam,
    func,
    select,
    tuple_,
    union_all,
)

from grader.service.lanes import Lane
from grader.store.rows import QUEUED, RUNNING, AnyRow
from grader.store.tables import submissions

#: How long a row counts as load of its student after it was graded. Chosen by hand.
RECENT = timedelta(minutes=5)
#: How many busy students are tried: other workers may have locked the rows of the first ones.
#: Chosen by hand.
_MAX_CANDIDATES = 16

_DUE = (
    QUEUED,
    submissions.c.lane == bindparam("lane"),
    submissions.c.not_before <= bindparam("now"),
)
_WHO = (submissions.c.course, submissions.c.student)
#: The (course, student) of every row of the lane that is running or was graded recently, so a
#: student is in it once per row. The other lane does not count: a regrade of old work must not
#: delay the student's upload of today.
_OF_LANE = submissions.c.lane == bindparam("lane")
BUSY = union_all(
    select(*_WHO).where(RUNNING, _OF_LANE),
    select(*_WHO).where(submissions.c.graded_at > bindparam("graded_since"), _OF_LANE),
).subquery()


def _oldest_of_busy() -> Select[str]:
    """Return a query for the id of the oldest due row of each busy student, smallest load first.

    Between students of equal load the older id is first; ids sort by the time received.
    """
    who = (BUSY.c.course, BUSY.c.student)
    loads = select(*who, func.count().label("load")).group_by(*who).subquery()
    oldest = (
        select(submissions.c.id)
        .where(*_DUE)
        .where(submissions.c.course == loads.c.course, submissions.c.student == loads.c.student)
        .order_by(submissions.c.received_at, submissions.c.id)
        .limit(1)
        .correlate(loads)
        .scalar_subquery()
    )
    firsts = select(loads.c.load, oldest.label("first")).subquery()
    return (
        select(firsts.c.first)
        .where(firsts.c.first.is_not(None))
        .order_by(firsts.c.load, firsts.c.first)
        .limit(_MAX_CANDIDATES)
    )


_OLDEST = (
    select(submissions.c.id, *_WHO, submissions.c.exercise)
    .where(*_DUE)
    .order_by(submissions.c.received_at, submissions.c.id)
    .limit(1)
    .with_for_update(skip_locked=True, of=submissions)
)
# NOT IN instead of a join: both databases look it up in a hash table or a tree.
_OLDEST_OF_IDLE = _OLDEST.where(tuple_(*_WHO).not_in(select(BUSY.c.course, BUSY.c.student)))
_OLDEST_OF_BUSY = _oldest_of_busy()
_THIS_ONE = _OLDEST.where(submissions.c.id == bindparam("candidate"))
_NEWEST_ATTEMPT = (
    select(submissions.c.id)
    .where(*_DUE)
    .where(submissions.c.course == bindparam("course"))
    .where(submissions.c.student == bindparam("student"))
    .where(submissions.c.exercise == bindparam("exercise"))
    .order_by(submissions.c.attempt.desc())
    .limit(1)
    .with_for_update(skip_locked=True)
)


def counted_since(now: datetime) -> datetime:
    """Return the time 5 minutes before ``now``; rows graded after it are load of their student."""
    return now - RECENT


def next_due(connection: Connection, lane: Lane, now: datetime) -> str | None:
    """Lock the row of ``lane`` to claim next and return its id, or ``None`` if no row is due.

    A row is due if it is queued and does not pause after a fault. It is the turn of the student
    with the fewest rows of the lane running or graded in the last 5 minutes and, among equals, with
    the due row that was received first; a student in two courses counts as two. The student's
    newest due attempt at the exercise of the student's oldest due row is returned. Rows that
    another worker has locked are skipped.
    """
    due = {"lane": lane.value, "now": now}
    first = _first_in_turn(connection, due)
    if first is None:
        return None
    whose = {"course": first.course, "student": first.student, "exercise": first.exercise}
    chosen: str = connection.execute(_NEWEST_ATTEMPT, due | whose).scalar_one()
    return chosen


def _first_in_turn(connection: Connection, due: dict[str, Any]) -> AnyRow | None:
    """Lock and return the oldest row of the student whose turn it is; ``None`` if none is due.

    No query sorts the whole queue: the oldest row of a student without load is looked up first;
    if there is none, the oldest row of each busy student, smallest load first. If other workers
    have locked all of these, the oldest row that is not locked is returned.
    """
    turn = due | {"graded_since": counted_since(due["now"])}
    found = connection.execute(_OLDEST_OF_IDLE, turn).one_or_none()
    if found is not None:
        return found
    for candidate in connection.execute(_OLDEST_OF_BUSY, turn).scalars().all():
        found = connection.execute(_THIS_ONE, due | {"candidate": candidate}).one_or_none()
        if found is not None:
            return found
    return connection.execute(_OLDEST, due).one_or_none()
