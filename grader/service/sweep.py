"""Look at the rows and wake whoever has work; any process may do it, at any time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import structlog

from grader.service.ports import Clock, Notifier, Store
from grader.service.records import Swept

log = structlog.get_logger(__name__)

#: How far the clocks of two processes may be apart without anybody having to do anything.
SKEW = timedelta(seconds=5)


@dataclass(frozen=True)
class Sweep:
    """The use case. ``lease`` and ``pause`` are those of the workers.

    Times are kept as moments of the clock, and a clock may go back: by an hour, where a machine
    started with a wrong one. What waits for a moment is then brought forward to the latest that
    can have been meant. A clock that goes forward only ends leases early; whoever still holds one
    then finds that it has lost its claim.
    """

    store: Store
    clock: Clock
    notifier: Notifier
    lease: timedelta
    pause: timedelta

    def __call__(self) -> Swept:
        """Put back what a dead worker held, park what failed too often, wake the rest."""
        now = self.clock.now()
        late = self.store.submissions.clamp_times(now + SKEW, self.lease, self.pause)
        late += self.store.passbacks.clamp_times(now + SKEW)
        if late:
            log.warning("clock_went_back", brought_forward=late)
        swept = self.store.submissions.sweep(now)
        for lane in swept.due_lanes:
            self.notifier.notify(lane)
        if swept.due_passbacks:
            self.notifier.notify_delivery()
        return swept
