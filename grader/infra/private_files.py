"""Files and folders that only their owner can read; files are written completely or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from grader.domain.errors import BadRequest, BadSettings, Conflict


@contextmanager
def private_file(file: Path) -> Iterator[Path]:
    """Yield the path of an empty temporary file beside ``file``, with mode 0600, to write to.

    When the ``with`` block ends normally, the temporary file is synced to disk and renamed to
    ``file``, in place of one that appeared meanwhile. After an exception in the block the temporary
    file is removed, and ``file`` is not created.

    Raises:
        Conflict: ``file`` exists already when the block begins.
        BadRequest: the temporary file cannot be created.
    """
    if file.exists():
        raise Conflict(
            f"{file} is there already.", how_to_fix="Choose another name, or move it away."
        )
    temporary = file.with_name(f".{file.name}.{os.getpid()}.part")
    try:
        os.close(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    except OSError as error:
        raise BadRequest(
            f"{file} cannot be written: {error.strerror}.",
            how_to_fix="Name a file in a folder that exists and that you may write to.",
        ) from None
    try:
        yield temporary
        _sync(temporary)
        temporary.rename(file)
        _sync(file.parent)
    finally:
        temporary.unlink(missing_ok=True)


def private_folder(folder: Path) -> None:
    """Create ``folder`` with mode 0700; an existing folder keeps its mode.

    Missing parents are created with the default mode.

    Raises:
        BadSettings: the folder cannot be created, e.g. because it is a file.
    """
    with usable(folder):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)


@contextmanager
def usable(path: Path) -> Iterator[None]:
    """Raise BadSettings, with the reason, where the block cannot use ``path``, a configured path.

    e.g. because it is on a read-only file system. Every ``OSError`` of the block is taken for that.
    """
    try:
        yield
    except OSError as error:
        raise BadSettings(
            f"{path} cannot be used: {error.strerror or error}.",
            how_to_fix="Choose a place that you may write to, by --data-dir or GRADER_DATA_DIR.",
        ) from None


def _sync(path: Path) -> None:
    """Flush the file or folder ``path`` to disk, so that it survives a power cut."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
