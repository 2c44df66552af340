"""Checks that misbehave on a file that contains ``trigger``, to test fork server and engine."""

from __future__ import annotations

import ctypes
import os
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack, suppress

from grader.domain.check import AnyCheck, Check, Context, Guidance, Options
from grader.domain.inspection import Facts, Finding, Inspection
from grader.domain.measures import count_measure
from grader.domain.source import SourceFile
from grader.engine.forkserver.child import ANSWERED, MESSAGE
from grader.engine.sandbox.confinement import RESULTS

_GUIDANCE = Guidance("What it is.", "How to mend it.", "https://example.org")


def _hang() -> Inspection:
    """Use CPU time for ever."""
    while True:
        pass


def _burn() -> Inspection:
    """Use 0.6 seconds of CPU time, however long they take."""
    end = time.process_time() + 0.6
    while time.process_time() < end:
        pass
    return Inspection()


def _sleep() -> Inspection:
    """Wait for an hour without using CPU time."""
    time.sleep(3_600)
    return Inspection()


def _allocate() -> Inspection:
    """Allocate memory until there is none left."""
    kept = []
    while True:
        kept.append(bytes(1 << 24))


def _leave() -> Inspection:
    """End the process with exit code 3."""
    os._exit(3)


def _segfault() -> Inspection:
    """Crash the process by reading address 0."""
    ctypes.string_at(0)
    return Inspection()


def _flood() -> Inspection:
    """Return a finding of 50 MB, more than a child may send."""
    return Inspection(findings=(Finding(code="x", message="x" * 50_000_000),))


def _flood_pipe() -> Inspection:
    """Write to the pipe for results for ever, as an answer that is announced as 3 GB."""
    while True:
        os.write(RESULTS, MESSAGE.pack(ANSWERED, 1, 2, 3_000_000_000) + b"x" * 60_000)


def _forge() -> Inspection:
    """Write a false answer about another file and check to the pipe for results."""
    os.write(RESULTS, MESSAGE.pack(ANSWERED, 0, 1, 2) + b"{}")
    return Inspection()


def _mumble() -> Inspection:
    """Write an answer that is no JSON to the pipe for results."""
    os.write(RESULTS, MESSAGE.pack(ANSWERED, 1, 2, 5) + b"junk!")
    return Inspection()


def _raise() -> Inspection:
    """Raise RuntimeError, like a tool that breaks."""
    raise RuntimeError("a tool broke")


def _exit() -> Inspection:
    """Raise SystemExit, like a tool that gives up."""
    sys.exit("a tool gave up")


def _surrogate() -> Inspection:
    """Return a finding with a lone surrogate, which UTF-8 cannot encode."""
    return Inspection(findings=(Finding(code="x", message="\ud800"),))


def _many() -> Inspection:
    """Return 3,000 findings."""
    findings = tuple(Finding(code="x", line=line, message="m") for line in range(1, 3_001))
    return Inspection(facts=Facts(counts={"x": 3_000}), findings=findings)


def _look() -> Inspection:
    """Return the environment, folder and open files of the child as findings."""
    seen = {
        "environment": str(sorted(os.environ)),
        "folder": os.getcwd(),
        "path": str("" in sys.path or os.getcwd() in sys.path),
    }
    for fd in range(256):
        with suppress(OSError):
            seen[f"fd {fd}"] = os.readlink(f"/proc/self/fd/{fd}")
    return _told(seen)


def _told(seen: Mapping[str, str]) -> Inspection:
    """Return ``seen`` as findings, code -> message."""
    return Inspection(findings=tuple(Finding(code=k, message=v) for k, v in seen.items()))


def _recurse() -> Inspection:
    """Recurse for ever."""
    return _recurse()


def _write() -> Inspection:
    """Create a file in the working folder."""
    with open("left-behind", "wb") as file:
        file.write(b"trigger")
    return Inspection()


def _burn_files() -> Inspection:
    """Open more files than a child is allowed to."""
    with ExitStack() as opened:
        for _ in range(200):
            opened.enter_context(open(__file__, "rb"))
    return Inspection()


def _starve() -> Inspection:
    """Allocate more memory at once than the machine has."""
    bytearray(1 << 40)
    return Inspection()


_KEPT: list[object] = []


def _who() -> Inspection:
    """Return the process id of the child as a finding."""
    return Inspection(findings=(Finding(code="pid", message=str(os.getpid())),))


def _hoard() -> Inspection:
    """Keep 100 MB of memory after the job; return the process id."""
    _KEPT.append(bytes(100 << 20))
    return _who()


def _grudge() -> Inspection:
    """Exit if an earlier file was inspected in the same child."""
    if _KEPT:
        os._exit(3)
    _KEPT.append("trigger")
    return _who()


def _sulk() -> Inspection:
    """Raise RuntimeError if an earlier file was inspected in the same child."""
    if _KEPT:
        raise RuntimeError
    _KEPT.append("trigger")
    return _who()


def _fine(source: SourceFile, options: Options, context: Context) -> Inspection:
    """Count the lines of the file."""
    return Inspection(facts=Facts(counts={"lines": len(source.lines)}))


def _when_triggered(act: Callable[[], Inspection]) -> Callable[..., Inspection]:
    """Return a check function that calls ``act`` on a file with ``trigger``, else counts lines."""

    def inspect(source: SourceFile, options: Options, context: Context) -> Inspection:
        return act() if b"trigger" in source.data else _fine(source, options, context)

    return inspect


def _check(id: str, inspect: Callable[[SourceFile, Options, Context], Inspection]) -> AnyCheck:
    measures = (count_measure("lines", "Lines", "lines"),)
    return Check(id, 1, id.title(), _GUIDANCE, measures, inspect, Options)


_ACTS = {
    "hang": _hang,
    "burn": _burn,
    "sleep": _sleep,
    "allocate": _allocate,
    "leave": _leave,
    "segfault": _segfault,
    "flood": _flood,
    "flood_pipe": _flood_pipe,
    "forge": _forge,
    "mumble": _mumble,
    "raise": _raise,
    "exit": _exit,
    "surrogate": _surrogate,
    "many": _many,
    "look": _look,
    "burn_files": _burn_files,
    "starve": _starve,
    "recurse": _recurse,
    "write": _write,
    "who": _who,
    "hoard": _hoard,
    "grudge": _grudge,
    "sulk": _sulk,
}

CATALOG = {"fine": _check("fine", _fine), "other": _check("other", _fine)} | {
    name: _check(name, _when_triggered(act)) for name, act in _ACTS.items()
}
