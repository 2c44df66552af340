"""When a queued submission will probably be graded: reckoned from what was graded lately."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from grader.service.records import SubmissionRecord

#: Beyond so long ago, nothing says how fast it goes now.
LATELY = timedelta(minutes=15)
#: How many gradings are looked at, the newest ones.
MOST = 50
#: Something that has waited so long while nobody grades waits for a worker that is not there.
NOBODY_CAME = timedelta(seconds=30)


@dataclass(frozen=True)
class Span:
    """One grading, from the time it was begun to its end."""

    begun: datetime
    ended: datetime


@dataclass(frozen=True)
class Pace:
    """The newest gradings of lately, and since when those run that are in work now."""

    lately: tuple[Span, ...]
    running: tuple[datetime, ...]


@dataclass(frozen=True)
class Place:
    """How many go before it, itself included, and in how many seconds its report is to be expected.

    The seconds are ``None`` where nothing is known to reckon with.
    """

    position: int
    estimated_seconds: int | None


def place_of(record: SubmissionRecord, position: int, pace: Pace, now: datetime) -> Place:
    """The place of a queued submission whose turn is the ``position``-th from now on."""
    nobody_came = not pace.running and now - record.queued_at > NOBODY_CAME
    seconds = None if nobody_came else _seconds(position, pace, now)
    return Place(position, seconds)


def _seconds(position: int, pace: Pace, now: datetime) -> int | None:
    if not pace.lately:
        return None
    lasted = sum(((one.ended - one.begun).total_seconds() for one in pace.lately), 0.0)
    each = lasted / len(pace.lately)
    workers = workers_of(pace, now)
    before_it = max(0, position + len(pace.running) - workers)
    return max(1, ceil(each * before_it / workers + each))


def workers_of(pace: Pace, now: datetime) -> int:
    """How many submissions were in work at one moment at most: so many workers there are."""
    in_work = (*pace.lately, *(Span(begun, now) for begun in pace.running))
    return max(1, len(pace.running), _most_at_once(in_work))


def _most_at_once(spans: Iterable[Span]) -> int:
    # At one moment ends come before beginnings: a worker takes the next when it is done.
    steps = sorted(step for one in spans for step in ((one.begun, 1), (one.ended, -1)))
    most = count = 0
    for _, change in steps:
        count += change
        most = max(most, count)
    return most
