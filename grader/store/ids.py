"""Ids that sort by time: UUID version 7 (RFC 9562), which Python has only since 3.14."""

from __future__ import annotations

import itertools
import os
import uuid
from datetime import datetime

_VERSION, _VARIANT = 0x7 << 76, 0b10 << 62
_made = itertools.count()


def new_id(now: datetime) -> str:
    """Return a new UUIDv7 for the aware time ``now``, as text that sorts by time.

    It consists of 48 bits of milliseconds, 12 bits of the remaining microseconds, a counter of 16
    bits and 46 random bits (RFC 9562, section 6.2, methods 1 and 3). The counter makes ids of one
    process and one microsecond sort in the order of their creation, except when it starts again at
    0.
    """
    chance = int.from_bytes(os.urandom(6), "big") >> 2
    low = (next(_made) & 0xFFFF) << 46 | chance
    return str(uuid.UUID(int=_high(now) | _VARIANT | low))


def first_id(now: datetime) -> str:
    """Return the lowest id that :func:`new_id` can return for the aware time ``now``.

    It is for comparisons only: the ids of all earlier times sort before it.
    """
    return str(uuid.UUID(int=_high(now) | _VARIANT))


def _high(now: datetime) -> int:
    """Return the upper 64 of the 128 bits of an id: the time, with the version in between."""
    micros = int(now.timestamp()) * 1_000_000 + now.microsecond
    millis, rest = divmod(micros, 1000)
    return (millis & (1 << 48) - 1) << 80 | _VERSION | (rest * 4096 // 1000) << 64
