"""Files and folders that hold what is nobody else's business; files whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from grader.domain.errors import BadRequest, Conflict


@contextmanager
def private_file(file: Path) -> Iterator[Path]:
    """The path of an empty file beside ``file``, readable by its owner alone.

    At the end it is written to the disk and takes the place of ``file``; after an exception
    neither of them is there.

    Raises:
        Conflict: ``file`` is there already. BadRequest: its folder cannot be written to.
    """
    if file.exists():
        raise Conflict(
            f"{file} is there already.", how_to_fix="Choose another name, or move it away."
        )
    part = file.with_name(f".{file.name}.{os.getpid()}.part")
    try:
        os.close(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    except OSError as error:
        raise BadRequest(
            f"{file} cannot be written: {error.strerror}.",
            how_to_fix="Name a file in a folder that exists and that you may write to.",
        ) from None
    try:
        yield part
        _sync(part)
        part.rename(file)
        _sync(file.parent)
    finally:
        part.unlink(missing_ok=True)


def private_folder(folder: Path) -> None:
    """Have a folder, its owner's alone where it is made here; one that is there stays as it is."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)


def _sync(path: Path) -> None:
    """Have what was written outlive a power cut."""
    opened = os.open(path, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
