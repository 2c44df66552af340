"""The port for the current time."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    """The time that the service is given."""

    def now(self) -> datetime:
        """Now, aware, in UTC."""
