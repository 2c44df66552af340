"""A disk of its own for a folder, which can be made full: a small file system in memory."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Self

#: Bytes of a disk that is not full, far more than a run writes, of the WAL of PostgreSQL too.
_SIZE = 1_073_741_824
#: Seconds between two measurements of a full disk: a deleted file makes room.
_LOOK_SECONDS = 0.1
#: The folders with a disk, for a run that is cut off.
_mounted: list[Path] = []


class Disk:
    """The file system that is mounted at ``folder``."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @classmethod
    def at(cls, folder: Path) -> Self | None:
        """Mount a new disk at ``folder``; return ``None`` if this host refuses to mount it."""
        folder.mkdir(parents=True, exist_ok=True)
        run = _mount("-t", "tmpfs", "-o", f"size={_SIZE},mode=700", "grader-chaos", str(folder))
        if not run:
            return None
        _mounted.append(folder)
        return cls(folder)

    def fill(self, seconds: float) -> None:
        """Leave no room on the disk for ``seconds``: what writes more to it gets ENOSPC."""
        end = time.monotonic() + seconds
        try:
            while time.monotonic() < end:
                self._resize(self._used())
                time.sleep(_LOOK_SECONDS)
        finally:
            self._resize(_SIZE)

    def unmount(self) -> None:
        """Unmount the disk, and leave its files in the folder that it was mounted at."""
        kept = self.folder.with_name(f"{self.folder.name}-kept")
        subprocess.run(["cp", "-a", str(self.folder), str(kept)], check=True)
        _unmount(self.folder)
        self.folder.rmdir()
        kept.rename(self.folder)

    def _used(self) -> int:
        """Return how many bytes of the disk are in use."""
        state = os.statvfs(self.folder)
        return (state.f_blocks - state.f_bfree) * state.f_frsize

    def _resize(self, size: int) -> bool:
        """Make the disk ``size`` bytes large; return False if more of it is in use."""
        return _mount("-o", f"remount,size={size}", str(self.folder))


def _mount(*words: str) -> bool:
    """Run ``mount`` with the arguments ``words``; return whether it succeeded."""
    try:
        return subprocess.run(["mount", *words], capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        return False


def _unmount(folder: Path) -> None:
    """Unmount the disk at ``folder``, also if a process that was killed has not quite ended."""
    _mounted.remove(folder)
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


def unmount_all() -> None:
    """Unmount every disk of this process, without its files."""
    for folder in reversed(_mounted.copy()):
        _unmount(folder)


@contextmanager
def own_disk(folder: Path) -> Iterator[Disk | None]:
    """Yield a disk for ``folder``, or ``None`` if this host refuses to mount it."""
    disk = Disk.at(folder)
    try:
        yield disk
    finally:
        if disk is not None:
            disk.unmount()
