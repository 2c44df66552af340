"""The lanes of the queue."""

from __future__ import annotations

from enum import StrEnum


class Lane(StrEnum):
    """A part of the queue, in order of priority: uploads are graded before regrades."""

    LIVE = "live"
    REGRADE = "regrade"
