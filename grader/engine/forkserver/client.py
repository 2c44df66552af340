"""The worker's side of the fork server: starts it, asks it, and gets a new one when it is gone."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import IO

from pydantic import ValidationError

from grader.domain.errors import EngineFault
from grader.domain.inspection import Inspection
from grader.engine.forkserver.framing import READY, PeerFailed, pack, read_answers, receive, send
from grader.engine.measuring.job import Answers, Job, Limits, Pair, encode_job, failed, nothing
from grader.engine.sandbox import AUTO, choose_level

__all__ = ["Limits", "ForkServer"]

DEFAULT_CATALOG = "grader.checks.catalog:CATALOG"
_START_SECONDS = 120.0
_END_SECONDS = 2.0


@dataclass
class _Process:
    """A running fork server, its two pipes and its working folder."""

    popen: subprocess.Popen[bytes]
    requests: IO[bytes]
    answers: IO[bytes]
    folder: str
    owner: int
    ready: bool = False


class ForkServer:
    """Inspects jobs in killable children. Close it when done.

    It starts with its first job, or when it is told to, so that it warms up in the meantime.

    ``catalog`` is ``module:CONSTANT``, imported in the fork server; ``path`` is a folder of ours to
    import it from, beside what is installed; ``sandbox`` is the name of a level, or ``auto``.
    One job at a time: calls from threads queue up.

    Raises:
        BadSettings: the host does not offer that sandbox.
    """

    def __init__(
        self,
        limits: Limits = Limits(),
        *,
        catalog: str = DEFAULT_CATALOG,
        path: str = "",
        sandbox: str = AUTO,
    ) -> None:
        self._limits = limits
        #: The level that every child stands on.
        self.sandbox = choose_level(sandbox)
        told = {"catalog": catalog, "path": path, "sandbox": self.sandbox}
        self._told = json.dumps(told | {"limits": asdict(limits)})
        #: Seconds beyond a submission's own limit that warming up, killing and answering may take.
        self.grace_seconds = 30.0
        self._process: _Process | None = None
        self._lock = threading.Lock()

    @property
    def pid(self) -> int | None:
        """The fork server's process id, while it is there."""
        return self._process.popen.pid if self._process else None

    def start(self) -> None:
        """Start without waiting until it is warm."""
        with self._lock:
            self._started()

    def inspect(self, job: Job, meanwhile: Callable[[], None] = nothing) -> Answers:
        """See :class:`grader.engine.measuring.job.Inspector`.

        Raises:
            EngineFault: the fork server died or fell silent twice.
        """
        with self._lock:
            try:
                return self._try(job, meanwhile)
            except PeerFailed:
                pass
            try:
                return self._try(job, nothing)
            except PeerFailed as gone:
                raise EngineFault(
                    f"The process that inspects files failed twice: {gone}.",
                    how_to_fix="Its own error stands in the log of the worker. Try again later.",
                ) from None

    def close(self) -> None:
        """End the fork server and whatever it runs; more than once does no harm."""
        with self._lock:
            self._discard()

    def __enter__(self) -> ForkServer:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _try(self, job: Job, meanwhile: Callable[[], None]) -> Answers:
        try:
            process = self._running()
            deadline = time.monotonic() + self._limits.seconds + self.grace_seconds
            send(process.requests.fileno(), pack(*encode_job(job)), deadline)
            meanwhile()
            # Records and padding come on top of what the fork server lets through.
            most = self._limits.output + 1024 * (1 + sum(1 for _ in job.pairs))
            answers = process.answers.fileno()
            wanted = set(job.pairs)
            found = {
                pair: _inspection(pair, payload, wanted)
                for pair, payload in read_answers(answers, deadline, most)
            }
        except BaseException:
            # Also where a time limit of the worker's interrupts us: the pipes are out of step.
            self._discard()
            raise
        return found

    def _running(self) -> _Process:
        process = self._started()
        if not process.ready:
            answers, deadline = process.answers.fileno(), time.monotonic() + _START_SECONDS
            if receive(answers, len(READY), deadline) != READY:
                raise PeerFailed("it does not start as expected")
            process.ready = True
        return process

    def _started(self) -> _Process:
        process = self._process
        if process is not None and process.owner != os.getpid():
            # We are a fork of the one that started it: it is not ours to use or to end.
            self._process = process = None
        if process is not None and process.popen.poll() is not None:
            self._discard()
            process = None
        if process is None:
            self._process = process = _start(self._told)
        return process

    def _discard(self) -> None:
        process, self._process = self._process, None
        if process is None or process.owner != os.getpid():
            return
        for pipe in (process.requests, process.answers):
            with contextlib.suppress(OSError):
                pipe.close()
        if not process.ready:  # it has no child yet, and would warm up first
            process.popen.kill()
        # It ends with its standard input, and ends its child first; a sick one is helped along.
        try:
            process.popen.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            process.popen.kill()
            process.popen.wait()
        shutil.rmtree(process.folder, ignore_errors=True)


def _start(told: str) -> _Process:
    folder = tempfile.mkdtemp(prefix="grader-fork-server-")
    popen = subprocess.Popen(
        [sys.executable, "-I", "-W", "ignore", "-m", "grader.engine.forkserver", told],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        bufsize=0,
        cwd=folder,
        env={"HOME": folder},
        close_fds=True,
        # Ctrl-C in a terminal is for us: we close the fork server when we end.
        start_new_session=True,
    )
    assert popen.stdin is not None and popen.stdout is not None
    os.set_blocking(popen.stdin.fileno(), False)
    return _Process(popen, popen.stdin, popen.stdout, folder, os.getpid())


def _inspection(pair: Pair, payload: bytes, wanted: set[Pair]) -> Inspection:
    """Checks what came through the pipe: a child that ran wild may have said it.

    Raises:
        PeerFailed: it is not an answer to what was asked.
    """
    if pair not in wanted:
        raise PeerFailed(f"it answers {pair}, which nobody asked")
    try:
        return Inspection.model_validate_json(payload)
    except ValidationError:
        return failed("crash")
