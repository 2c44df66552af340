"""Estimate when a queued submission will have its report, from the latest gradings."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from grader.service.records import SubmissionRecord

#: Gradings that ended longer ago are ignored, because the speed may have changed since. Chosen by
#: hand.
RECENT = timedelta(minutes=15)
#: The number of newest gradings that are read. Chosen by hand.
MAX_SAMPLES = 50
#: A submission that has waited longer while nothing is running gets no estimate, because there is
#: probably no worker. Chosen by hand.
NO_WORKER_AFTER = timedelta(seconds=30)


@dataclass(frozen=True)
class GradingInterval:
    """When one grading started (its submission was claimed) and when its report was stored."""

    started_at: datetime
    finished_at: datetime


@dataclass(frozen=True)
class Throughput:
    """The recent and the running gradings, from which waiting times are estimated; of all lanes.

    ``recent`` are the newest gradings, at most :data:`MAX_SAMPLES`, that ended within the last
    :data:`RECENT` with a graded report. ``running`` are the times at which the present gradings
    started, without those whose lease has expired.
    """

    recent: tuple[GradingInterval, ...]
    running: tuple[datetime, ...]


@dataclass(frozen=True)
class QueuePosition:
    """The 1-based position of a submission in the queue, and the seconds until its report.

    ``estimated_seconds`` is an estimate, or ``None`` if there are no recent gradings to estimate
    from, or if probably no worker is running.
    """

    position: int
    estimated_seconds: int | None


def queue_position(
    record: SubmissionRecord, position: int, throughput: Throughput, now: datetime
) -> QueuePosition:
    """Return ``position`` with the estimated seconds until ``record`` has its report.

    ``position`` is the 1-based position of ``record``, a queued submission. The estimate is
    ``None`` without recent gradings, or if ``record`` has waited over 30 seconds while nothing is
    running.
    """
    waited = now - record.queued_at
    no_worker = not throughput.running and waited > NO_WORKER_AFTER
    return QueuePosition(position, None if no_worker else _seconds(position, throughput, now))


def _seconds(position: int, throughput: Throughput, now: datetime) -> int | None:
    """Return the estimated seconds until the report of the submission at ``position``, or ``None``.

    The mean grading time, once for itself and a share for each submission that has to end before.
    E.g. 2 workers, both busy, 10 s a grading: position 1 waits until 1 of 2 workers is free,
    10 * 1 / 2 s, and is then graded in 10 s: 15. ``None`` if there are no recent gradings.
    """
    if not throughput.recent:
        return None
    durations = [(one.finished_at - one.started_at).total_seconds() for one in throughput.recent]
    mean = sum(durations, 0.0) / len(durations)
    workers = worker_count(throughput, now)
    ahead = max(0, position + len(throughput.running) - workers)
    return max(1, ceil(mean * ahead / workers + mean))


def worker_count(throughput: Throughput, now: datetime) -> int:
    """Return the estimated number of workers: the most gradings that ran at once, at least 1.

    The recent gradings count, and those that are running at ``now``.
    """
    running = (GradingInterval(started_at, now) for started_at in throughput.running)
    return max(1, len(throughput.running), _max_overlap((*throughput.recent, *running)))


def _max_overlap(intervals: Iterable[GradingInterval]) -> int:
    """Return the largest number of ``intervals`` that contain one point in time.

    An end sorts before a start at the same time: one worker can do both gradings.
    """
    changes = sorted(
        change for one in intervals for change in ((one.started_at, 1), (one.finished_at, -1))
    )
    most = count = 0
    for _, change in changes:
        count += change
        most = max(most, count)
    return most
