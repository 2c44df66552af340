"""Inspect processes through ``/proc``, for tests that kill some and count the rest."""

from __future__ import annotations

import math
import os
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path


def descendants(pid: int) -> dict[int, str]:
    """Return the command lines of all descendants of the process ``pid``, by process id."""
    every = [int(folder.name) for folder in Path("/proc").glob("[0-9]*")]
    parents = {one: parent_of(one) for one in every}
    found: dict[int, str] = {}
    edge = {pid}
    while edge:
        edge = {child for child, parent in parents.items() if parent in edge}
        found.update({child: command_of(child) for child in edge})
    return found


def alive(pids: set[int]) -> set[int]:
    """Return the processes of ``pids`` that still exist and are no zombies."""
    return {pid for pid in pids if _state(Path("/proc") / str(pid)) not in ("", "Z", "X")}


def is_running(pid: int) -> bool:
    """Return whether the process ``pid`` runs, or waits for a processor; not if it sleeps."""
    return _state(Path("/proc") / str(pid)) == "R"


def command_of(pid: int) -> str:
    """Return the command line of ``pid``, a space after each word; empty if it has ended."""
    try:
        return (Path("/proc") / str(pid) / "cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:
        return ""


def parent_of(pid: int) -> int:
    """Return the id of the parent process of ``pid``; 0 if the process has ended."""
    fields = _stat(Path("/proc") / str(pid))
    return int(fields[1]) if fields else 0


def started_at(pid: int) -> float:
    """Return when the process ``pid`` started, on the monotonic clock; infinity if it has ended."""
    fields = _stat(Path("/proc") / str(pid))
    if not fields:
        return math.inf
    since_boot = int(fields[19]) / os.sysconf("SC_CLK_TCK")
    return time.monotonic() - time.clock_gettime(time.CLOCK_BOOTTIME) + since_boot


def wait_until(done: Callable[[], object], seconds: float, what: str, every: float = 0.05) -> None:
    """Wait until ``done()`` is true, and call it every ``every`` seconds.

    Raises:
        AssertionError: it is not true after ``seconds``; the message contains ``what``.
    """
    deadline = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < deadline, f"never happened: {what}"
        time.sleep(every)


def children_of(pid: int) -> list[int]:
    """Return the ids of the children of the process ``pid``; none if it has ended.

    Much faster than :func:`descendants`, because only this process is looked at.
    """
    lists = Path(f"/proc/{pid}/task").glob("*/children")
    with suppress(OSError):
        return [int(child) for one in lists for child in one.read_text().split()]
    return []


def _stat(folder: Path) -> list[str]:
    """Return the fields of ``/proc/<pid>/stat`` after the name; none if the process has ended."""
    try:
        return (folder / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []


def _state(folder: Path) -> str:
    """Return the state of a process, e.g. ``Z`` for a zombie; empty if it has ended."""
    fields = _stat(folder)
    return fields[0] if fields else ""
