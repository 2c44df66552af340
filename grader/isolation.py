"""How students' files are shut in on this host, by the settings.

Apart from :mod:`grader.bootstrap` because a worker has its fork server warm up while it still loads
everything else.
"""

from __future__ import annotations

from grader.engine.forkserver import ForkServer
from grader.engine.measuring.job import Limits
from grader.engine.sandbox import SandboxLevel, choose_level
from grader.settings import Settings


def sandbox_level_of(settings: Settings) -> SandboxLevel:
    """The sandbox in which students' files are looked at on this host.

    Raises:
        BadSettings: this host does not offer the configured one.
    """
    return choose_level(settings.sandbox)


def build_fork_server(settings: Settings) -> ForkServer:
    """A fork server of one's own; close it when done.

    Raises:
        BadSettings: this host does not offer the configured sandbox.
    """
    limits = Limits(
        memory=settings.child_memory,
        pair_seconds=settings.child_pair_seconds,
        seconds=settings.child_seconds,
    )
    return ForkServer(limits, sandbox=settings.sandbox)
