"""The levels of the sandbox of a child, of which a host offers some.

A level is chosen once, by name. If it cannot be entered, no child starts: the sandbox is never
silently weaker. At every level a child has resource limits, two pipes, no environment and no
privileges (``confinement.py``). Beyond that:

- ``landlock+seccomp``: the child can open the interpreter's own files only, for reading, and make
  only the system calls that computing needs: no sockets, programs, processes or signals.
- ``seccomp``: the same system calls, but it can read every file that the user can read.
- ``landlock``: the child can open the interpreter's own files only, for reading, and use no TCP;
  it can start processes, which are restricted in the same way.
- ``rlimits``: the child cannot write; it can use the network and read files.
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
from grader.engine.sandbox.kernel import drop_privileges
from grader.infra.process import libc

#: Instead of the name of a level: the strongest one that the host offers.
AUTO = "auto"


class SandboxLevel(StrEnum):
    """The levels of a child's sandbox, strongest first, by the names that settings use.

    Seccomp leaves only the system calls that computing needs; Landlock leaves only reading below a
    few folders. At every level a child has resource limits, two pipes, no environment and no
    privileges. At ``rlimits`` it has no other limits: it can read files and use the network.
    """

    LANDLOCK_AND_SECCOMP = "landlock+seccomp"
    SECCOMP = "seccomp"
    LANDLOCK = "landlock"
    RLIMITS = "rlimits"

    @property
    def has_seccomp(self) -> bool:
        """Whether the level filters system calls (by seccomp)."""
        return self in (SandboxLevel.LANDLOCK_AND_SECCOMP, SandboxLevel.SECCOMP)

    @property
    def has_landlock(self) -> bool:
        """Whether the level restricts which files can be opened (by Landlock)."""
        return self in (SandboxLevel.LANDLOCK_AND_SECCOMP, SandboxLevel.LANDLOCK)


def available_levels() -> tuple[SandboxLevel, ...]:
    """Return the levels that this host offers, strongest first; the last is always ``rlimits``.

    The level ``landlock``, which filters no system calls, is offered only if Landlock blocks TCP.
    """
    version = landlock.version()
    filters = seccomp.is_available()
    # Without a filter of system calls, Landlock itself has to block the network.
    needed = {SandboxLevel.LANDLOCK_AND_SECCOMP: 1, SandboxLevel.LANDLOCK: landlock.NETWORK_VERSION}
    return tuple(
        level
        for level in SandboxLevel
        if version >= needed.get(level, 0) and (filters or not level.has_seccomp)
    )


def choose_level(wanted: str, available: Iterable[SandboxLevel] | None = None) -> SandboxLevel:
    """Return the level with the name ``wanted``; for ``auto`` the strongest one.

    ``available`` are the levels to choose from, strongest first, by default those of this host.

    Raises:
        BadSettings: There is no such level, or it is not available.
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
    """A level with all that a process needs to enter it, computed once for all children.

    ``filter`` is the filter of system calls, empty without seccomp. ``folders`` are those that can
    be read, and have an effect only with Landlock. ``version`` is the kernel's version of Landlock,
    0 if it has none. :meth:`prepare` makes one, :meth:`enter` applies it.
    """

    level: SandboxLevel
    version: int
    filter: bytes
    folders: tuple[str, ...]

    @staticmethod
    def prepare(level: SandboxLevel, path: str = "") -> Sandbox:
        """Return the sandbox of ``level``, which this host must offer. It is not entered.

        With Landlock, children can open only files of the standard library, installed packages, our
        own code, and the folder ``path`` with more of our code (empty: none), all for reading.
        """
        machine = seccomp.MACHINES[platform.machine()] if level.has_seccomp else None
        filter = seccomp.build_filter(machine) if machine else b""
        return Sandbox(level, landlock.version(), filter, _readable_folders(path))

    def enter(self) -> None:
        """Drop the privileges of this process and apply the restrictions of the level, for good.

        Resource limits are not among them. On systems other than Linux only ``rlimits`` is
        available, and nothing happens.

        Raises:
            OSError: The kernel refuses, although it offers the level.
        """
        if libc() is not None:
            drop_privileges()
        if self.level.has_landlock:
            landlock.read_only(self.folders, self.version)
        if self.level.has_seccomp:
            seccomp.install(self.filter)


def _readable_folders(path: str) -> tuple[str, ...]:
    """Return the folders of the interpreter, the libraries and our own code, and ``path``."""
    known = sysconfig.get_paths()
    installed = [known[kind] for kind in ("stdlib", "platstdlib", "purelib", "platlib")]
    ours = str(Path(__file__).parents[2])
    return tuple(dict.fromkeys(filter(None, [*installed, ours, path])))
