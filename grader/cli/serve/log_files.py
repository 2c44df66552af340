"""Rotation of the log files of ``grader serve``, whose programs keep them open."""

from __future__ import annotations

import os
import shutil
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class LogFiles:
    """The files ``*.log`` in ``folder``, of which each may have about ``size`` bytes.

    Of each the ``kept`` newest old ones stay: ``api.log.1`` is the newest, ``api.log.2`` the one
    before.
    """

    folder: Path
    size: int
    kept: int

    def rotate(self) -> None:
        """Rotate the files that are too large; a file that cannot be rotated stays as it is.

        A file is copied and emptied, not renamed, because its program goes on writing to it. Lines
        that are written between the two steps are lost, and so is the copy if there is no room for
        it.
        """
        for file in self.folder.glob("*.log"):
            with suppress(OSError):
                if file.is_file() and file.stat().st_size >= self.size:
                    self._rotate(file)

    def _rotate(self, file: Path) -> None:
        """Copy ``file`` to the newest old file, and empty it."""
        for number in range(self.kept, 1, -1):
            with suppress(FileNotFoundError):
                _old(file, number - 1).replace(_old(file, number))
        if self.kept:
            self._copy(file, _old(file, 1))
        os.truncate(file, 0)

    def _copy(self, file: Path, copy: Path) -> None:
        """Copy ``file`` to ``copy``, or to nothing if there is no room for all of it."""
        try:
            shutil.copyfile(file, copy)
        except OSError:
            copy.unlink(missing_ok=True)


def _old(file: Path, number: int) -> Path:
    """Return the path of an old file: the 1st is the newest."""
    return file.with_name(f"{file.name}.{number}")
