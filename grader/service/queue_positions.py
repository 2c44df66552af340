"""Where queued submissions stand; the order is reckoned once for all who ask at about one time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock

from grader.service.estimate import Place, place_of
from grader.service.lanes import Lane
from grader.service.ports import Clock, Store
from grader.service.records import SubmissionRecord, SubmissionState

#: For so long an order is believed, for every row in it: to reckon it anew takes a fraction of
#: that, so many who ask do not keep the database from grading.
BELIEVED = timedelta(microseconds=500)


@dataclass(frozen=True)
class _Order:
    """Positions from 1 by id, as of a time."""

    positions: Mapping[str, int]
    taken_at: datetime

    def holds(self, now: datetime) -> bool:
        """Whether it may still be believed; not so where the clock went back."""
        return self.taken_at <= now <= self.taken_at + BELIEVED * len(self.positions)


class Places:
    """The use case; safe to share between threads."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store, self._clock = store, clock
        self._orders: dict[Lane, _Order] = {}
        self._lock = Lock()

    def of(self, record: SubmissionRecord) -> Place | None:
        """Where a submission stands; ``None`` for one that does not wait."""
        if record.state is not SubmissionState.QUEUED:
            return None
        now = self._clock.now()
        position = self._position(record.id, record.lane, now)
        return place_of(record, position, self._store.submissions.pace(now), now)

    def _position(self, submission: str, lane: Lane, now: datetime) -> int:
        """One that came after the order was reckoned stands behind all in it."""
        positions = self._order(lane, now).positions
        live = 0 if lane is Lane.LIVE else len(self._order(Lane.LIVE, now).positions)
        return live + positions.get(submission, len(positions) + 1)

    def _order(self, lane: Lane, now: datetime) -> _Order:
        with self._lock:
            order = self._orders.get(lane)
            if order is None or not order.holds(now):
                ids = self._store.submissions.in_turn(lane, now)
                order = _Order({one: at for at, one in enumerate(ids, start=1)}, now)
                self._orders[lane] = order
            return order
