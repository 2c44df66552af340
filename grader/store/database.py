"""Database connections: the engine of a process, its transactions, and SQLite's settings."""

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

#: How many seconds a write waits for another write on SQLite. Chosen by hand.
BUSY_SECONDS = 30
#: The name of the execution option that holds the statement with which SQLite begins.
_BEGIN = "sqlite_begin"
#: PostgreSQL's error code for a missing table; SQLite reports an operational error.
_NO_SUCH_TABLE = "42P01"


class Database:
    """Opens transactions on the database at ``url``: :meth:`read` and :meth:`write`.

    It keeps the connections of this process, and connects at first use; a missing SQLite file is
    then created, without tables. On SQLite a write transaction takes the write lock at its start,
    because a transaction that reads first can fail when it writes, however long it waits. On
    PostgreSQL both are the same. They raise StoreUnavailable for errors of operation, e.g. if the
    database cannot be reached, stays locked, has no tables yet or its disk is full; other errors,
    e.g. a violated constraint, are raised unchanged.

    Raises:
        BadSettings: ``url`` is neither a SQLite file nor PostgreSQL.
    """

    def __init__(self, url: str) -> None:
        self.engine = _engine(database_url(url))
        self._writer = self.engine.execution_options(**{_BEGIN: "BEGIN IMMEDIATE"})

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Open a transaction for a ``with`` block that must only read; this is not enforced.

        It yields the connection. On SQLite all its statements see the same state of the database.
        On PostgreSQL, with its default isolation, each statement sees what was committed before it.

        Raises:
            StoreUnavailable: an error of operation, see :class:`Database`; other errors pass.
        """
        with _translated_errors(), self.engine.begin() as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Open a transaction for a ``with`` block; commit it at the end, or roll it back on errors.

        It yields the connection.

        Raises:
            StoreUnavailable: an error of operation, see :class:`Database`; other errors pass.
        """
        with _translated_errors(), self._writer.begin() as connection:
            yield connection

    def ping(self) -> None:
        """Raise StoreUnavailable if the database cannot be reached; tables are not checked.

        A SQLite file that does not exist is created, without tables, if its folder exists.
        """
        with self.read() as connection:
            connection.execute(text("SELECT 1"))

    def after_fork(self) -> None:
        """Forget the connections of the parent process in a forked child, without closing them.

        The parent goes on using them; the child opens new ones.
        """
        self.engine.dispose(close=False)

    def truncate_log(self) -> None:
        """Empty SQLite's write-ahead log, so that no deleted rows remain in it.

        While other transactions use the log, this waits for them, for :data:`BUSY_SECONDS` at most;
        after that the log stays as it is, without an error. On PostgreSQL this does nothing: its
        next vacuum removes deleted rows.
        """
        if self.engine.dialect.name == "sqlite":
            connection = self.engine.raw_connection()
            connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
            connection.close()

    def close(self) -> None:
        """Close the connections that are not in use. The next use opens new ones."""
        self.engine.dispose()


@contextmanager
def _translated_errors() -> Iterator[None]:
    """Raise StoreUnavailable instead of a driver's error that :func:`_is_unreachable` accepts."""
    try:
        yield
    except DBAPIError as error:
        if not _is_unreachable(error):
            raise
        # The message of the driver names hosts and files, so it is only logged, as the cause.
        raise StoreUnavailable("The database does not answer.") from error


def _is_unreachable(error: DBAPIError) -> bool:
    """Return whether ``error`` means that the database cannot be reached or has no tables.

    E.g. a refused connection or a locked database; not a violated constraint.
    """
    if isinstance(error, ProgrammingError):
        return getattr(error.orig, "sqlstate", None) == _NO_SUCH_TABLE
    return isinstance(error, OperationalError | InterfaceError)


def database_url(url: str) -> URL:
    """Return ``url``, parsed; a driver in it is replaced with ours for its kind of database.

    Raises:
        BadSettings: ``url`` is not a URL of a database, or its database is neither PostgreSQL nor
            a SQLite file; ``:memory:`` is not a file.
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
    """Return the error for a URL, with the reason ``why``, but without the URL: its password."""
    return BadSettings(
        f"The database's URL cannot be used: {why}.",
        how_to_fix="Set GRADER_DATABASE_URL to postgresql://USER@HOST/NAME, sqlite:////PATH or"
        " nothing (a file in the data directory).",
    )


def _engine(url: URL) -> Engine:
    """Return an engine for ``url``; it connects at first use. Pool sizes are chosen by hand."""
    if url.get_backend_name() == "postgresql":
        # Errors must not quote the values of a statement: they are personal data.
        return create_engine(
            url, pool_pre_ping=True, pool_size=5, max_overflow=20, hide_parameters=True
        )
    # The timeout is set here and not by a PRAGMA, because switching to WAL may have to wait too.
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
    """Configure a new connection: WAL, full sync, foreign keys, overwriting of deleted rows."""
    # Otherwise the driver starts transactions itself, at the first write and never IMMEDIATE.
    connection.isolation_level = None
    (mode,) = connection.execute("PRAGMA journal_mode").fetchone()
    if mode != "wal":
        connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA foreign_keys=ON")
    # Overwrite deleted rows in the file: a student's data can be erased.
    connection.execute("PRAGMA secure_delete=ON")


def _begin_sqlite(connection: Connection) -> None:
    """Begin a transaction: ``BEGIN``, or for a writer ``BEGIN IMMEDIATE``."""
    connection.exec_driver_sql(connection.get_execution_options().get(_BEGIN, "BEGIN"))
