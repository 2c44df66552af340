"""The room for request bodies that are too long for memory and go to temporary files."""

from __future__ import annotations

from dataclasses import dataclass, field
from threading import Lock


@dataclass
class Spool:
    """Counts the bytes that requests may have in temporary files, at most ``room`` together.

    Requests for which no valid token vouches, e.g. webhooks, get at most half of it, so that
    strangers cannot keep out those with a token.
    """

    room: int
    _used: int = 0
    _used_by_strangers: int = 0
    _lock: Lock = field(default_factory=Lock)

    def reserve(self, size: int, *, is_stranger: bool) -> bool:
        """Reserve ``size`` bytes; return whether there was room for them."""
        with self._lock:
            is_full = self._used + size > self.room
            if is_full or is_stranger and self._used_by_strangers + size > self.room // 2:
                return False
            self._add(size, is_stranger)
            return True

    def release(self, size: int, *, is_stranger: bool) -> None:
        """Give back ``size`` bytes that :meth:`reserve` reserved."""
        with self._lock:
            self._add(-size, is_stranger)

    def _add(self, size: int, is_stranger: bool) -> None:
        self._used += size
        self._used_by_strangers += size if is_stranger else 0


class Discard:
    """A buffer for a body that nobody reads: it only counts the bytes."""

    def __init__(self) -> None:
        self._length = 0

    def __len__(self) -> int:
        return self._length

    def append(self, data: bytes) -> None:
        """Count ``data`` and forget it."""
        self._length += len(data)

    def close(self) -> None:
        """Do nothing: there is no file."""
