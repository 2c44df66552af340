"""The port for best-effort notifications between processes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from grader.service.lanes import Lane


class Waker(Protocol):
    """Best-effort wake-up calls; the rows are the truth, so a lost call only costs time."""

    def wake(self, lane: Lane) -> None:
        """Tell a worker that a lane has work. Never raises and never waits long."""

    def wake_delivery(self) -> None:
        """Tell a worker that scores are due to be sent. Never raises and never waits long."""

    def ended(self, submission: str) -> None:
        """Tell whoever waits for a submission that it has come to its end. Never raises."""

    def listen(self, heard: Callable[[str], None]) -> None:
        """From now on call with each submission that comes to its end; some may be missed."""
