"""Resident memory of processes, through ``/proc``."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path


def resident_bytes(pids: Iterable[int]) -> int:
    """Return the sum of the resident memory of ``pids``; shared pages count more than once."""
    return sum(_resident(pid) for pid in pids)


def _resident(pid: int) -> int:
    """Return the resident memory of ``pid`` in bytes."""
    status = (Path("/proc") / str(pid) / "status").read_text()
    found = re.search(r"^VmRSS:\s+(\d+) kB$", status, re.MULTILINE)
    assert found is not None, f"process {pid} has no memory"
    return int(found[1]) * 1024
