"""The worker's side of the fork server: starts the process, sends jobs, replaces it if it fails."""

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
from dataclasses import asdict, dataclass
from typing import IO

from pydantic import ValidationError

from grader.domain.errors import EngineFault
from grader.domain.inspection import Inspection
from grader.engine.forkserver.framing import (
    READY,
    PeerFailed,
    pack_frame,
    read_answers,
    receive,
    send,
)
from grader.engine.measuring.job import Answers, Job, Limits, Pair, encode_job, failed
from grader.engine.sandbox import AUTO, choose_level

__all__ = ["ForkServer", "Limits", "RunningJob"]

DEFAULT_CATALOG = "grader.checks.catalog:CATALOG"
#: Seconds until the process must be warm: importing all tools takes about two on an idle machine,
#: and many times that on a machine where every worker starts at once. Chosen by hand.
_START_SECONDS = 120.0
#: Seconds that the process has to exit by itself before it is killed. Chosen by hand.
_EXIT_SECONDS = 2.0
#: Bytes that one answer may need on top of its payload, in the frame of all answers (a record
#: header of 12 bytes, and the length of the frame). Chosen by hand, with room to spare.
_ANSWER_OVERHEAD = 1024


@dataclass
class _Process:
    """A running fork server: its two pipes, its working folder, the process that started it.

    ``owner`` is the id of the latter; ``ready``: the fork server has reported that it is warm.
    """

    popen: subprocess.Popen[bytes]
    requests: IO[bytes]
    answers: IO[bytes]
    folder: str
    owner: int
    ready: bool = False


@dataclass(eq=False)
class RunningJob:
    """A job that was started on a fork server; sending it may have failed.

    ``deadline`` is the instant of ``time.monotonic`` at which its answers are due. ``answers`` is
    ``None`` until they are read. ``failure`` says why the last failed attempt failed; empty if none
    did.
    """

    job: Job
    server: ForkServer
    deadline: float = 0.0
    answers: Answers | None = None
    failure: str = ""

    def collect(self) -> Answers:
        """Wait for the answers and return them; try once more if the process fails.

        Raises:
            EngineFault: See :meth:`ForkServer.collect`.
        """
        return self.server.collect(self)


