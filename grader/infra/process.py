"""Make a process end together with the process that started it, even if that was killed."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from functools import lru_cache

_PR_SET_PDEATHSIG = 1


@lru_cache(maxsize=1)
def libc() -> ctypes.CDLL | None:
    """Return the C library on Linux, and ``None`` on other systems.

    It is loaded at the first call. A process that forks should call this before, so that its
    children need not load it again.
    """
    return ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def die_with_parent(parent: int) -> None:
    """Make the kernel kill this process when its parent process dies, even if that was killed.

    ``parent`` is the id of the parent that started this process. If that is dead already, exit at
    once with code 1. Do nothing on other systems than Linux. The kernel counts the parent as dead
    when the thread that started this process ends.
    """
    library = libc()
    if library is None:
        return
    library.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:  # the parent died before the call above
        os._exit(1)
