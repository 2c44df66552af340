"""The lanes of the queue."""

from __future__ import annotations

from enum import StrEnum


class Lane(StrEnum):
    """Live uploads go before regrades."""

    LIVE = "live"
    REGRADE = "regrade"
