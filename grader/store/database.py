"""Connections: one engine a process, read and write transactions, SQLite made dependable."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import (
    ArgumentError,
    DBAPIError,
    InterfaceError,
    OperationalError,
    ProgrammingError,
)

from grader.domain.errors import BadSettings, StoreUnavailable

#: Seconds that a write waits for another one.
BUSY_SECONDS = 30
_BEGIN = "sqlite_begin"
#: PostgreSQL's code for a table that is not there; SQLite calls that an operational error.
_NO_SUCH_TABLE = "42P01"


class Database:
    """An engine with its two kinds of transaction.

    On SQLite a write takes the lock at once: a transaction that reads first and writes later can
    fail however long it waits. On PostgreSQL both are ordinary transactions. Both raise
    StoreUnavailable where the database cannot be reached, or has no tables yet.
    """

    def __init__(self, url: str) -> None:
        self.engine = _engine(database_url(url))
        self._writer = self.engine.execution_options(**{_BEGIN: "BEGIN IMMEDIATE"})

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """One consistent view."""
        with _kept_apart(), self.engine.begin() as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """One transaction, committed at the end and rolled back by an exception."""
        with _kept_apart(), self._writer.begin() as connection:
            yield connection

    def ping(self) -> None:
        """Raises StoreUnavailable when the database cannot be reached."""
        with self.read() as connection:
            connection.execute(text("SELECT 1"))

    def after_fork(self) -> None:
        """Forget connections of the parent process, without closing what is still its own."""
        self.engine.dispose(close=False)

    def forget_freed(self) -> None:
        """Have SQLite write removed rows out of its log as well, as far as readers let it.

        PostgreSQL does so by itself, with its next vacuum.
        """
        if self.engine.dialect.name == "sqlite":
            connection = self.engine.raw_connection()
            connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
            connection.close()

    def close(self) -> None:
        """Close every connection; the next use opens new ones."""
        self.engine.dispose()


@contextmanager
def _kept_apart() -> Iterator[None]:
    """Tell a database that is out of reach from a mistake of ours, whatever the driver says."""
    try:
        yield
    except DBAPIError as error:
        if not _is_out_of_reach(error):
            raise
        # The driver's words name hosts and files of ours: they go to the log, as the cause.
        raise StoreUnavailable("The database does not answer.") from error


def _is_out_of_reach(error: DBAPIError) -> bool:
    if isinstance(error, ProgrammingError):
        return getattr(error.orig, "sqlstate", None) == _NO_SUCH_TABLE
    return isinstance(error, OperationalError | InterfaceError)


def database_url(url: str) -> URL:
    """The URL with the driver that is used.

    Raises:
        BadSettings: neither a SQLite file nor PostgreSQL.
    """
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise _refused("it is no database URL") from None
    if parsed.get_backend_name() in ("postgresql", "postgres"):
        return parsed.set(drivername="postgresql+psycopg")
    if parsed.get_backend_name() != "sqlite":
        raise _refused(f"{parsed.get_backend_name()} is not supported")
    if parsed.database in (None, "", ":memory:"):
        raise _refused("a SQLite database must be a file: several processes share it")
    return parsed.set(drivername="sqlite+pysqlite")


def _refused(why: str) -> BadSettings:
    # The URL itself may hold a password.
    return BadSettings(
        f"The database's URL cannot be used: {why}.",
        how_to_fix="Set GRADER_DATABASE_URL to postgresql://USER@HOST/NAME, sqlite:////PATH or"
        " nothing (a file in the data directory).",
    )


def _engine(url: URL) -> Engine:
    if url.get_backend_name() == "postgresql":
        # The words of an error must not hold what was being stored.
        return create_engine(
            url, pool_pre_ping=True, pool_size=5, max_overflow=20, hide_parameters=True
        )
    # The driver's own timeout stands first: switching to WAL may have to wait as well.
    engine = create_engine(
        url,
        connect_args={"timeout": BUSY_SECONDS},
        pool_size=5,
        max_overflow=-1,
        hide_parameters=True,
    )
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: sqlite3.Connection, record: Any) -> None:
    # Without this the driver begins transactions by itself, late and never IMMEDIATE.
    connection.isolation_level = None
    (mode,) = connection.execute("PRAGMA journal_mode").fetchone()
    if mode != "wal":
        connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA foreign_keys=ON")
    # What is removed is overwritten, and not only forgotten.
    connection.execute("PRAGMA secure_delete=ON")


def _begin_sqlite(connection: Connection) -> None:
    connection.exec_driver_sql(connection.get_execution_options().get(_BEGIN, "BEGIN"))
