"""Tell the person at the terminal of ``grader serve`` when the host gets into trouble."""

from __future__ import annotations

from collections.abc import Callable

from grader.domain.errors import StoreUnavailable
from grader.service.ports import Clock, Workers


class TroubleLines:
    """Prints what troubles the host, once, and when it is well again; call it every few seconds.

    It reads what ``workers`` say about themselves. ``say`` is called with each line.
    """

    def __init__(self, workers: Workers, clock: Clock, say: Callable[[str], None]) -> None:
        self._workers, self._clock, self._say = workers, clock, say
        self._told: set[str] = set()

    def __call__(self) -> None:
        """Print what has changed since the last call; nothing while the database is away."""
        try:
            records = self._workers.all()
        except StoreUnavailable:
            return
        now = self._clock.now()
        troubles = {one.trouble for one in records if one.trouble and one.is_alive(now)}
        for what in sorted(troubles - self._told):
            self._say(f"The host is in trouble, and grading waits until it is well: {what}")
        if self._told and not troubles:
            self._say("The host is well again, and grading goes on.")
        # What was told stays so until all is well: the words for one trouble may alternate.
        self._told = self._told | troubles if troubles else set()
