"""Whose turn it is. One student's burst never makes another wait for all of it."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    Subquery,
    func,
    select,
    tuple_,
    union_all,
)

from grader.service.records import Lane
from grader.store.rows import QUEUED, RUNNING, AnyRow
from grader.store.tables import submissions

#: How long a graded row counts against its student's next turn.
LATELY = timedelta(minutes=5)


#: How many students are tried where other workers are taking their rows at this very moment.
_IN_TURN = 16

Due = tuple[ColumnElement[bool], ...]


def next_due(connection: Connection, lane: Lane, now: datetime) -> str | None:
    """The id of the row to take next, locked, or ``None``.

    Students with the fewest rows running or lately graded go first, then who has waited longest;
    of the student whose turn it is, the newest attempt at that exercise.
    """
    due = (QUEUED, submissions.c.lane == lane.value, submissions.c.not_before <= now)
    first = _first_in_turn(connection, due, now)
    if first is None:
        return None
    newest = (
        select(submissions.c.id)
        .where(*due)
        .where(submissions.c.course == first.course, submissions.c.student == first.student)
        .where(submissions.c.exercise == first.exercise)
        .order_by(submissions.c.attempt.desc())
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    chosen: str = connection.execute(newest).scalar_one()
    return chosen


def _first_in_turn(connection: Connection, due: Due, now: datetime) -> AnyRow | None:
    """The longest waiting row of the student whose turn it is, locked.

    Two steps, so that neither ever sorts all that waits: rows by age until one is of an idle
    student; else the busy students by load, and the oldest row of each from an index.
    """
    busy = _busy(now)
    student = tuple_(submissions.c.course, submissions.c.student)
    # NOT IN rather than a join: both databases look it up in a table of hashes or a tree.
    idle = student.not_in(select(busy.c.course, busy.c.student))
    found = connection.execute(_oldest(due).where(idle)).one_or_none()
    if found is not None:
        return found
    for candidate in connection.execute(_oldest_of_busy(due, busy)).scalars().all():
        found = connection.execute(_oldest(due).where(submissions.c.id == candidate)).one_or_none()
        if found is not None:
            return found
    return connection.execute(_oldest(due)).one_or_none()


def _busy(now: datetime) -> Subquery:
    """The (course, student) of every row that is running or was lately graded."""
    who = (submissions.c.course, submissions.c.student)
    running = select(*who).where(RUNNING)
    return union_all(running, select(*who).where(submissions.c.graded_at > now - LATELY)).subquery()


def _oldest(due: Due) -> Select[str, str, str, str]:
    row = (submissions.c.id, submissions.c.course, submissions.c.student, submissions.c.exercise)
    return (
        select(*row)
        .where(*due)
        .order_by(submissions.c.received_at, submissions.c.id)
        .limit(1)
        .with_for_update(skip_locked=True, of=submissions)
    )


def _oldest_of_busy(due: Due, busy: Subquery) -> Select[str]:
    """The oldest row of each busy student, those with the smallest load first.

    Ids sort by the time received, so they give the order among equals.
    """
    who = (busy.c.course, busy.c.student)
    loads = select(*who, func.count().label("load")).group_by(*who).subquery()
    oldest = (
        select(submissions.c.id)
        .where(*due)
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
