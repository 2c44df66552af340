"""Keeps a few processes running, and leaves none behind.

Each child leads a process group of its own, so that a Ctrl-C in the terminal reaches only the
supervisor, which then ends them in order; the kernel ends them should the supervisor be killed.
"""

from __future__ import annotations

import os
import select
import signal
import socket
import subprocess
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from time import monotonic
from types import FrameType, TracebackType
from typing import Any

from grader.infra.process import die_with_parent, libc

#: A child that lived so long was well: its next death counts as the first one.
WELL_SECONDS = 20.0
LONGEST_PAUSE = 30.0
#: How long a child may take to end before it is killed.
GRACE_SECONDS = 10.0


@dataclass(frozen=True)
class Program:
    """What to run. ``stdin`` is fed to it at every start; ``keep`` are descriptors it inherits.

    Its output is appended to ``log``. The ``last`` ones are ended only after all others.
    """

    name: str
    argv: tuple[str, ...]
    log: Path
    environment: Mapping[str, str]
    stdin: bytes = b""
    keep: tuple[int, ...] = ()
    last: bool = False


class Signals:
    """SIGINT and SIGTERM as a wish to stop, and SIGCHLD as a reason to look, while in use."""

    def __init__(self) -> None:
        self.stopping = False
        self._before: dict[signal.Signals, Any] = {}
        self._wakeup, self._bell = socket.socketpair()

    def __enter__(self) -> Signals:
        for one in (self._wakeup, self._bell):
            one.setblocking(False)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGCHLD):
            self._before[number] = signal.signal(number, self._noted)
        self._fd_before = signal.set_wakeup_fd(self._bell.fileno(), warn_on_full_buffer=False)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        signal.set_wakeup_fd(self._fd_before)
        for number, handler in self._before.items():
            signal.signal(number, handler)
        self._wakeup.close()
        self._bell.close()

    def wait(self, seconds: float) -> None:
        """Return when a signal comes, or after so many seconds."""
        select.select([self._wakeup], [], [], max(seconds, 0))
        with suppress(BlockingIOError):
            while self._wakeup.recv(256):
                pass

    def _noted(self, number: int, frame: FrameType | None) -> None:
        if number != signal.SIGCHLD:
            self.stopping = True


class Child:
    """One program and the process that runs it, when there is one."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.failures = 0
        self.start_at = 0.0
        self._started = 0.0
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        """The process id, while it runs."""
        return self._process.pid if self._process else None

    def start(self) -> None:
        """Start the program."""
        program = self.program
        libc()
        with program.log.open("ab") as log:
            self._process = subprocess.Popen(
                program.argv,
                stdin=subprocess.PIPE if program.stdin else subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=dict(program.environment),
                pass_fds=program.keep,
                start_new_session=True,
                # This process has one thread, so running Python between fork and exec is safe.
                preexec_fn=partial(die_with_parent, os.getpid()),
            )
        self._started = monotonic()
        if self._process.stdin:
            with suppress(BrokenPipeError), self._process.stdin as pipe:
                pipe.write(program.stdin)

    def reap(self) -> int | None:
        """The exit code of a process that has ended; what it left running is killed."""
        if self._process is None or self._process.poll() is None:
            return None
        code = self._process.returncode
        _kill_group(self._process.pid)
        self._process = None
        lived = monotonic() - self._started
        self.failures = 1 if lived >= WELL_SECONDS else self.failures + 1
        self.start_at = monotonic() + pause_after(self.failures)
        return int(code)

    def ask_to_end(self) -> None:
        """Send SIGTERM to the process (its group is its own affair)."""
        if self._process and self._process.poll() is None:
            self._process.terminate()

    def kill(self) -> None:
        """Kill whatever runs, and its group."""
        if self._process:
            _kill_group(self._process.pid)
            self._process.wait()
            self._process = None


class Supervisor:
    """Starts children, restarts those that die, ends all. ``say`` tells a person."""

    def __init__(self, signals: Signals, say: Callable[[str], None]) -> None:
        self._signals = signals
        self._say = say
        self._children: list[Child] = []

    def start(self, program: Program) -> Child:
        """Start a program and look after it."""
        child = Child(program)
        self._children.append(child)
        child.start()
        return child

    def run(self) -> None:
        """Look after the children until somebody asks to stop."""
        while not self._signals.stopping:
            self._signals.wait(self.tend())

    def tend(self) -> float:
        """Restart what died and is due; seconds until the next one is due."""
        for child in self._children:
            code = child.reap()
            if code is not None:
                pause = max(child.start_at - monotonic(), 0)
                log = child.program.log
                self._say(
                    f"{child.program.name} {_ended(code)}; starts again in {pause:.1f} s ({log})"
                )
            if child.pid is None and child.start_at <= monotonic():
                child.start()
        waiting = [child.start_at for child in self._children if child.pid is None]
        return min(waiting, default=monotonic() + LONGEST_PAUSE) - monotonic()

    def stop(self) -> None:
        """End every child, the ``last`` ones last; kill those that do not end in time."""
        for last in (False, True):
            self._end([child for child in self._children if child.program.last is last])
        self._children.clear()

    def _end(self, children: list[Child]) -> None:
        for child in children:
            child.ask_to_end()
        deadline = monotonic() + GRACE_SECONDS
        while any(child.pid and child.reap() is None for child in children):
            if monotonic() >= deadline:
                break
            self._signals.wait(min(0.1, deadline - monotonic()))
        for child in children:
            child.kill()


def pause_after(failures: int) -> float:
    """Seconds to wait after so many deaths in a row: a quarter, then twice as long each time."""
    return min(0.25 * 2.0 ** min(failures - 1, 10), LONGEST_PAUSE)


def _ended(code: int) -> str:
    return f"was killed by {signal.Signals(-code).name}" if code < 0 else f"ended with {code}"


def _kill_group(pid: int) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)
