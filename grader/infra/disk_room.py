"""The check that the disks of some folders have room."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path

from grader.service.readiness import NotReady


def check_room(folders: Mapping[str, Path], wanted: int) -> None:
    """Check that ``wanted`` bytes are free on the disk of each of ``folders``.

    These are by what they are for, e.g. ``data``.

    Raises:
        NotReady: fewer than ``wanted`` bytes are free on one of them, or a folder is missing.
    """
    try:
        free = {name: shutil.disk_usage(folder).free for name, folder in folders.items()}
    except OSError as error:
        raise NotReady(f"A folder cannot be used: {error.strerror}.") from error
    short = [name for name, left in free.items() if left < wanted]
    if short:
        raise NotReady(
            f"Less than {wanted / 1_048_576:.0f} MB are free on the disk of: {', '.join(short)}."
        )
