"""The port for the current time."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    """The source of the current time, which tests replace."""

    def now(self) -> datetime:
        """Return the current time as an aware datetime in UTC."""