class ForkServer:
    """The client of a fork server: a process whose sandboxed child inspects the files of jobs.

    The child is killed and replaced when needed. The process starts with the first job, or with
    :meth:`start_process`, and is replaced when it fails. It runs one job at a time; threads may
    share the client. Close the client, or use it in a ``with`` block.

    Args:
        limits: What one job may use.
        catalog: The checks, as ``module:CONSTANT``, imported in the process.
        path: A folder of our own code to import ``catalog`` from; empty for installed code.
        sandbox: The name of a sandbox level, or ``auto``.

    Raises:
        BadSettings: There is no level ``sandbox``, or the host does not offer it.
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
        #: The sandbox level of every child.
        self.sandbox = choose_level(sandbox)
        config = {"catalog": catalog, "path": path, "sandbox": self.sandbox}
        self._config = json.dumps(config | {"limits": asdict(limits)})
        #: Seconds beyond a job's own limit that the process may need to warm up, kill and answer.
        self.grace_seconds = 30.0
        self._process: _Process | None = None
        #: The job whose answers are still in the pipe.
        self._running: RunningJob | None = None
        self._interrupted = False
        self._lock = threading.Lock()

    @property
    def pid(self) -> int | None:
        """The id of the process, which may have died, or ``None`` if there is none."""
        return self._process.popen.pid if self._process else None

    def start_process(self) -> None:
        """Start the process, unless it runs already, and return before it is ready for a job."""
        with self._lock:
            self._started()

    def start(self, job: Job) -> RunningJob:
        """Send ``job`` to the process and return without waiting for the answers.

        It does wait until a new process is warm, and until the answers of an earlier job that were
        not collected yet are read; they are kept for it. No lock is held between ``start`` and
        ``collect``. If the process fails here, nothing is raised: :meth:`collect` tries once more.

        Raises:
            OSError: No process can be started, see :func:`_start_process`.
        """
        running = RunningJob(job, self)
        with self._lock:
            self._send(running)
        return running

    def collect(self, running: RunningJob) -> Answers:
        """Wait for the answers of ``running`` and return them; further calls return the same.

        If the process failed or was closed meanwhile, the job is sent once more to a new one.

        Raises:
            EngineFault: That attempt failed, too.
        """
        with self._lock:
            self._read(running)
            if running.answers is None and not self._interrupted:
                self._send(running)
                self._read(running)
        if running.answers is None:
            raise EngineFault(
                f"The process that inspects files failed twice: {running.failure}.",
                how_to_fix="Its own error stands in the log of the worker. Try again later.",
            )
        return running.answers

    def inspect(self, job: Job) -> Answers:
        """Run ``job`` and return its answers: an inspection for each (file, step).

        Raises:
            EngineFault: See :meth:`collect`.
        """
        return self.start(job).collect()

    def interrupt(self) -> None:
        """Let the job that runs, and every later one, fail soon; another thread may wait for it.

        Call it in a process that is to end at once.
        """
        self._interrupted = True
        process = self._process
        if process is not None and process.owner == os.getpid():
            process.popen.kill()

    def close(self) -> None:
        """End the fork server and its child. May be called again, and the client used again.

        Jobs whose answers were not read yet are run anew when they are collected. A process that
        inherited the client by a fork only forgets the server, which goes on.
        """
        with self._lock:
            self._discard()

    def __enter__(self) -> ForkServer:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _send(self, running: RunningJob) -> None:
        """Send the job of ``running``, after reading the answers of the job before it.

        If the process fails, end it and store the reason in ``running.failure``.
        """
        if self._running is not None:
            self._read(self._running)
        try:
            process = self._ready_process()
            running.deadline = time.monotonic() + self._limits.wall_seconds + self.grace_seconds
            frame = pack_frame(*encode_job(running.job))
            send(process.requests.fileno(), frame, running.deadline)
            self._running = running
        except PeerFailed as failure:
            running.failure = str(failure)
            self._discard()
        except BaseException:
            self._discard()
            raise

    def _read(self, running: RunningJob) -> None:
        """Read the answers of ``running`` if they are still in the pipe.

        If the process fails, end it and store the reason in ``running.failure``.
        """
        process = self._process
        if running is not self._running or process is None or process.owner != os.getpid():
            return
        pairs = set(running.job.pairs)
        most = self._limits.output + _ANSWER_OVERHEAD * (1 + len(pairs))
        try:
            records = read_answers(process.answers.fileno(), running.deadline, most)
            running.answers = {
                pair: _parse_inspection(pair, payload, pairs) for pair, payload in records
            }
            self._running = None
        except PeerFailed as failure:
            running.failure = str(failure)
            self._discard()
        except BaseException:
            # E.g. a signal handler raised: the rest of the answers would be read as the next job's.
            self._discard()
            raise

    def _ready_process(self) -> _Process:
        """Return the process once it is warm.

        Raises:
            PeerFailed: It exits, or is not warm in time.
        """
        process = self._started()
        if not process.ready:
            answers, deadline = process.answers.fileno(), time.monotonic() + _START_SECONDS
            if receive(answers, len(READY), deadline) != READY:
                raise PeerFailed("it does not start as expected")
            process.ready = True
        return process

    def _started(self) -> _Process:
        """Return the process, a new one if there is none or it has exited."""
        process = self._process
        if process is not None and process.owner != os.getpid():
            # This process is a fork of the one that started it, which goes on using it.
            self._process = self._running = process = None
        if process is not None and process.popen.poll() is not None:
            self._discard()
            process = None
        if process is None:
            self._process = process = _start_process(self._config)
        return process

    def _discard(self) -> None:
        """End the process, if this process started it, and remove its folder."""
        process, self._process, self._running = self._process, None, None
        if process is None or process.owner != os.getpid():
            return
        for pipe in (process.requests, process.answers):
            with contextlib.suppress(OSError):
                pipe.close()
        if not process.ready:  # it would first warm up, and has no child that must be killed
            process.popen.kill()
        # When its standard input ends, it kills its child and exits.
        try:
            process.popen.wait(_EXIT_SECONDS)
        except subprocess.TimeoutExpired:
            process.popen.kill()
            process.popen.wait()
        shutil.rmtree(process.folder, ignore_errors=True)


def _start_process(config: str) -> _Process:
    """Start a fork server in an empty folder, with an empty environment; ``config`` is JSON.

    Raises:
        OSError: The host has no room, descriptors, memory or processes left.
    """
    folder = tempfile.mkdtemp(prefix="grader-fork-server-")
    try:
        popen = subprocess.Popen(
            [sys.executable, "-I", "-W", "ignore", "-m", "grader.engine.forkserver", config],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            bufsize=0,
            cwd=folder,
            env={"HOME": folder},
            close_fds=True,
            # Ctrl-C in a terminal reaches this process alone, which closes the client when it ends.
            start_new_session=True,
        )
    except OSError:  # e.g. no descriptors or no processes left
        shutil.rmtree(folder, ignore_errors=True)
        raise
    assert popen.stdin is not None and popen.stdout is not None
    os.set_blocking(popen.stdin.fileno(), False)
    return _Process(popen, popen.stdin, popen.stdout, folder, os.getpid())


def _parse_inspection(pair: Pair, payload: bytes, pairs: set[Pair]) -> Inspection:
    """Parse the ``payload`` of one answer, which a compromised child may have written.

    A payload that is no inspection counts as a crash of the child.

    Raises:
        PeerFailed: ``pair`` is none of ``pairs``, those of the job.
    """
    if pair not in pairs:
        raise PeerFailed(f"it answers {pair}, which is not part of the job")
    try:
        return Inspection.model_validate_json(payload)
    except ValidationError:
        return failed("crash")
