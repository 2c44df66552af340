"""Engines for both kinds of database: settings of connections, and limits of every wait."""

from __future__ import annotations

import math
import sqlite3
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

import psycopg
from psycopg.abc import PQGen
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL
from sqlalchemy.pool import NullPool

#: The name of the execution option that holds the statement with which SQLite begins.
BEGIN = "sqlite_begin"
#: Seconds beyond the limit of a statement after which PostgreSQL counts as frozen: it has then
#: neither answered nor ended the statement itself. Chosen by hand.
_BEYOND_STATEMENT = 2.0
#: Seconds that PostgreSQL may take to answer outside a transaction, where a pooled connection is
#: only tested before it is used. Chosen by hand.
_PING_SECONDS = 2.0
#: The number of instructions of its virtual machine after which SQLite asks whether a statement
#: has used up its time: about one millisecond. Measured: 20 million of them take as long as without
#: asking.
_INSTRUCTIONS = 100_000
#: The shortest limit in seconds with which libpq connects.
_SHORTEST_CONNECT = 2

_Result = TypeVar("_Result")


@dataclass(frozen=True)
class Timeouts:
    """How many seconds a database may keep a caller waiting; the defaults are chosen by hand.

    ``lock`` limits the wait for a lock, e.g. for SQLite's write lock, for a new connection, and for
    a free one of the pool. ``statement`` limits each statement, on PostgreSQL also if the server is
    frozen or unreachable and says nothing; 0 is no limit.
    """

    lock: float = 5.0
    statement: float = 10.0


#: For migrations, backups and restores, which may take as long as they need. They wait for each
#: other, and for writes that are in progress.
PATIENT = Timeouts(lock=30.0, statement=0.0)


def make_engine(url: URL, timeouts: Timeouts, *, pooled: bool = True) -> Engine:
    """Return an engine for ``url``, a SQLite file or PostgreSQL; it connects at first use.

    All waits have the limits of ``timeouts``. Unless ``pooled``, each transaction has a connection
    of its own. Pool sizes are chosen by hand.
    """
    is_postgres = url.get_backend_name() == "postgresql"
    options: dict[str, Any] = {"poolclass": NullPool}
    if pooled:
        overflow = 20 if is_postgres else -1
        options = {"pool_size": 5, "max_overflow": overflow, "pool_timeout": timeouts.lock}
    # Errors must not quote the values of a statement: they are personal data.
    options["hide_parameters"] = True
    return (_postgres if is_postgres else _sqlite)(url, timeouts, options)


class _BoundedConnection(psycopg.Connection[Any]):
    """A connection that is closed when the server has not answered for ``answer_seconds``.

    The server's own limits do not help if it is frozen or its host is gone.
    """

    answer_seconds: float | None = None

    def wait(
        self, gen: PQGen[_Result], interval: float = 0.1, timeout: float | None = None
    ) -> _Result:
        """Run ``gen``, which communicates with the server, and return its result.

        Raises:
            psycopg.OperationalError: the server has not answered in time.
        """
        limit = self.answer_seconds
        if self.autocommit and limit:
            limit = min(limit, _PING_SECONDS)
        try:
            return super().wait(gen, interval, timeout or limit)
        except psycopg.OperationalError:
            if self.pgconn.transaction_status == psycopg.pq.TransactionStatus.ACTIVE:
                self.pgconn.finish()  # Nobody reads the answer that may still come.
            raise


#: Seconds that a caller waits for another one that tries a server. Chosen by hand.
_BRIEFLY = 0.25


class _Turns:
    """Spares callers the wait for a server that has not answered: one at a time tries it again.

    While PostgreSQL is frozen, a new connection takes seconds to fail. Without turns every request
    of a storm waits for that, one after another in each thread. Measured with 200 requests at once:
    the last answer comes after 64 s -> 10 s.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._is_away = False
        self._taken_until = 0.0

    def connect(self, make: Callable[[], _BoundedConnection]) -> _BoundedConnection:
        """Return a new connection by ``make``, which takes ``seconds`` at most to fail.

        Raises:
            psycopg.OperationalError: ``make`` raised it, or the last one to connect waited in vain
                and another caller is trying now.
        """
        self._await_turn()
        self._taken_until = time.monotonic() + self._seconds
        try:
            made = make()
        except psycopg.errors.ConnectionTimeout:
            self._is_away = True
            raise
        finally:
            self._taken_until = 0.0
        self._is_away = False
        return made

    def _await_turn(self) -> None:
        """Wait a moment for the caller that is trying; raise OperationalError if it waits longer.

        A server that is back answers within milliseconds: nobody is refused because of the first.
        """
        end = time.monotonic() + _BRIEFLY
        while self._is_away and (now := time.monotonic()) < self._taken_until:
            if now >= end:
                message = "The server has not answered, and is being tried again."
                raise psycopg.OperationalError(message)
            time.sleep(_BRIEFLY / 10)


def _postgres(url: URL, timeouts: Timeouts, options: dict[str, Any]) -> Engine:
    """Return an engine for PostgreSQL."""
    answer = timeouts.statement + _BEYOND_STATEMENT if timeouts.statement else None
    if "poolclass" not in options:
        options["pool_pre_ping"] = True
    connect_seconds = max(_SHORTEST_CONNECT, math.ceil(timeouts.lock))
    arguments: dict[str, Any] = {"connect_timeout": connect_seconds}
    if answer:
        arguments["tcp_user_timeout"] = int(answer * 1000)
    engine = create_engine(url, connect_args=arguments, **options)
    # Set here and not as an option of the connection, which a pooler in between may not accept.
    limits = (
        f"SET lock_timeout = {int(timeouts.lock * 1000)};"
        f"SET statement_timeout = {int(timeouts.statement * 1000)}"
    )

    turns = _Turns(connect_seconds + 1.0)

    def connect(dialect: Any, record: Any, positional: Any, named: Any) -> _BoundedConnection:
        make = partial(_BoundedConnection.connect, *positional, **named)
        # Whoever keeps no connections, e.g. a probe, wants to know how the server is now.
        connection = turns.connect(make) if "poolclass" not in options else make()
        connection.answer_seconds = answer
        connection.autocommit = True
        connection.execute(limits)
        connection.autocommit = False
        return connection

    event.listen(engine, "do_connect", connect)
    return engine


def _sqlite(url: URL, timeouts: Timeouts, options: dict[str, Any]) -> Engine:
    """Return an engine for a SQLite file."""
    # The timeout is set here and not by a PRAGMA, because switching to WAL may have to wait too.
    engine = create_engine(url, connect_args={"timeout": timeouts.lock}, **options)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    if timeouts.statement:
        _limit_statements(engine, timeouts.statement)
    return engine


def _limit_statements(engine: Engine, seconds: float) -> None:
    """Have SQLite interrupt each statement that takes longer than ``seconds``."""

    def connect(connection: sqlite3.Connection, record: Any) -> None:
        record.info["deadline"] = deadline = [math.inf]
        connection.set_progress_handler(lambda: time.monotonic() > deadline[0], _INSTRUCTIONS)

    def begin(connection: Connection, *_: Any) -> None:
        connection.info["deadline"][0] = time.monotonic() + seconds

    event.listen(engine, "connect", connect)
    event.listen(engine, "before_cursor_execute", begin)


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
    connection.exec_driver_sql(connection.get_execution_options().get(BEGIN, "BEGIN"))
