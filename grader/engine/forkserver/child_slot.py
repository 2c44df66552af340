"""The one sandboxed child of the fork server: forked on demand, reused, and always killed."""

from __future__ import annotations

import json
import os
import select
import signal
from collections.abc import Iterable
from dataclasses import dataclass

from grader.domain.check import Catalog
from grader.domain.errors import EngineFault
from grader.engine.forkserver.child import run_child
from grader.engine.forkserver.framing import pack_frame, send
from grader.engine.measuring.job import Pair
from grader.engine.sandbox import Confinement, address_space

#: Seconds in which the process of :meth:`ChildSlot.verify` must have ended. It takes less than a
#: millisecond, and a fork server has 120 s to start on a busy host. Chosen by hand.
_TRIAL_SECONDS = 30.0


@dataclass
class Child:
    """A child process, which may have died.

    ``results`` and ``tasks`` are the descriptors of the fork server's ends of its two pipes, to
    read messages and to send jobs. ``served`` counts the jobs that it was sent, the present one
    included.
    """

    pid: int
    results: int
    tasks: int
    served: int = 0

    @property
    def fresh(self) -> bool:
        """Whether its current job is its first, or it was sent none yet."""
        return self.served <= 1

    def send_job(
        self, header: bytes, body: bytes, open_pairs: Iterable[Pair], deadline: float
    ) -> None:
        """Send an encoded job with those of its pairs (file, step) that are still to be run.

        ``header`` and ``body`` are as ``encode_job`` returned them. ``deadline`` is an instant of
        ``time.monotonic``. ``served`` rises even if this fails.

        Raises:
            PeerFailed: The child is dead, or does not read before ``deadline``.
        """
        self.served += 1
        pairs = json.dumps([*open_pairs]).encode("ascii")
        send(self.tasks, pack_frame(header, body, pairs), deadline)


class ChildSlot:
    """Owns the child of a fork server, at most one: forks it on demand, reuses it and kills it.

    A child runs the checks of ``catalog`` inside ``confinement``.
    """

    def __init__(self, catalog: Catalog, confinement: Confinement) -> None:
        self._catalog, self._confinement = catalog, confinement
        self._child: Child | None = None

    def child(self) -> Child:
        """Return the current child, even if it has died; fork one if there is none."""
        if self._child is None:
            self._child = self._fork()
        return self._child

    def release(self) -> None:
        """Keep the child for the next job, or kill it if it is exhausted; without one do nothing.

        A child is exhausted if it has run as many jobs as the limits allow, has died, or has grown
        by over a quarter of its memory limit; where there is no ``/proc`` to tell, it always is.
        """
        if self._child is not None and self._exhausted(self._child):
            self.kill()

    def kill(self) -> int:
        """Kill the child and return its wait status; 0 if there is no child.

        If it had died already, the status says of what. The slot is empty afterwards.
        """
        child, self._child = self._child, None
        if child is None:
            return 0
        os.close(child.results)
        os.close(child.tasks)
        os.kill(child.pid, signal.SIGKILL)
        return os.waitpid(child.pid, 0)[1]

    def verify(self, seconds: float = _TRIAL_SECONDS) -> None:
        """Fork a process that enters the confinement and exits, to detect a failure at startup.

        The slot stays as it is.

        Raises:
            EngineFault: The confinement cannot be entered, or not within ``seconds``.
        """
        why = self._trial(seconds)
        if why:
            level = self._confinement.sandbox.level
            raise EngineFault(
                f"The sandbox {level.value} cannot be entered: {why}.",
                how_to_fix="Set GRADER_SANDBOX to auto, or to a weaker one.",
            )

    def _trial(self, seconds: float) -> str:
        """Fork the process of :meth:`verify`; return why it failed, or an empty text."""
        read_end, write_end = os.pipe()
        pid = os.fork()
        if pid == 0:
            code = 70
            try:
                self._confinement.enter(read_end, write_end)
                code = 0
            except OSError as error:
                code = error.errno or code
            finally:
                os._exit(code)
        os.close(write_end)
        # Nobody writes to the pipe: it can be read once the process, its last writer, has ended.
        has_ended = bool(select.select([read_end], [], [], seconds)[0])
        os.close(read_end)
        if not has_ended:
            os.kill(pid, signal.SIGKILL)
        code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        if not has_ended:
            return f"a trial has not ended within {seconds:g} seconds"
        if code < 0:
            return f"signal {-code}"
        return os.strerror(code) if code else ""

    def _exhausted(self, child: Child) -> bool:
        """Return whether ``child`` has run enough jobs, has exited or has grown too large.

        Too large is a quarter of the memory limit, chosen by hand: with 1 GiB a child that holds
        300 MiB after its job is replaced, one that holds 200 MiB runs the next.
        """
        size = address_space(child.pid)
        growth = size - self._confinement.address_space
        return (
            child.served >= self._confinement.limits.reuse
            or not size
            or growth > self._confinement.limits.memory // 4
        )

    def _fork(self) -> Child:
        """Fork a child and return it; in the child itself, run its jobs and never return."""
        results, child_results = os.pipe()
        child_tasks, tasks = os.pipe()
        pid = os.fork()
        if pid == 0:
            run_child(self._catalog, child_results, child_tasks, self._confinement)
        os.close(child_results)
        os.close(child_tasks)
        os.set_blocking(tasks, False)
        return Child(pid, results, tasks)
