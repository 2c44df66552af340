"""Waiting for a report inside a request, in a bounded number of threads.

A waiting request polls the database row. A notification that grading has ended only makes the next
poll happen at once, so a lost notification costs at most half a second.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from threading import BoundedSemaphore, Event

#: The longest wait in seconds; a ``Prefer`` header that asks for more gets this. Chosen by hand.
MAX_SECONDS = 60
#: Seconds before the first poll of a waiting request. The pause doubles up to ``_MAX_PAUSE``,
#: because more polls would slow down the database for other requests. Chosen by hand.
_FIRST_PAUSE = 0.05
_MAX_PAUSE = 0.5
#: The preference ``wait`` (RFC 7240), e.g. ``wait=30``, ``a, wait="5"``; not ``wait=-1``.
_WAIT = re.compile(r'(?:^|[,;])\s*wait\s*=\s*"?(\d{1,9})"?\s*(?=$|[,;])', re.IGNORECASE)


def wanted_wait(prefer: str) -> int:
    """Return the seconds that the ``Prefer`` header asks to wait, at most 60.

    ``prefer`` is its value, e.g. ``wait=30``. The result is 0 if it asks for none or is invalid.
    """
    match = _WAIT.search(prefer)
    return min(int(match.group(1)), MAX_SECONDS) if match else 0


class Waiting:
    """Lets requests wait for the end of a grading, at most ``slots`` of them at a time.

    A request waits in :meth:`until`, and :meth:`ended` makes it look at once. If no slot is free, a
    request does not wait at all, so that some threads stay free for others.
    """

    def __init__(self, slots: int) -> None:
        self._slots = BoundedSemaphore(slots)
        self._is_over = False
        #: The submission id that each waiting request polls, by the event that triggers a poll.
        self._polls: dict[Event, str] = {}

    def ended(self, submission: str) -> None:
        """Make the requests that wait for the submission id ``submission`` poll at once.

        This affects the requests of this process only.
        """
        for poll, awaited in [*self._polls.items()]:
            if awaited == submission:
                poll.set()

    def end(self) -> None:
        """End all waits now, and let none begin: this process is about to stop."""
        self._is_over = True
        for poll in [*self._polls]:
            poll.set()

    def until(self, submission: str, done: Callable[[], bool], seconds: float) -> bool:
        """Wait until ``done()`` returns true or ``seconds`` are over.

        ``done`` is called first, then after short pauses, and at once if :meth:`ended` is called
        with the same ``submission``. A wait that :meth:`end` ends returns True. Return False only
        if it could not wait, because ``done()`` was false and no slot was free, or all waits are
        over. The caller of a wait that returned True must look itself whether it is done.
        """
        if done():
            return True
        if self._is_over or not self._slots.acquire(blocking=False):
            return False
        poll = Event()
        self._polls[poll] = submission
        try:
            self._poll_until(poll, done, seconds)
        finally:
            del self._polls[poll]
            self._slots.release()
        return True

    def _poll_until(self, poll: Event, done: Callable[[], bool], seconds: float) -> None:
        """Call ``done`` after each pause, or as soon as ``poll`` is set.

        Return when it is true, ``seconds`` are over, or all waits are ended.
        """
        deadline, pause = time.monotonic() + seconds, _FIRST_PAUSE
        while not self._is_over and (left := deadline - time.monotonic()) > 0:
            poll.wait(min(pause, left))
            poll.clear()
            if done():
                return
            pause = min(pause * 2, _MAX_PAUSE)
