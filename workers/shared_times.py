"""Two times that a worker's main process and its pool processes share, in a page of memory."""

from __future__ import annotations

import mmap
import struct
from time import monotonic

_TIMES = struct.Struct("<dd")


class SharedTimes:
    """When a process of the worker was last at work, and when the worker was told to stop.

    Create it before processes are forked; they and their parent see the same times, which are of
    the monotonic clock. Each is written as eight bytes at once, and the newest writer wins.
    """

    def __init__(self) -> None:
        self._page = mmap.mmap(-1, _TIMES.size)

    @property
    def busy_at(self) -> float:
        """When a process last said that it works; 0 if none did."""
        busy_at: float = _TIMES.unpack_from(self._page)[0]
        return busy_at

    @property
    def stopping_since(self) -> float:
        """Since when the worker has been told to stop; 0 if it has not."""
        stopping_since: float = _TIMES.unpack_from(self._page)[1]
        return stopping_since

    def be_busy(self) -> None:
        """Note that a process works now."""
        struct.pack_into("<d", self._page, 0, monotonic())

    def stop(self) -> None:
        """Note that the worker is told to stop now, unless it was told before."""
        if not self.stopping_since:
            struct.pack_into("<d", self._page, 8, monotonic())
