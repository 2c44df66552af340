"""The clock that the service is given in a chaos run: the machine's, moved by what a file says.

Python imports this module when a process starts with its folder on ``PYTHONPATH``. So every process
of the service is the product's own command, and only its composition root finds another clock.
The fork server starts with ``-I`` and knows nothing of it.
"""

from __future__ import annotations

import os
from datetime import datetime, timedelta
from pathlib import Path

from grader import bootstrap

FILE = Path(os.environ["CHAOS_CLOCK"])
Machine = bootstrap.SystemClock


class MovedClock(Machine):
    """The machine's clock, so many seconds off as the file says at that moment."""

    def now(self) -> datetime:
        """Now, as the service believes."""
        return super().now() + timedelta(seconds=float(FILE.read_text() or 0))


bootstrap.SystemClock = MovedClock  # type: ignore[misc]  # another class on purpose
