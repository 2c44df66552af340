"""Processes that end with the process that started them, however that one ends."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from functools import lru_cache

_PR_SET_PDEATHSIG = 1


@lru_cache(maxsize=1)
def libc() -> ctypes.CDLL | None:
    """The C library where it knows how; loaded before a fork, used after it."""
    return ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def die_with_parent(parent: int) -> None:
    """Ask the kernel to kill this process when its parent, of that process id, dies.

    Elsewhere than on Linux nothing happens. The parent counts as dead when the thread that
    started this process ends.
    """
    library = libc()
    if library is None:
        return
    library.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:  # it died before we could ask
        os._exit(1)
