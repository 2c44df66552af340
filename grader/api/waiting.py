"""Waiting for a report inside a request, in a bounded number of threads.

The row is polled, because the row is the truth: a lost message cannot make anybody wait longer.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from threading import BoundedSemaphore

MAX_SECONDS = 60
_FIRST_PAUSE = 0.025
_LONGEST_PAUSE = 0.05
_WAIT = re.compile(r'(?:^|[,;])\s*wait\s*=\s*"?(\d{1,9})"?\s*(?=$|[,;])', re.IGNORECASE)


def wanted_wait(prefer: str) -> int:
    """The seconds that a ``Prefer`` header asks to wait, at most 60; 0 where it asks for none."""
    match = _WAIT.search(prefer)
    return min(int(match.group(1)), MAX_SECONDS) if match else 0


class Waiting:
    """Slots for requests that wait; ``slots`` is below the number of threads that serve."""

    def __init__(self, slots: int) -> None:
        self._slots = BoundedSemaphore(slots)

    def until(self, done: Callable[[], bool], seconds: float) -> bool:
        """Poll until ``done()`` or the time is up; ``False`` at once where no slot is free."""
        if done():
            return True
        if not self._slots.acquire(blocking=False):
            return False
        try:
            _poll(done, seconds)
        finally:
            self._slots.release()
        return True


def _poll(done: Callable[[], bool], seconds: float) -> None:
    deadline, pause = time.monotonic() + seconds, _FIRST_PAUSE
    while (left := deadline - time.monotonic()) > 0:
        time.sleep(min(pause, left))
        if done():
            return
        pause = min(pause * 1.1, _LONGEST_PAUSE)
