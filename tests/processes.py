"""Looking at processes through ``/proc``, for tests that kill some and count the rest."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path


def descendants(pid: int) -> dict[int, str]:
    """Every process under one, by process id, with its command line."""
    every = [int(folder.name) for folder in Path("/proc").glob("[0-9]*")]
    parents = {one: parent_of(one) for one in every}
    found: dict[int, str] = {}
    edge = {pid}
    while edge:
        edge = {child for child, parent in parents.items() if parent in edge}
        found.update({child: command_of(child) for child in edge})
    return found


def alive(pids: set[int]) -> set[int]:
    """Those processes that are still there and no zombies."""
    return {pid for pid in pids if _state(Path("/proc") / str(pid)) not in ("", "Z", "X")}


def command_of(pid: int) -> str:
    """A command line, with spaces between the words; empty when the process is gone."""
    try:
        return (Path("/proc") / str(pid) / "cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:
        return ""


def parent_of(pid: int) -> int:
    """The process that a process belongs to; 0 when it is gone."""
    fields = _stat(Path("/proc") / str(pid))
    return int(fields[1]) if fields else 0


def wait_until(done: Callable[[], object], seconds: float, what: str, every: float = 0.05) -> None:
    """Wait until something holds, looking again after ``every`` seconds.

    Raises:
        AssertionError: it did not in so many seconds, which is far longer than it takes.
    """
    deadline = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < deadline, f"never happened: {what}"
        time.sleep(every)


def _stat(folder: Path) -> list[str]:
    try:
        return (folder / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []


def _state(folder: Path) -> str:
    fields = _stat(folder)
    return fields[0] if fields else ""
