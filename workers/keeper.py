"""The keeper: a thread of each process that grades, beside the one that works.

It renews the leases of the claims that are worked on, says that the process is alive, and gives the
claims back when the worker is told to stop and they take too long.
"""

from __future__ import annotations

from collections.abc import Callable
from threading import Event, Thread
from time import monotonic

import structlog

from grader.domain.errors import StoreUnavailable
from grader.service.host import Host
from grader.service.leases import Leases
from grader.service.records.workers import BEAT
from workers.shared_times import SharedTimes

log = structlog.get_logger(__name__)

#: Seconds between two rounds of the keeper. Chosen by hand.
TICK = 0.5
#: How often a claim is renewed while its lease would last.
RENEWALS = 3
#: Seconds after which a renewal that failed is tried again. Chosen by hand.
AGAIN = 2.0


class Keeper:
    """Does the regular work of one process that grades, in :meth:`tick`.

    ``interrupt`` ends the measurement that runs, after its claim was given back. That happens
    ``stop_seconds`` seconds after the worker was told to stop.
    """

    def __init__(
        self,
        leases: Leases,
        host: Host,
        times: SharedTimes,
        *,
        stop_seconds: float,
        interrupt: Callable[[], None],
    ) -> None:
        self._leases, self._host, self._times = leases, host, times
        self._stop_seconds, self._interrupt = stop_seconds, interrupt
        self._renew_at = 0.0
        self._beat_at = 0.0
        self._ended = Event()
        self._thread = Thread(target=self._run, name="keeper", daemon=True)

    def start(self) -> None:
        """Start the thread, once."""
        self._thread.start()

    def close(self) -> None:
        """End the thread, and delete the record of this process; may be called once."""
        self._ended.set()
        self._thread.join(2 * TICK)
        self._host.leave()

    def tick(self) -> None:
        """Do what is due: stop, renew, beat.

        Raises:
            StoreUnavailable: the database is away.
        """
        if self._leases.busy:
            self._times.be_busy()
            if self._must_stop():
                self._leases.give_all_back()
                self._interrupt()
        if monotonic() >= self._renew_at:
            self._renew_at = monotonic() + AGAIN
            self._leases.renew()
            self._renew_at = monotonic() + self._leases.lease.total_seconds() / RENEWALS
        if monotonic() >= self._beat_at:
            self._beat_at = monotonic() + BEAT.total_seconds()
            self._host.beat()

    def _must_stop(self) -> bool:
        """Return whether the worker was told to stop too long ago to go on."""
        since = self._times.stopping_since
        return since > 0 and monotonic() >= since + self._stop_seconds

    def _run(self) -> None:
        while not self._ended.wait(TICK):
            try:
                self.tick()
            except (StoreUnavailable, OSError, MemoryError):
                continue  # the host's trouble, which the thread that works reports
            except Exception:
                log.exception("keeper_failed")
