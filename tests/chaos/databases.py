"""The database of a chaos run, and the ways in which it fails; and what stands in it, by SQL."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Protocol

from sqlalchemy import create_engine, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from tests.servers import PostgresForTests

#: A stranger who begins to write to a SQLite file, says so, and never comes to an end.
_HOLD = (
    "import sqlite3, sys, time; held = sqlite3.connect(sys.argv[1], 60, isolation_level=None);"
    " held.execute('BEGIN EXCLUSIVE'); held.execute('DELETE FROM submissions');"
    " print('held', flush=True); time.sleep(600)"
)


class Database(Protocol):
    """A database that can be made to fail."""

    url: str

    def cut(self) -> None:
        """Break what is going on: connections, or the peace to write."""

    def stop(self) -> None:
        """Be away for some seconds, and come back."""


class Rows:
    """What stands in the database, looked at with SQL of our own, in spite of all that fails.

    No connection stays open: nothing of ours is in the way of a restore.
    """

    def __init__(self, url: str) -> None:
        self._engine = create_engine(url, poolclass=NullPool)

    def ask(self, statement: str, **given: Any) -> Sequence[Any]:
        """The rows that a statement finds. Raises DBAPIError where the database is away."""
        with self._engine.connect() as connection:
            return connection.execute(text(statement), given).all()

    def ask_until(self, deadline: float, statement: str, **given: Any) -> Sequence[Any]:
        """The same, tried until a moment of the monotonic clock."""
        while True:
            try:
                return self.ask(statement, **given)
            except DBAPIError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.2)


class Sqlite:
    """A file. To cut it off, a stranger takes its lock, and is killed with it in hand."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self.url = f"sqlite:///{file}"

    def cut(self) -> None:
        """Hold the lock for an instant."""
        self._hold(0.5)

    def stop(self) -> None:
        """Hold the lock for longer than a client is patient."""
        self._hold(4)

    def _hold(self, seconds: float) -> None:
        command = [sys.executable, "-c", _HOLD, str(self._file)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as holder:
            assert holder.stdout is not None
            holder.stdout.readline()
            time.sleep(seconds)
            holder.kill()


class Postgres:
    """A server of its own."""

    def __init__(self, server: PostgresForTests) -> None:
        self._server = server
        self.url = server.url.replace("postgresql://", "postgresql+psycopg://", 1)

    def cut(self) -> None:
        """Terminate every connection but the one that says so."""
        Rows(self.url).ask(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'"
        )

    def stop(self) -> None:
        """Crash, and be away for two seconds."""
        self._server.stop()
        time.sleep(2)
        self._server.start()


@contextmanager
def database(kind: str, data_dir: Path) -> Iterator[Database]:
    """The database of a run: ``sqlite`` in the service's folder, or ``postgresql``."""
    if kind == "sqlite":
        yield Sqlite(data_dir / "grader.db")
        return
    with TemporaryDirectory(prefix="grader-pg-") as home:
        server = PostgresForTests(Path(home))
        try:
            yield Postgres(server)
        finally:
            server.close()
