"""Ids that sort by time: UUID version 7 (RFC 9562), which Python 3.11 does not make yet."""

from __future__ import annotations

import itertools
import os
import uuid
from datetime import datetime

_VERSION, _VARIANT = 0x7 << 76, 0b10 << 62
_made = itertools.count()


def new_id(now: datetime) -> str:
    """A UUIDv7 text of an aware time.

    48 bits of milliseconds, 12 of the microseconds beyond them, a counter of 16 bits, so that ids
    made at one moment by one process sort as they were made, and 46 random bits (RFC 9562,
    section 6.2, methods 1 and 3).
    """
    chance = int.from_bytes(os.urandom(6), "big") >> 2
    low = (next(_made) & 0xFFFF) << 46 | chance
    return str(uuid.UUID(int=_high(now) | _VARIANT | low))


def first_id(now: datetime) -> str:
    """The id that sorts before all that are made at or after an aware time, and after the rest."""
    return str(uuid.UUID(int=_high(now) | _VARIANT))


def _high(now: datetime) -> int:
    """The bits of the time and the version."""
    micros = int(now.timestamp()) * 1_000_000 + now.microsecond
    millis, rest = divmod(micros, 1000)
    return (millis & (1 << 48) - 1) << 80 | _VERSION | (rest * 4096 // 1000) << 64
