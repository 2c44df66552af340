"""Whose turn it is. One student's burst never makes another wait for all of it."""

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

#: How long a graded row counts against its student's next turn.
RECENT = timedelta(minutes=5)
#: How many students are tried where other workers are taking their rows at this very moment.
_IN_TURN = 16

_DUE = (
    QUEUED,
    submissions.c.lane == bindparam("lane"),
    submissions.c.not_before <= bindparam("now"),
)
_WHO = (submissions.c.course, submissions.c.student)
#: The (course, student) of every row of the lane that is running or was lately graded. The other
#: lane does not count: a regrade of yesterday's work makes nobody's upload of today wait.
_OF_LANE = submissions.c.lane == bindparam("lane")
BUSY = union_all(
    select(*_WHO).where(RUNNING, _OF_LANE),
    select(*_WHO).where(submissions.c.graded_at > bindparam("graded_since"), _OF_LANE),
).subquery()


def _oldest_of_busy() -> Select[str]:
    """The oldest row of each busy student, those with the smallest load first.

    Ids sort by the time received, so they give the order among equals.
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
        .limit(_IN_TURN)
    )


_OLDEST = (
    select(submissions.c.id, *_WHO, submissions.c.exercise)
    .where(*_DUE)
    .order_by(submissions.c.received_at, submissions.c.id)
    .limit(1)
    .with_for_update(skip_locked=True, of=submissions)
)
# NOT IN rather than a join: both databases look it up in a table of hashes or a tree.
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
    """From when on a graded row counts against its student's next turn."""
    return now - RECENT


def next_due(connection: Connection, lane: Lane, now: datetime) -> str | None:
    """The id of the row to take next, locked, or ``None``.

    Students with the fewest rows running or lately graded go first, then who has waited longest;
    of the student whose turn it is, the newest attempt at that exercise.
    """
    due = {"lane": lane.value, "now": now}
    first = _first_in_turn(connection, due)
    if first is None:
        return None
    whose = {"course": first.course, "student": first.student, "exercise": first.exercise}
    chosen: str = connection.execute(_NEWEST_ATTEMPT, due | whose).scalar_one()
    return chosen


def _first_in_turn(connection: Connection, due: dict[str, Any]) -> AnyRow | None:
    """The longest waiting row of the student whose turn it is, locked.

    Two steps, so that neither ever sorts all that waits: rows by age until one is of an idle
    student; else the busy students by load, and the oldest row of each from an index.
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
