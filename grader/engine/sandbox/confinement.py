"""The confinement of a child of the fork server: its descriptors, resource limits and sandbox."""

from __future__ import annotations

import fcntl
import os
import resource
import time
from dataclasses import dataclass

from grader.engine.measuring.job import Limits
from grader.engine.sandbox.levels import Sandbox
from grader.infra.process import die_with_parent, libc

#: The descriptors of a child's two pipes: it writes results and reads tasks.
RESULTS, TASKS = 3, 4

#: Open files of a child: e.g. a check that opens 200 fails with ``confined``; the tools open a
#: few at a time. Chosen by hand.
_MAX_FILES = 64
#: Bytes of stack, so that tools can recurse as deep as ``RECURSION_LIMIT`` allows. Chosen by hand.
_STACK = 64 << 20
#: No process of ours has a descriptor from here on.
_DESCRIPTORS = 256
_PAGE = resource.getpagesize()


@dataclass(frozen=True)
class Confinement:
    """The data with which a child confines itself, computed in the fork server before it forks.

    :meth:`of_children` computes it; the child calls :meth:`enter`, and before each job
    :meth:`reset_cpu_limit`. ``address_space`` is how many bytes of address space the fork server
    has; every child starts with as many, and ``limits.memory`` comes on top. ``parent`` is the
    process id of the fork server.
    """

    limits: Limits
    sandbox: Sandbox
    address_space: int
    parent: int

    @staticmethod
    def of_children(limits: Limits, sandbox: Sandbox) -> Confinement:
        """Return the confinement for children that this process, the fork server, will fork.

        Their memory limit counts from the address space that this process has now.
        """
        libc()
        return Confinement(limits, sandbox, address_space(), os.getpid())

    def enter(self, results: int, tasks: int) -> None:
        """Confine this process, a child, for good: descriptors, resource limits, then the sandbox.

        It gets a session of its own and keeps two pipes: the descriptors ``results`` and ``tasks``
        become :data:`RESULTS` and :data:`TASKS`. Its standard streams lead to ``/dev/null``, and
        all others are closed. It cannot write to files. CPU time is not limited here. On Linux the
        process is killed when its parent dies, and exits with code 1 here if that is dead already.

        Raises:
            OSError: A pipe is not open, or the sandbox cannot be entered.
        """
        _keep_descriptors(results, tasks)
        die_with_parent(self.parent)
        _set_limit(resource.RLIMIT_STACK, _STACK)
        _set_limit(resource.RLIMIT_AS, self.address_space + self.limits.memory)
        # Empty files can be created, but not written: nothing of a submission reaches a disk.
        _set_limit(resource.RLIMIT_FSIZE, 0)
        _set_limit(resource.RLIMIT_NOFILE, _MAX_FILES)
        _set_limit(resource.RLIMIT_CORE, 0)
        _set_limit(resource.RLIMIT_NPROC, 0)
        self.sandbox.enter()

    def reset_cpu_limit(self) -> None:
        """Allow this process ``limits.seconds`` more of CPU time, and at most a second on top.

        The limit that is set is the whole second after that. When it is reached, the kernel kills
        the process by SIGXCPU. If the process has a lower hard limit, that is kept.
        """
        _, hard = resource.getrlimit(resource.RLIMIT_CPU)
        until = int(time.process_time() + self.limits.seconds) + 1
        soft = until if hard == resource.RLIM_INFINITY else min(until, hard)
        resource.setrlimit(resource.RLIMIT_CPU, (soft, hard))


def address_space(pid: int | None = None) -> int:
    """Return the bytes of address space of the process ``pid``, by default of this one.

    It is 0 if the process is gone, or where there is no ``/proc``.
    """
    try:
        with open(f"/proc/{pid or 'self'}/statm", "rb") as status:
            return int(status.read().split()[0]) * _PAGE
    except (OSError, IndexError, ValueError):
        return 0


def _keep_descriptors(results: int, tasks: int) -> None:
    """Move the two pipes to :data:`RESULTS` and :data:`TASKS` and close all other descriptors.

    The three standard streams lead to ``/dev/null``.
    """
    os.setsid()
    # In two moves, because `results` may be the number 4, or `tasks` the number 3. The lowest free
    # numbers, so that a host with a low limit of descriptors (`ulimit -n 64`) can confine a child.
    spare = [fcntl.fcntl(end, fcntl.F_DUPFD, TASKS + 1) for end in (results, tasks)]
    os.dup2(spare[0], RESULTS)
    os.dup2(spare[1], TASKS)
    null = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(null, stream)
    os.closerange(TASKS + 1, _DESCRIPTORS)


def _set_limit(kind: int, value: int) -> None:
    """Set the soft and hard limit of the resource ``kind``, but never above its hard limit."""
    _, hard = resource.getrlimit(kind)
    value = value if hard == resource.RLIM_INFINITY else min(value, hard)
    resource.setrlimit(kind, (value, value))
