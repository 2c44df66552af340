"""The clock of the service in a chaos run: the machine's clock, moved by the seconds in a file.

Python imports this module when a process starts with its folder on ``PYTHONPATH``. So every process
runs the product's own command, and only the clock of its composition root is replaced. The fork
server starts with ``-I`` and does not import this module.
"""

from __future__ import annotations

import mmap
import os
from datetime import datetime, timedelta
from pathlib import Path

from grader import bootstrap

#: The file in memory: a process that may open no more descriptors still knows the time.
with Path(os.environ["CHAOS_CLOCK"]).open("rb") as file:
    PAGE = mmap.mmap(file.fileno(), 0, prot=mmap.PROT_READ)
Machine = bootstrap.SystemClock


class MovedClock(Machine):
    """The machine's clock plus the seconds that the file contains at the moment."""

    def now(self) -> datetime:
        """Return the moved time."""
        return super().now() + timedelta(seconds=float(PAGE[:]))


bootstrap.SystemClock = MovedClock  # type: ignore[misc]  # another class on purpose
