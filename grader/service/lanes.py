"""The lanes of the queue, in order of priority."""

from __future__ import annotations

from enum import StrEnum


class Lane(StrEnum):
    """Live uploads are graded before regrades."""

    LIVE = "live"
    REGRADE = "regrade"
