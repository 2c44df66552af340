"""The data directory of ``grader serve``: its lock, and the file with the URL of the service."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from grader.domain.errors import Conflict


@contextmanager
def locked(data_dir: Path) -> Iterator[None]:
    """Hold the exclusive lock of ``data_dir``, an existing folder, during the block.

    The file ``serve.lock`` has the id of the process that holds it, or held it last.

    Raises:
        Conflict: another process holds the lock; it is not waited for.
    """
    with (data_dir / "serve.lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            raise Conflict(
                f"Another grader serve (process {lock.read().strip()}) runs on {data_dir}.",
                how_to_fix="Stop that one, or choose another --data-dir.",
            ) from None
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield


@contextmanager
def announced(data_dir: Path, url: str) -> Iterator[None]:
    """Keep ``serve.json`` with ``url`` and this process's id in ``data_dir`` during the block.

    It is e.g. ``{"url": "http://127.0.0.1:8000", "pid": 7}``, for scripts that need to know where
    the service runs. An earlier file is replaced. At the end of the block it is removed.
    """
    file = data_dir / "serve.json"
    temporary = file.with_suffix(".new")
    temporary.write_text(json.dumps({"url": url, "pid": os.getpid()}) + "\n")
    temporary.replace(file)
    try:
        yield
    finally:
        file.unlink(missing_ok=True)
