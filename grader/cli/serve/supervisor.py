"""A supervisor that restarts a few child processes and leaves none behind.

Each child leads a process group of its own, so that a Ctrl-C in the terminal reaches only the
supervisor, which then ends the children in order. If the supervisor is killed, the kernel kills
the children (Linux only).
"""

from __future__ import annotations

import os
import select
import signal
import socket
import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from time import monotonic
from types import FrameType, TracebackType
from typing import IO, Any

from grader.infra.process import die_with_parent, libc

#: If a child ran for this many seconds, its exit counts as the first failure again, e.g. after an
#: hour; an exit after 5 seconds counts as one more. Chosen by hand.
STABLE_SECONDS = 20.0
#: Longest pause before a restart, in seconds (chosen by hand).
MAX_PAUSE = 30.0
#: Seconds between two calls of the function that runs with the supervisor (chosen by hand).
LOOK_SECONDS = 2.0
#: Seconds between SIGTERM and SIGKILL (chosen by hand).
GRACE_SECONDS = 10.0


@dataclass(frozen=True)
class Program:
    """A program that a :class:`Supervisor` runs as one child process, and how it is to be run.

    ``name`` is for messages, ``argv`` is its command line, ``environment`` its whole environment.
    ``stdin`` is written to its standard input at every start, its output is appended to the file
    ``log``, or goes to the standard output of this process if that is ``None``, and it inherits the
    descriptors ``keep``. A program with ``last`` is ended only after all others.
    """

    name: str
    argv: tuple[str, ...]
    log: Path | None
    environment: Mapping[str, str]
    stdin: bytes = b""
    keep: tuple[int, ...] = ()
    last: bool = False


class Signals:
    """Lets the main thread wait for SIGINT, SIGTERM and SIGCHLD, inside a ``with`` block.

    The block installs handlers, and restores the earlier ones at its end. SIGINT and SIGTERM set
    :attr:`stopping`; all three end :meth:`wait`. Can be entered only once.
    """

    def __init__(self) -> None:
        self.stopping = False
        self._before: dict[signal.Signals, Any] = {}
        self._reader, self._writer = socket.socketpair()

    def __enter__(self) -> Signals:
        for end in (self._reader, self._writer):
            end.setblocking(False)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGCHLD):
            self._before[number] = signal.signal(number, self._handle)
        self._fd_before = signal.set_wakeup_fd(self._writer.fileno(), warn_on_full_buffer=False)
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
        self._reader.close()
        self._writer.close()

    def wait(self, seconds: float) -> None:
        """Return when a signal arrives or ``seconds`` have passed.

        A signal that arrived since the last call ends this one at once.
        """
        select.select([self._reader], [], [], max(seconds, 0))
        with suppress(BlockingIOError):
            while self._reader.recv(256):
                pass

    def _handle(self, number: int, frame: FrameType | None) -> None:
        if number != signal.SIGCHLD:
            self.stopping = True


