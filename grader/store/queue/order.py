"""The expected order of the queue and the throughput, from which waiting times are estimated."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from operator import itemgetter

from sqlalchemy import Connection, bindparam, func, select

from grader.service.estimate import MAX_SAMPLES, RECENT, GradingInterval, Throughput
from grader.service.lanes import Lane
from grader.store.queue.fairness import BUSY, counted_since
from grader.store.rows import QUEUED, RUNNING, AnyRow
from grader.store.tables import submissions

#: The most rows that are ordered; further rows get the position after the last. Chosen by hand.
_MAX_ROWS = 25_000
_WHO = (submissions.c.course, submissions.c.student)
# An index has this order, so the database does not sort.
_WAITING = (
    select(
        submissions.c.id,
        *_WHO,
        submissions.c.exercise,
        submissions.c.attempt,
    )
    .where(QUEUED, submissions.c.lane == bindparam("lane"))
    .order_by(*_WHO, submissions.c.received_at, submissions.c.id)
    .limit(_MAX_ROWS)
)
_LOADS = select(BUSY.c.course, BUSY.c.student, func.count()).group_by(BUSY.c.course, BUSY.c.student)
_RECENT = (
    select(submissions.c.started_at, submissions.c.graded_at)
    .where(submissions.c.graded_at > bindparam("since"), submissions.c.started_at.is_not(None))
    .where(submissions.c.graded_at >= submissions.c.started_at)
    .order_by(submissions.c.graded_at.desc())
    .limit(MAX_SAMPLES)
)
_IN_WORK = select(submissions.c.started_at).where(
    RUNNING, submissions.c.lease_until > bindparam("now"), submissions.c.started_at.is_not(None)
)

_who = itemgetter(1, 2)
_attempt = itemgetter(4)


def queue_order(connection: Connection, lane: Lane, now: datetime) -> Sequence[str]:
    """Return the ids of the rows that wait in ``lane``, in the order in which they will be claimed.

    That is the order of :mod:`grader.store.queue.fairness` if no further row arrives: students with
    the smallest load first, one row of each in turn, and the newest attempt of an exercise first.
    Rows that pause after a fault are included. Only the first 25,000 rows by course and student are
    read; the others are left out.
    """
    which = {"lane": lane.value, "graded_since": counted_since(now)}
    loads = {(row[0], row[1]): row[2] for row in connection.execute(_LOADS, which)}
    rows = connection.execute(_WAITING, which).all()
    return [taken for _, _, taken in sorted(_turns(rows, loads))]


def _turns(
    rows: Iterable[AnyRow], loads: Mapping[tuple[str, str], int]
) -> Iterator[tuple[int, str, str]]:
    """Yield (load of its student when the row is claimed, id that decides ties, id) of each row.

    Sorted, they are in the order of claims. ``rows`` must be sorted by student and age; ``loads``
    are by (course, student). E.g. a student with 1 running and 2 queued rows yields loads 1 and 2.
    """
    for who, own in groupby(rows, key=_who):
        for at, (first, taken) in enumerate(_own_order(tuple(own)), start=loads.get(who, 0)):
            yield at, first, taken


def _own_order(own: Sequence[AnyRow]) -> Iterator[tuple[str, str]]:
    """Yield (oldest id, claimed id) of one student's rows ``own``, in the order of claims.

    The student's oldest row decides when the student is next; claimed is then the newest attempt
    at the exercise of that row. ``own`` must be sorted by age.
    """
    attempts: dict[str, list[str]] = defaultdict(list)
    for submission, _, _, exercise, _ in sorted(own, key=_attempt):
        attempts[exercise].append(submission)
    taken: set[str] = set()
    for first, _, _, exercise, _ in own:
        while first not in taken:
            newest = attempts[exercise].pop()
            taken.add(newest)
            yield first, newest


def throughput(connection: Connection, now: datetime) -> Throughput:
    """Return the newest gradings of the last 15 minutes, at most 50, and the running ones.

    Both are of all lanes. Gradings that stored no graded report, and running ones whose lease has
    expired, are left out. Of a running grading only the time is returned at which it started.
    """
    recent = connection.execute(_RECENT, {"since": now - RECENT})
    running = connection.execute(_IN_WORK, {"now": now})
    return Throughput(tuple(GradingInterval(*row) for row in recent), tuple(running.scalars()))
