"""Positions of queued submissions. The computed order of a lane is reused for a short time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock

from grader.service.estimate import QueuePosition, queue_position
from grader.service.lanes import Lane
from grader.service.ports import Clock, Store
from grader.service.records import SubmissionRecord, SubmissionState

#: How long a computed order stays valid, per queued row. Computing it takes a small part of that
#: time, so many polling clients leave the database free for grading. E.g. 2,000 rows: 1 s.
CACHE_TTL_PER_ROW = timedelta(microseconds=500)


@dataclass(frozen=True)
class _Order:
    """The 1-based queue positions of a lane by submission id, computed at ``computed_at``."""

    positions: Mapping[str, int]
    computed_at: datetime

    def is_valid(self, now: datetime) -> bool:
        """Return whether the order can still be used; not if ``now`` lies before it was computed.

        Its age must be at most :data:`CACHE_TTL_PER_ROW` for each of its rows.
        """
        age = now - self.computed_at
        return timedelta() <= age <= CACHE_TTL_PER_ROW * len(self.positions)


class QueuePositions:
    """The use case that finds the queue position of a submission and estimates its waiting time.

    The order of a whole lane is computed at once and reused for a short time. Threads may share an
    instance.
    """

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store, self._clock = store, clock
        self._orders: dict[Lane, _Order] = {}
        self._lock = Lock()

    def of(self, record: SubmissionRecord) -> QueuePosition | None:
        """Return the position of ``record`` and the estimated seconds until its report.

        ``None`` if the state in ``record`` is not queued. The position counts from 1; submissions
        of other lanes come after the whole live lane. The order of a lane is computed anew only
        after a short time, so a position may be a little old; a submission that is not in the order
        is last in its lane.
        """
        if record.state is not SubmissionState.QUEUED:
            return None
        now = self._clock.now()
        position = self._position(record.id, record.lane, now)
        return queue_position(record, position, self._store.submissions.throughput(now), now)

    def _position(self, submission: str, lane: Lane, now: datetime) -> int:
        """Return the 1-based position; rows of other lanes come after all rows of the live lane.

        A submission that is not in the computed order, because it is newer, is last in its lane.
        """
        positions = self._order(lane, now).positions
        live = 0 if lane is Lane.LIVE else len(self._order(Lane.LIVE, now).positions)
        return live + positions.get(submission, len(positions) + 1)

    def _order(self, lane: Lane, now: datetime) -> _Order:
        """Return the order of ``lane``, computed anew if the last one is no longer valid."""
        with self._lock:
            order = self._orders.get(lane)
            if order is None or not order.is_valid(now):
                ids = self._store.submissions.queue_order(lane, now)
                order = _Order({one: at for at, one in enumerate(ids, start=1)}, now)
                self._orders[lane] = order
            return order
