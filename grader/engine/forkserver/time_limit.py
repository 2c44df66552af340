"""The time that a child may use: CPU time, with wall time as a far backstop."""

from __future__ import annotations

import time
from dataclasses import dataclass

#: The clock of a process counts the time of all its threads, as ``CPUCLOCK_SCHED`` of Linux.
_SCHEDULED = 2
#: Seconds between two looks at a child that has nearly used its time but waits for a processor.
#: Chosen by hand: 20 looks a second cost nothing, and no limit is exceeded by more than this.
_SHORTEST_WAIT = 0.05


def cpu_seconds(pid: int) -> float:
    """Return the CPU time that the process ``pid`` has used so far, which may be a zombie.

    Where the system has no clock of other processes (it is not Linux) this is the monotonic clock,
    so that wall time counts as CPU time.
    """
    try:
        return time.clock_gettime(~pid << 3 | _SCHEDULED)
    except (OSError, OverflowError):
        return time.monotonic()


@dataclass(frozen=True)
class TimeLimit:
    """How far a child may go with one piece of work, a pair or a job.

    ``cpu`` is a reading of :func:`cpu_seconds` of that child, ``wall`` an instant of
    ``time.monotonic``; whichever comes first ends the work.
    """

    cpu: float
    wall: float

    @classmethod
    def of(cls, pid: int, cpu: float, wall: float) -> TimeLimit:
        """Return the limit of ``cpu`` and ``wall`` seconds from now for the process ``pid``."""
        return cls(cpu_seconds(pid) + cpu, time.monotonic() + wall)

    def within(self, other: TimeLimit) -> TimeLimit:
        """Return the stricter of this limit and ``other``, for CPU and wall time alike."""
        return TimeLimit(min(self.cpu, other.cpu), min(self.wall, other.wall))

    def exceeded(self, pid: int) -> str:
        """Return ``cpu`` or ``timeout`` if the process ``pid`` is over the limit, else empty."""
        if cpu_seconds(pid) >= self.cpu:
            return "cpu"
        return "timeout" if time.monotonic() >= self.wall else ""

    def wait_seconds(self, pid: int) -> float:
        """Return the seconds after which the process ``pid`` may be over the limit; more than 0.

        A child has one thread, so that its CPU time does not run faster than wall time.
        """
        cpu = self.cpu - cpu_seconds(pid)
        return max(min(cpu, self.wall - time.monotonic()), _SHORTEST_WAIT)
