"""The one sandboxed child of the fork server: forked on demand, reused, and always killed."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Iterable
from dataclasses import dataclass

from grader.domain.check import Catalog
from grader.domain.errors import EngineFault
from grader.engine.forkserver.child import run_child
from grader.engine.forkserver.framing import pack, send
from grader.engine.measuring.job import Pair
from grader.engine.sandbox import Confinement, address_space


@dataclass
class Child:
    """A child and the pipes to it. ``served`` counts the tasks that it was given."""

    pid: int
    results: int
    tasks: int
    served: int = 0

    @property
    def fresh(self) -> bool:
        """Whether the task at hand is its first."""
        return self.served <= 1

    def give(self, header: bytes, body: bytes, left: Iterable[Pair], deadline: float) -> None:
        """Hand it a job, and which of its pairs are still open.

        Raises:
            PeerFailed: it is dead, or does not read before the deadline.
        """
        self.served += 1
        send(self.tasks, pack(header, body, json.dumps([*left]).encode("ascii")), deadline)


class ChildSlot:
    """Gives out a child to work with, the last one again where nothing speaks against it."""

    def __init__(self, catalog: Catalog, confinement: Confinement) -> None:
        self._catalog, self._confinement = catalog, confinement
        self._child: Child | None = None

    def child(self) -> Child:
        """The child that is there, or a new one."""
        if self._child is None:
            self._child = self._fork()
        return self._child

    def release(self) -> None:
        """The child has come to a good end: it goes on, unless it is worn out."""
        if self._child is not None and self._exhausted(self._child):
            self.kill()

    def kill(self) -> int:
        """Kill the child, if there is one; its exit status."""
        child, self._child = self._child, None
        if child is None:
            return 0
        os.close(child.results)
        os.close(child.tasks)
        os.kill(child.pid, signal.SIGKILL)
        return os.waitpid(child.pid, 0)[1]

    def verify(self) -> None:
        """Have a child enter its confinement and end, so that a failure is told at the start.

        Raises:
            EngineFault: it cannot.
        """
        results, told = os.pipe()
        pid = os.fork()
        if pid == 0:
            code = 70
            try:
                self._confinement.enter(results, told)
                code = 0
            except OSError as error:
                code = error.errno or code
            finally:
                os._exit(code)
        os.close(results)
        os.close(told)
        code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        if code:
            why = os.strerror(code) if code > 0 else f"signal {-code}"
            level = self._confinement.sandbox.level
            raise EngineFault(
                f"The sandbox {level.value} cannot be entered: {why}.",
                how_to_fix="Set GRADER_SANDBOX to auto, or to a weaker one.",
            )

    def _exhausted(self, child: Child) -> bool:
        """Whether it has served enough, or holds on to much memory."""
        size = address_space(child.pid)
        grown = size - self._confinement.address_space
        return (
            child.served >= self._confinement.limits.reuse
            or not size
            or grown > self._confinement.limits.memory // 4
        )

    def _fork(self) -> Child:
        results, told = os.pipe()
        asked, tasks = os.pipe()
        pid = os.fork()
        if pid == 0:
            run_child(self._catalog, told, asked, self._confinement)
        os.close(told)
        os.close(asked)
        os.set_blocking(tasks, False)
        return Child(pid, results, tasks)
