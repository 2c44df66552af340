"""Build the fork server, and choose its sandbox, from the settings.

Apart from :mod:`grader.bootstrap`, which loads the whole service: a worker starts its fork server
first, which warms up while the worker loads everything else.
"""

from __future__ import annotations

from grader.engine.forkserver import ForkServer
from grader.engine.measuring.job import Limits
from grader.engine.sandbox import SandboxLevel, choose_level
from grader.settings import Settings

#: Seconds of a grading beside its job, chosen by hand: reading the archive, starting a fork server
#: (two on an idle machine), storing the report with the retries of a database that is away (31).
_BESIDE_JOB = 120.0


def sandbox_level_of(settings: Settings) -> SandboxLevel:
    """Return the sandbox level in which this host inspects students' files.

    For the setting ``auto`` that is the strongest level that the host offers.

    Raises:
        BadSettings: The host does not offer the configured level, or there is no such level.
    """
    return choose_level(settings.sandbox)


def limits_of(settings: Settings) -> Limits:
    """Return the limits of one submission's job, as configured."""
    return Limits(
        memory=settings.child_memory,
        pair_seconds=settings.child_pair_seconds,
        seconds=settings.child_seconds,
        wall_factor=settings.child_wall_factor,
    )


def longest_grading(settings: Settings) -> float:
    """Return the most seconds that the grading of one submission may take: 360 by default.

    Afterwards its worker counts as hung: the claim is not renewed, and the task is ended.
    """
    return limits_of(settings).wall_seconds + _BESIDE_JOB


def build_fork_server(settings: Settings) -> ForkServer:
    """Return a new fork server, whose sandboxed children inspect students' files.

    It has the configured limits. Its process is not started yet; the caller closes it.

    Raises:
        BadSettings: The host does not offer the configured sandbox level, or there is no such
            level.
    """
    return ForkServer(limits_of(settings), sandbox=settings.sandbox)
