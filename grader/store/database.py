"""The database of a process: its transactions, and the errors that mean that it is unavailable."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import (
    ArgumentError,
    DBAPIError,
    InterfaceError,
    OperationalError,
)
from sqlalchemy.exc import TimeoutError as NoFreeConnection

from grader.domain.errors import BadSettings, StoreUnavailable
from grader.store.engines import BEGIN, Timeouts, make_engine

#: PostgreSQL's error codes that mean the same as an operational error: a missing table, and a
#: server that only reads, e.g. after a failover. SQLite reports operational errors for both.
_UNAVAILABLE = frozenset({"42P01", "25006"})


class Database:
    """Opens transactions on the database at ``url``: :meth:`read` and :meth:`write`.

    It keeps the connections of this process, and connects at first use; a missing SQLite file is
    then created, without tables. On SQLite a write transaction takes the write lock at its start,
    because a transaction that reads first can fail when it writes, however long it waits. On
    PostgreSQL both are the same. They raise StoreUnavailable for errors of operation, e.g. if the
    database cannot be reached, does not answer within ``timeouts``, stays locked, is read-only, has
    no tables yet or its disk is full; other errors, e.g. a violated constraint, are raised
    unchanged. Unless ``pooled``, no connection is kept.

    Raises:
        BadSettings: ``url`` is neither a SQLite file nor PostgreSQL.
    """

    def __init__(self, url: str, timeouts: Timeouts = Timeouts(), *, pooled: bool = True) -> None:
        self.engine = make_engine(database_url(url), timeouts, pooled=pooled)
        self._writer = self.engine.execution_options(**{BEGIN: "BEGIN IMMEDIATE"})

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

    def after_fork(self) -> None:
        """Forget the connections of the parent process in a forked child, without closing them.

        The parent goes on using them; the child opens new ones.
        """
        self.engine.dispose(close=False)

    def truncate_log(self) -> None:
        """Empty SQLite's write-ahead log, so that no deleted rows remain in it.

        While other transactions use the log, this waits for them, as long as for a lock; after that
        the log stays as it is, without an error. On PostgreSQL this does nothing: its next vacuum
        removes deleted rows.
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
    except NoFreeConnection as error:
        raise StoreUnavailable("The database has no free connection.") from error
    except DBAPIError as error:
        if not _is_unreachable(error):
            raise
        # The message of the driver names hosts and files, so it is only logged, as the cause.
        raise StoreUnavailable("The database does not answer.") from error


def _is_unreachable(error: DBAPIError) -> bool:
    """Return whether ``error`` means that the database is unavailable, or has no tables.

    E.g. a refused connection or a locked database; not a violated constraint.
    """
    is_listed = getattr(error.orig, "sqlstate", None) in _UNAVAILABLE
    return is_listed or isinstance(error, OperationalError | InterfaceError)


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
