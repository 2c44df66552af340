"""Find due submissions and scores, and notify workers. Any process may sweep at any time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import structlog

from grader.service.lanes import Lane
from grader.service.ports import Clock, Notifier, Store
from grader.service.records import Swept

log = structlog.get_logger(__name__)

#: How far the clocks of two processes may differ without a correction. Chosen by hand.
SKEW = timedelta(seconds=5)


@dataclass(frozen=True)
class Sweep:
    """The use case that queues submissions of lost workers again, and notifies workers of due rows.

    Call the instance regularly. A worker counts as lost when the lease of its claim has expired. A
    submission whose last try is used up is not queued again, but needs attention. Due are
    submissions and requested measurements that can be claimed, and scores that can be sent, e.g.
    because a notification got lost. ``lease``, how long a claim lasts, and ``pause``, the wait
    after a failed try, must be those of the workers.

    Rows store absolute times, and a clock may be set back, e.g. by an hour on a machine that
    started with a wrong one. Times that then lie too far ahead are reduced to the latest that can
    be right. If a clock is set forward, leases end early and their workers lose their claims.
    """

    store: Store
    clock: Clock
    notifier: Notifier
    lease: timedelta
    pause: timedelta

    def __call__(self) -> Swept:
        """Queue again the submissions whose lease has expired, and notify workers of due rows.

        Return what was changed and what is due. A submission whose last try is used up needs
        attention instead. Times that lie too far ahead are corrected first; that is logged, and not
        part of the result.
        """
        now = self.clock.now()
        corrected = self.store.submissions.clamp_times(now + SKEW, self.lease, self.pause)
        corrected += self.store.passbacks.clamp_times(now + SKEW)
        if corrected:
            log.warning("clock_set_back", corrected_rows=corrected)
        swept = self.store.submissions.sweep(now)
        due = set(swept.due_lanes)
        if self.store.measurements.is_due(now):
            due.add(Lane.REGRADE)
        for lane in sorted(due):
            self.notifier.notify(lane)
        if swept.due_passbacks:
            self.notifier.notify_delivery()
        return swept
