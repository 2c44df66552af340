"""Waiting for a report inside a request, in a bounded number of threads.

A waiting request polls the database row. A notification that a submission has ended only triggers
the next poll at once, so a lost one costs at most half a second.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from threading import BoundedSemaphore, Event

#: The longest wait that ``Prefer`` may ask for, in seconds.
MAX_SECONDS = 60
#: Seconds between the first two polls; the pause doubles up to the second figure, because more
#: polls would slow down the database for the others. Chosen by hand.
_FIRST_PAUSE = 0.05
_MAX_PAUSE = 0.5
#: The preference ``wait`` (RFC 7240), e.g. ``wait=30``, ``a, wait="5"``; not ``wait=-1``.
_WAIT = re.compile(r'(?:^|[,;])\s*wait\s*=\s*"?(\d{1,9})"?\s*(?=$|[,;])', re.IGNORECASE)


def wanted_wait(prefer: str) -> int:
    """Return the seconds that a ``Prefer`` header asks to wait: 0 if none, at most 60."""
    match = _WAIT.search(prefer)
    return min(int(match.group(1)), MAX_SECONDS) if match else 0


class Waiting:
    """Lets at most ``slots`` requests wait at a time; fewer than there are threads."""

    def __init__(self, slots: int) -> None:
        self._slots = BoundedSemaphore(slots)
        #: The submission id that each waiting request polls, by the event that triggers a poll.
        self._polls: dict[Event, str] = {}

    def ended(self, submission: str) -> None:
        """Let the requests that wait for ``submission`` poll at once."""
        for poll, awaited in [*self._polls.items()]:
            if awaited == submission:
                poll.set()

    def until(self, submission: str, done: Callable[[], bool], seconds: float) -> bool:
        """Wait until ``done()`` returns true or ``seconds`` are over.

        Return False at once if no slot is free, and True otherwise.
        """
        if done():
            return True
        if not self._slots.acquire(blocking=False):
            return False
        poll = Event()
        self._polls[poll] = submission
        try:
            _poll_until(poll, done, seconds)
        finally:
            del self._polls[poll]
            self._slots.release()
        return True


def _poll_until(poll: Event, done: Callable[[], bool], seconds: float) -> None:
    deadline, pause = time.monotonic() + seconds, _FIRST_PAUSE
    while (left := deadline - time.monotonic()) > 0:
        poll.wait(min(pause, left))
        poll.clear()
        if done():
            return
        pause = min(pause * 2, _MAX_PAUSE)
