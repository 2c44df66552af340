"""Have processes end with the process that started them, even if that one is killed."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from functools import lru_cache

_PR_SET_PDEATHSIG = 1


@lru_cache(maxsize=1)
def libc() -> ctypes.CDLL | None:
    """Return the C library on Linux, elsewhere ``None``.

    A process that forks calls this before, so that its children need not load the library.
    """
    return ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def die_with_parent(parent: int) -> None:
    """Have the kernel kill this process when ``parent``, the id of its parent process, dies.

    Does nothing elsewhere than on Linux. The kernel counts the parent as dead when the thread that
    started this process ends.
    """
    library = libc()
    if library is None:
        return
    library.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:  # the parent died before the call above
        os._exit(1)
