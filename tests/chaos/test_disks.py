"""A disk of a chaos run refuses what is written while it is full, and leaves its files behind."""

from __future__ import annotations

import errno
import threading
from pathlib import Path

from tests.chaos.disks import own_disk
from tests.processes import wait_until


def grows(file: Path) -> bool:
    """Append 64 KiB to ``file``; return False if its disk has no room."""
    try:
        with file.open("ab") as out:
            out.write(bytes(65_536))
    except OSError as error:
        assert error.errno == errno.ENOSPC
        return False
    return True


def test_a_full_disk_refuses_writes_until_it_has_room(tmp_path: Path) -> None:
    folder = tmp_path / "disk"
    with own_disk(folder) as disk:
        assert grows(folder / "one")
        if disk is not None:  # a host may refuse to mount it, and a run then goes without
            trouble = threading.Thread(target=disk.fill, args=(3.0,))
            trouble.start()
            wait_until(lambda: not grows(folder / "one"), 60, "the disk was full")
            trouble.join()
            assert grows(folder / "one")
    assert (folder / "one").stat().st_size >= 65_536
    assert not (tmp_path / "disk-kept").exists()
