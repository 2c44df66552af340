"""How students' files are shut in on this host, by the settings.

Apart from :mod:`grader.bootstrap` because a worker has its nursery warm up while it still loads
everything else.
"""

from __future__ import annotations

from grader.engine.forkserver import Nursery
from grader.engine.measuring.job import Limits
from grader.engine.sandbox import Rung, choose
from grader.settings import Settings


def sandbox_of(settings: Settings) -> Rung:
    """The sandbox in which students' files are looked at on this host.

    Raises:
        BadSettings: this host does not offer the configured one.
    """
    return choose(settings.sandbox)


def nursery_of(settings: Settings) -> Nursery:
    """A nursery of one's own; close it when done.

    Raises:
        BadSettings: this host does not offer the configured sandbox.
    """
    limits = Limits(
        memory=settings.child_memory,
        pair_seconds=settings.child_pair_seconds,
        seconds=settings.child_seconds,
    )
    return Nursery(limits, sandbox=settings.sandbox)
