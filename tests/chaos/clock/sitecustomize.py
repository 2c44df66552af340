"""The clock of the service in a chaos run: the machine's clock, moved by the seconds in a file.

Python imports this module when a process starts with its folder on ``PYTHONPATH``. So every process
runs the product's own command, and only the clock of its composition root is replaced. The fork
server starts with ``-I`` and does not import this module.
"""

from __future__ import annotations

import os
from datetime import datetime, timedelta
from pathlib import Path

from grader import bootstrap

FILE = Path(os.environ["CHAOS_CLOCK"])
Machine = bootstrap.SystemClock


class MovedClock(Machine):
    """The machine's clock plus the seconds that the file contains at the moment."""

    def now(self) -> datetime:
        """Return the moved time."""
        return super().now() + timedelta(seconds=float(FILE.read_text() or 0))


bootstrap.SystemClock = MovedClock  # type: ignore[misc]  # another class on purpose
