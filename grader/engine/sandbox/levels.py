"""The sandbox of a child: a ladder of levels, of which the host offers some.

A level is chosen once, by name, and what is chosen is in force or the child does not start: it is
never silently weaker. Under every level a child has limits, two pipes, no environment and no
privileges (``confinement.py``). On top of that:

- ``landlock+seccomp``: it opens nothing but the interpreter's own files, for reading, and makes no
  system call but those that computing takes: no sockets, programs, processes or signals.
- ``seccomp``: the same calls, but every file that the user may read can be read.
- ``landlock``: nothing is opened but the interpreter's own files, for reading, and there is no TCP;
  processes can be started, in the same cage.
- ``rlimits``: nothing is written; the network can be reached and files can be read.
"""

from __future__ import annotations

import platform
import sysconfig
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from grader.domain.errors import BadSettings
from grader.engine.sandbox import landlock, seccomp
from grader.engine.sandbox.kernel import give_up_privileges
from grader.infra.process import libc

AUTO = "auto"


class SandboxLevel(StrEnum):
    """The levels, the strongest first."""

    LANDLOCK_AND_SECCOMP = "landlock+seccomp"
    SECCOMP = "seccomp"
    LANDLOCK = "landlock"
    RLIMITS = "rlimits"

    @property
    def has_seccomp(self) -> bool:
        """Whether system calls are filtered."""
        return self in (SandboxLevel.LANDLOCK_AND_SECCOMP, SandboxLevel.SECCOMP)

    @property
    def has_landlock(self) -> bool:
        """Whether files are given up."""
        return self in (SandboxLevel.LANDLOCK_AND_SECCOMP, SandboxLevel.LANDLOCK)


def available_levels() -> tuple[SandboxLevel, ...]:
    """The levels that this host offers, the strongest first; the last one is always there."""
    version = landlock.version()
    filters = seccomp.is_available()
    # Without filters it is Landlock that has to keep the network away.
    needed = {SandboxLevel.LANDLOCK_AND_SECCOMP: 1, SandboxLevel.LANDLOCK: landlock.NETWORK_VERSION}
    return tuple(
        level
        for level in SandboxLevel
        if version >= needed.get(level, 0) and (filters or not level.has_seccomp)
    )


def choose_level(wanted: str, available: Iterable[SandboxLevel] | None = None) -> SandboxLevel:
    """The level of that name; for ``auto`` the strongest that the host offers.

    Raises:
        BadSettings: there is no such level, or the host does not offer it.
    """
    levels = [*(available_levels() if available is None else available)]
    if wanted == AUTO:
        return levels[0]
    names = ", ".join(levels)
    if wanted not in [*SandboxLevel]:
        raise BadSettings(
            f"GRADER_SANDBOX: there is no sandbox {wanted!r}.",
            how_to_fix=f"Set it to {AUTO}, or to one that this host offers: {names}.",
        )
    if wanted not in levels:
        raise BadSettings(
            f"GRADER_SANDBOX asks for {wanted}, which this host does not offer.",
            how_to_fix="Run it on Linux 5.13 or newer with Landlock among the security modules,"
            f" or set it to {AUTO}, or to one that this host offers: {names}.",
        )
    return SandboxLevel(wanted)


@dataclass(frozen=True)
class Sandbox:
    """A level, made ready once for all children."""

    level: SandboxLevel
    version: int
    filter: bytes
    folders: tuple[str, ...]

    @staticmethod
    def prepare(level: SandboxLevel, more: str = "") -> Sandbox:
        """For children of this process; ``more`` is a folder of code beside what is installed."""
        machine = seccomp.MACHINES[platform.machine()] if level.has_seccomp else None
        filter = seccomp.build_filter(machine) if machine else b""
        return Sandbox(level, landlock.version(), filter, _folders(more))

    def enter(self) -> None:
        """Shut this process in for good.

        Raises:
            OSError: the kernel refuses, though it offered.
        """
        if libc() is not None:
            give_up_privileges()
        if self.level.has_landlock:
            landlock.read_only(self.folders, self.version)
        if self.level.has_seccomp:
            seccomp.install(self.filter)


def _folders(more: str) -> tuple[str, ...]:
    """Where the interpreter, the libraries and our own code lie: all that is ever loaded."""
    known = sysconfig.get_paths()
    installed = [known[kind] for kind in ("stdlib", "platstdlib", "purelib", "platlib")]
    ours = str(Path(__file__).parents[2])
    return tuple(dict.fromkeys(filter(None, [*installed, ours, more])))
