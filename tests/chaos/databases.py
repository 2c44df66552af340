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

from sqlalchemy import Connection, create_engine, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from tests.chaos.disks import Disk, own_disk
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
    #: The disk of its files, which is ``None`` if this host refuses to mount one.
    disk: Disk | None
    #: Whether it can be made read-only while it runs.
    has_read_only: bool

    def cut(self) -> None:
        """Break the connections, or hold the write lock for a short time."""

    def stop(self) -> None:
        """Be unreachable or locked for some seconds, and come back."""

    def lock(self, seconds: float) -> None:
        """Let no other connection use the table of submissions, or write, for ``seconds``."""

    def read_only(self, seconds: float) -> None:
        """Refuse all writes for ``seconds``."""

    def fill(self, seconds: float) -> None:
        """Have no room on its disk for ``seconds``, and run again after that."""


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

    has_read_only = False

    def __init__(self, file: Path, disk: Disk | None = None) -> None:
        self._file, self.disk = file, disk
        self.url = f"sqlite:///{file}"

    def cut(self) -> None:
        """Hold the lock for half a second."""
        self._hold(0.5)

    def stop(self) -> None:
        """Hold the lock for 4 seconds, longer than the longest pause of a client."""
        self._hold(4)

    def lock(self, seconds: float) -> None:
        """Hold the lock for ``seconds``."""
        self._hold(seconds)

    def read_only(self, seconds: float) -> None:
        """Raise NotImplementedError: an open file cannot become read-only."""
        raise NotImplementedError

    def fill(self, seconds: float) -> None:
        """Have no room on the disk of the file for ``seconds``; Redis stores on the same one."""
        assert self.disk is not None
        self.disk.fill(seconds)

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

    has_read_only = True

    def __init__(self, server: PostgresForTests, disk: Disk | None) -> None:
        self._server, self.disk = server, disk
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

    def lock(self, seconds: float) -> None:
        """Hold a lock of the table of submissions for ``seconds`` that readers wait for, too."""
        engine = create_engine(self.url, poolclass=NullPool)
        with engine.begin() as connection:
            connection.execute(text("LOCK TABLE submissions IN ACCESS EXCLUSIVE MODE"))
            time.sleep(seconds)

    def read_only(self, seconds: float) -> None:
        """Make transactions read-only for ``seconds``, also over connections that are open."""
        engine = create_engine(self.url, poolclass=NullPool, isolation_level="AUTOCOMMIT")
        with engine.connect() as admin:
            _execute(admin, "ALTER SYSTEM SET default_transaction_read_only = on")
            try:
                time.sleep(seconds)
            finally:
                admin.execute(text("SET default_transaction_read_only = off"))
                _execute(admin, "ALTER SYSTEM RESET default_transaction_read_only")

    def fill(self, seconds: float) -> None:
        """Have no room for ``seconds``; then start the server, which may have ended for this."""
        assert self.disk is not None
        self.disk.fill(seconds)
        self._server.start()


def _execute(admin: Connection, statement: str) -> None:
    """Execute ``statement``, which changes a setting of the server, and put it in force."""
    admin.execute(text(statement))
    admin.execute(text("SELECT pg_reload_conf()"))


@contextmanager
def database(kind: str, data_dir: Path, disk: Disk | None) -> Iterator[Database]:
    """Yield the database of a run: of ``kind`` ``sqlite`` in ``data_dir``, or ``postgresql``.

    ``disk`` is that of ``data_dir``; PostgreSQL has one of its own.
    """
    if kind == "sqlite":
        yield Sqlite(data_dir / "grader.db", disk)
        return
    with TemporaryDirectory(prefix="grader-pg-") as home, own_disk(Path(home)) as its_disk:
        server = PostgresForTests(Path(home))
        try:
            yield Postgres(server, its_disk)
        finally:
            server.close()
