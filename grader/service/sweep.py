"""Look at the rows and wake whoever has work; any process may do it, at any time."""

from __future__ import annotations

from dataclasses import dataclass

from grader.service.ports import Clock, Store, Waker
from grader.service.records import Swept


@dataclass(frozen=True)
class Sweep:
    """The use case."""

    store: Store
    clock: Clock
    waker: Waker

    def __call__(self) -> Swept:
        """Put back what a dead worker held, park what failed too often, wake the rest."""
        swept = self.store.submissions.sweep(self.clock.now())
        for lane in swept.due_lanes:
            self.waker.wake(lane)
        if swept.due_passbacks:
            self.waker.wake_delivery()
        return swept
