"""The port for notifications between processes. They may get lost: only database rows count."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from grader.service.lanes import Lane


class Notifier(Protocol):
    """Best-effort notifications: workers learn of due rows, API processes of ended gradings.

    One that is lost costs only time: the scheduler's next sweep finds due rows, and a request that
    waits for a report also polls. No method raises or blocks for long, even if the broker is down.
    """

    def notify(self, lane: Lane) -> None:
        """Notify the workers that a submission of ``lane`` can be claimed."""

    def notify_delivery(self) -> None:
        """Notify the workers that a score in the outbox is due."""

    def notify_finished(self, submission: str) -> None:
        """Publish that a worker has stopped working on the submission with the id ``submission``.

        Grading calls it after each try, also if the try failed and the submission is queued again,
        or if its claim was lost; not if the worker dies or the database stays away.
        """

    def subscribe(self, callback: Callable[[str], None]) -> None:
        """Call ``callback`` with each id of :meth:`notify_finished`, in a background thread.

        This does not wait. Some notifications may be missed, all of them without a broker. The
        subscription lasts as long as the process. ``callback`` must not raise.
        """
