"""The database of a chaos run: how it is made to fail, and how its rows are read by SQL."""

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

#: A program that takes the write lock of a SQLite file, prints ``held``, and keeps the lock.
_HOLD = (
    "import sqlite3, sys, time; held = sqlite3.connect(sys.argv[1], 60, isolation_level=None);"
    " held.execute('BEGIN EXCLUSIVE'); held.execute('DELETE FROM submissions');"
    " print('held', flush=True); time.sleep(600)"
)


class Database(Protocol):
    """A database that can be made to fail."""

    url: str

    def cut(self) -> None:
        """Break the connections, or hold the write lock for a short time."""

    def stop(self) -> None:
        """Be unreachable or locked for some seconds, and come back."""


class Rows:
    """Reads the database with SQL, independent of the store.

    No connection stays open, because it would be in the way of a restore.
    """

    def __init__(self, url: str) -> None:
        self._engine = create_engine(url, poolclass=NullPool)

    def ask(self, statement: str, **given: Any) -> Sequence[Any]:
        """Return the rows of ``statement`` with the parameters ``given``.

        Raises:
            DBAPIError: the database cannot be reached.
        """
        with self._engine.connect() as connection:
            return connection.execute(text(statement), given).all()

    def ask_until(self, deadline: float, statement: str, **given: Any) -> Sequence[Any]:
        """Like :meth:`ask`, but try again until ``deadline``, a time of the monotonic clock."""
        while True:
            try:
                return self.ask(statement, **given)
            except DBAPIError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.2)


class Sqlite:
    """A SQLite file. It fails while another process holds its lock, which is then killed."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self.url = f"sqlite:///{file}"

    def cut(self) -> None:
        """Hold the lock for half a second."""
        self._hold(0.5)

    def stop(self) -> None:
        """Hold the lock for 4 seconds, longer than the longest pause of a client."""
        self._hold(4)

    def _hold(self, seconds: float) -> None:
        """Hold the write lock in another process for ``seconds``, then kill that process."""
        command = [sys.executable, "-c", _HOLD, str(self._file)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as holder:
            assert holder.stdout is not None
            holder.stdout.readline()
            time.sleep(seconds)
            holder.kill()


class Postgres:
    """A PostgreSQL server that only this run uses."""

    def __init__(self, server: PostgresForTests) -> None:
        self._server = server
        self.url = server.url.replace("postgresql://", "postgresql+psycopg://", 1)

    def cut(self) -> None:
        """Terminate every connection except the one that runs this statement."""
        Rows(self.url).ask(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'"
        )

    def stop(self) -> None:
        """Crash the server, and start it again after two seconds."""
        self._server.stop()
        time.sleep(2)
        self._server.start()


@contextmanager
def database(kind: str, data_dir: Path) -> Iterator[Database]:
    """Yield the database of a run: of ``kind`` ``sqlite`` in ``data_dir``, or ``postgresql``."""
    if kind == "sqlite":
        yield Sqlite(data_dir / "grader.db")
        return
    with TemporaryDirectory(prefix="grader-pg-") as home:
        server = PostgresForTests(Path(home))
        try:
            yield Postgres(server)
        finally:
            server.close()
