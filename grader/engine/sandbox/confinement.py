"""How a child of the fork server is confined before it sees a student's file."""

from __future__ import annotations

import os
import resource
import time
from dataclasses import dataclass

from grader.engine.measuring.job import Limits
from grader.engine.sandbox.levels import Sandbox
from grader.infra.process import die_with_parent, libc

#: Where a child finds its two pipes.
RESULTS, TASKS = 3, 4

_MAX_FILES = 64
_STACK = 64 << 20
_PAGE = resource.getpagesize()


@dataclass(frozen=True)
class Confinement:
    """What the fork server works out once for all of its children, who then touch less memory.

    ``address_space`` is the address space that the tools take, in bytes.
    """

    limits: Limits
    sandbox: Sandbox
    address_space: int
    parent: int

    @staticmethod
    def of_children(limits: Limits, sandbox: Sandbox) -> Confinement:
        """For children of this process as it is now."""
        libc()
        return Confinement(limits, sandbox, address_space(), os.getpid())

    def enter(self, results: int, tasks: int) -> None:
        """Confine this process for good; it keeps the two pipes and nothing else.

        Raises:
            OSError: the sandbox cannot be entered.
        """
        _keep(results, tasks)
        die_with_parent(self.parent)
        _limit(resource.RLIMIT_STACK, _STACK)
        _limit(resource.RLIMIT_AS, self.address_space + self.limits.memory)
        # Empty files may come into being, no content may: nothing of a submission reaches a disk.
        _limit(resource.RLIMIT_FSIZE, 0)
        _limit(resource.RLIMIT_NOFILE, _MAX_FILES)
        _limit(resource.RLIMIT_CORE, 0)
        _limit(resource.RLIMIT_NPROC, 0)
        self.sandbox.enter()

    def reset_cpu_limit(self) -> None:
        """Give this process a submission's processor time, from now; its end is SIGXCPU."""
        _, hard = resource.getrlimit(resource.RLIMIT_CPU)
        until = int(time.process_time() + self.limits.seconds) + 1
        soft = until if hard == resource.RLIM_INFINITY else min(until, hard)
        resource.setrlimit(resource.RLIMIT_CPU, (soft, hard))


def address_space(pid: int | None = None) -> int:
    """Bytes of address space of a process (this one by default); 0 where nobody tells."""
    try:
        with open(f"/proc/{pid or 'self'}/statm", "rb") as status:
            return int(status.read().split()[0]) * _PAGE
    except (OSError, IndexError, ValueError):
        return 0


def _keep(results: int, tasks: int) -> None:
    """Keep the two pipes alone; standard streams lead nowhere."""
    os.setsid()
    # By way of high numbers, so that neither pipe is overwritten by the other.
    high = [os.dup2(results, 100), os.dup2(tasks, 101)]
    os.dup2(high[0], RESULTS)
    os.dup2(high[1], TASKS)
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nowhere, stream)
    os.closerange(TASKS + 1, 256)


def _limit(kind: int, wanted: int) -> None:
    _, hard = resource.getrlimit(kind)
    value = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    resource.setrlimit(kind, (value, value))
