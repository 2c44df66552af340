"""The record of a worker's process, by which others know whether it is alive and well."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

#: How often a process says that it is alive, and after how long without a word it counts as gone:
#: four times are missed then. Chosen by hand.
BEAT = timedelta(seconds=10)
ALIVE = timedelta(seconds=45)


@dataclass(frozen=True)
class WorkerRecord:
    """A process that grades, as it last described itself.

    ``id`` is the name of its host and its process id, e.g. ``f3a9/17``. ``seen_at`` is when it was
    last alive; the row of one that ends regularly is deleted. ``trouble`` says in a sentence what
    keeps its host from grading, since ``trouble_since``; it is empty, and the time ``None``, while
    the host is well. ``trouble`` may name paths and is for operators only.
    """

    id: str
    seen_at: datetime
    trouble: str = ""
    trouble_since: datetime | None = None

    def is_alive(self, now: datetime) -> bool:
        """Return whether it was seen less than :data:`ALIVE` before ``now``, or after it.

        What was seen longer after it comes from a clock that was set back since.
        """
        return abs(now - self.seen_at) < ALIVE
