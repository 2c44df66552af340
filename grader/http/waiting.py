"""Waiting for a report inside a request, in a bounded number of threads.

The row is the truth, and it is looked at every now and then. A message that a submission has come
to its end only makes the next look come sooner, so that a lost one costs a moment and no more.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from threading import BoundedSemaphore, Event

MAX_SECONDS = 60
_FIRST_PAUSE = 0.05
#: Those who wait look this often where no message comes; more often would slow down the others.
_LONGEST_PAUSE = 0.5
_WAIT = re.compile(r'(?:^|[,;])\s*wait\s*=\s*"?(\d{1,9})"?\s*(?=$|[,;])', re.IGNORECASE)


def wanted_wait(prefer: str) -> int:
    """The seconds that a ``Prefer`` header asks to wait, at most 60; 0 where it asks for none."""
    match = _WAIT.search(prefer)
    return min(int(match.group(1)), MAX_SECONDS) if match else 0


class Waiting:
    """Slots for requests that wait; ``slots`` is below the number of threads that serve."""

    def __init__(self, slots: int) -> None:
        self._slots = BoundedSemaphore(slots)
        self._rung: dict[Event, str] = {}

    def ended(self, submission: str) -> None:
        """Let those who wait for this submission look at once."""
        for rung, awaited in [*self._rung.items()]:
            if awaited == submission:
                rung.set()

    def until(self, submission: str, done: Callable[[], bool], seconds: float) -> bool:
        """Wait until ``done()`` or the time is up; ``False`` at once where no slot is free."""
        if done():
            return True
        if not self._slots.acquire(blocking=False):
            return False
        rung = Event()
        self._rung[rung] = submission
        try:
            _look(rung, done, seconds)
        finally:
            del self._rung[rung]
            self._slots.release()
        return True


def _look(rung: Event, done: Callable[[], bool], seconds: float) -> None:
    deadline, pause = time.monotonic() + seconds, _FIRST_PAUSE
    while (left := deadline - time.monotonic()) > 0:
        rung.wait(min(pause, left))
        rung.clear()
        if done():
            return
        pause = min(pause * 2, _LONGEST_PAUSE)