class Child:
    """Starts and ends the process of one ``program``, and says when to start it again.

    It starts nothing by itself: the supervisor calls :meth:`start`. ``failures`` counts exits in a
    row, whatever the exit code. An exit after :data:`STABLE_SECONDS` or more counts as the first.
    ``start_at`` is the monotonic time at which the next start is due.
    """

    def __init__(self, program: Program) -> None:
        self.program = program
        self.failures = 0
        self.start_at = 0.0
        self._started = 0.0
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        """The process id, or ``None``.

        The latter if it was not started, was killed by :meth:`kill`, or its end was returned by
        :meth:`reap`.
        """
        return self._process.pid if self._process else None

    def start(self) -> None:
        """Start the process, which must not be running, and write its standard input.

        It leads a process group of its own. If its log file cannot be opened, e.g. because the disk
        is full, its output is dropped.

        Raises:
            OSError: the program cannot be started.
        """
        program = self.program
        libc()
        with _output(program.log) as output:
            self._process = subprocess.Popen(
                program.argv,
                stdin=subprocess.PIPE if program.stdin else subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
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
        """Return the exit code if the process has ended (negative: by that signal), else ``None``.

        The end is returned once. The rest of the process group is killed, ``failures`` rises or
        becomes 1, and ``start_at`` is set.
        """
        if self._process is None or self._process.poll() is None:
            return None
        code = self._process.returncode
        _kill_group(self._process.pid)
        self._process = None
        lifetime = monotonic() - self._started
        self.failures = 1 if lifetime >= STABLE_SECONDS else self.failures + 1
        self.start_at = monotonic() + pause_after(self.failures)
        return int(code)

    def terminate(self) -> None:
        """Send SIGTERM to the process, if it is running, and do not wait for its end.

        It must end its own children.
        """
        if self._process and self._process.poll() is None:
            self._process.terminate()

    def kill(self) -> None:
        """Kill the process and its group, unless its end was reaped, and wait for its end.

        ``failures`` and ``start_at`` stay.
        """
        if self._process:
            _kill_group(self._process.pid)
            self._process.wait()
            self._process = None


class Supervisor:
    """Starts programs, restarts each one that ends, after a pause, and stops all of them.

    Call :meth:`start` for each program, then :meth:`run`, and at the end :meth:`stop`. Children are
    restarted only during :meth:`run` or by :meth:`restart_ended`. ``signals`` must be entered.
    ``report`` is called with each line for the user.
    """

    def __init__(self, signals: Signals, report: Callable[[str], None]) -> None:
        self._signals = signals
        self._report = report
        self._children: list[Child] = []

    def start(self, program: Program) -> Child:
        """Start ``program`` and supervise it from now on; return its child process.

        Raises:
            OSError: see :meth:`Child.start`. The next :meth:`restart_ended` then tries again.
        """
        child = Child(program)
        self._children.append(child)
        child.start()
        return child

    def run(self, look: Callable[[], object] = int) -> None:
        """Restart children that end until SIGINT or SIGTERM, then return without stopping them.

        Call ``look`` every :data:`LOOK_SECONDS` meanwhile; it must not take long.

        Raises:
            OSError: see :meth:`Child.start`.
        """
        while not self._signals.stopping:
            self._signals.wait(min(self.restart_ended(), LOOK_SECONDS))
            look()

    def restart_ended(self) -> float:
        """Report each child that has ended since the last call, and start each whose pause is over.

        Return the seconds until the next start is due, or :data:`MAX_PAUSE` if none is.

        Raises:
            OSError: see :meth:`Child.start`.
        """
        for child in self._children:
            code = child.reap()
            if code is not None:
                pause = max(child.start_at - monotonic(), 0)
                log = f" ({child.program.log})" if child.program.log else ""
                self._report(
                    f"{child.program.name} {_ended(code)}; starts again in {pause:.1f} s{log}"
                )
            if child.pid is None and child.start_at <= monotonic():
                child.start()
        starts = [child.start_at for child in self._children if child.pid is None]
        return min(starts, default=monotonic() + MAX_PAUSE) - monotonic()

    def stop(self) -> None:
        """End every child by SIGTERM, those with ``last`` after the others, and forget them.

        A child that does not end within :data:`GRACE_SECONDS` is killed with its process group.
        """
        for last in (False, True):
            self._end([child for child in self._children if child.program.last is last])
        self._children.clear()

    def _end(self, children: list[Child]) -> None:
        """Send SIGTERM to ``children``, and kill those that run after :data:`GRACE_SECONDS`."""
        for child in children:
            child.terminate()
        deadline = monotonic() + GRACE_SECONDS
        while any(child.pid and child.reap() is None for child in children):
            if monotonic() >= deadline:
                break
            self._signals.wait(min(0.1, deadline - monotonic()))
        for child in children:
            child.kill()


@contextmanager
def _output(log: Path | None) -> Iterator[int | IO[bytes] | None]:
    """Yield the output of a process: the end of ``log``, or ``None`` for that of this process.

    A file that cannot be opened is replaced by the null device.
    """
    if log is None:
        yield None
        return
    try:
        opened = log.open("ab")
    except OSError:
        yield subprocess.DEVNULL
        return
    with opened:
        yield opened


def pause_after(failures: int) -> float:
    """Return the seconds to wait after ``failures`` consecutive failures: 0.25, 0.5, 1 ... 30.

    They double up to 30 and then stay. ``failures`` is at least 1.
    """
    return min(0.25 * 2.0 ** min(failures - 1, 10), MAX_PAUSE)


def _ended(code: int) -> str:
    """Return how a process with the exit code ``code`` ended; negative codes are signals."""
    return f"was killed by {signal.Signals(-code).name}" if code < 0 else f"ended with {code}"


def _kill_group(pid: int) -> None:
    """Kill the process group of ``pid``, if it still exists."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)
