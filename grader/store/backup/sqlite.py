"""Backups of SQLite: a compact copy of the database, made while it is in use."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, create_engine
from sqlalchemy.engine import URL
from sqlalchemy.pool import StaticPool

from grader.domain.errors import Conflict, StoreUnavailable
from grader.store.backup.errors import BadBackup
from grader.store.backup.fencing import fence, first_token, highest_token, is_empty
from grader.store.engines import PATIENT

MAGIC = b"SQLite format 3\0"


def save(url: URL, file: Path) -> None:
    """Write a consistent copy of the database at ``url`` to ``file``, which is empty or missing.

    In WAL mode writers are not blocked by this. The copy has no free pages, and so no remains of
    deleted rows.

    Raises:
        StoreUnavailable: the database does not exist or cannot be opened, or ``file`` is not empty
            or cannot be written.
        sqlite3.DatabaseError: the database is damaged.
    """
    source = f"{_path(url).absolute().as_uri()}?mode=rw"
    try:
        with closing(_open(source, uri=True)) as connection:
            connection.execute("VACUUM INTO ?", (str(file),))
    except sqlite3.OperationalError as error:
        raise StoreUnavailable("The database cannot be copied.") from error


def revision(url: URL, file: Path) -> str:
    """Return the schema revision of the backup ``file``; ``url`` is unused.

    Raises:
        BadBackup: the file cannot be opened, is damaged, or has no table with a schema revision.
    """
    try:
        with closing(_open(f"{file.absolute().as_uri()}?mode=ro&immutable=1", uri=True)) as opened:
            return _revision(opened, file)
    except sqlite3.DatabaseError:
        raise _damaged(file) from None


def _revision(connection: sqlite3.Connection, file: Path) -> str:
    """Return the schema revision in the open backup ``file``.

    Raises:
        BadBackup: the integrity check fails, or there is no revision.
    """
    if connection.execute("PRAGMA integrity_check(1)").fetchone() != ("ok",):
        raise _damaged(file)
    ours = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'alembic_version'"
    if connection.execute(ours).fetchone() is None:
        raise BadBackup(f"{file} is a SQLite database, but not one of grader's.")
    (found,) = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    return str(found)


def _damaged(file: Path) -> BadBackup:
    return BadBackup(f"{file} is damaged.", how_to_fix="Use another backup.")


def put_back(url: URL, file: Path, *, replace: bool, now: datetime) -> None:
    """Replace the database by the backup ``file`` in one step; after a crash the old one is there.

    A missing folder of the database at ``url`` is created. ``file`` itself is not changed: a
    temporary copy of it beside the database is changed so that all claims are invalid, and is then
    copied over the database. That the backup is sound must have been checked by :func:`revision`.

    Raises:
        Conflict: another process, even an idle one, has the database open, or it is not empty and
            ``replace`` is not set.
        sqlite3.DatabaseError: the database to replace is damaged or cannot be opened.
        OSError: the folder or the temporary copy cannot be created.
    """
    target = _path(url)
    target.parent.mkdir(parents=True, exist_ok=True)
    with _exclusive(target) as exclusive:
        with _wrapped(exclusive) as connection:
            if not replace and not is_empty(connection):
                raise not_empty()
            highest = highest_token(connection)
        with _fenced_copy(file, target.parent, first_token(now, highest), now) as ready:
            ready.backup(exclusive)


def not_empty() -> Conflict:
    """Return the error to raise if the database to replace is not empty and ``replace`` not set."""
    return Conflict(
        "The database is not empty.",
        how_to_fix="Use --replace to lose what it holds (make a backup of it first).",
    )


@contextmanager
def _exclusive(target: Path) -> Iterator[sqlite3.Connection]:
    """Open the database and lock it against all other processes until the ``with`` block ends.

    Raises:
        Conflict: another process, even an idle one, has the database open: WAL mode cannot be left.
    """
    with closing(_open(str(target), timeout=1)) as connection:
        try:
            connection.execute("PRAGMA locking_mode=EXCLUSIVE")
            connection.execute("PRAGMA journal_mode=DELETE")
            connection.execute("BEGIN EXCLUSIVE")
            connection.execute("COMMIT")
        except sqlite3.OperationalError as error:
            raise Conflict(
                "Other processes have the database open.",
                how_to_fix="Stop grader serve, or the API, workers and scheduler, and try again.",
            ) from error
        yield connection


@contextmanager
def _fenced_copy(
    file: Path, folder: Path, first: int, now: datetime
) -> Iterator[sqlite3.Connection]:
    """Open a copy of the backup in which all claims are invalid; delete it at the end.

    A copy that a killed restore left behind is overwritten.
    """
    copy = folder / ".grader-restore.db"
    copy.unlink(missing_ok=True)
    try:
        copy.touch(mode=0o600)
        shutil.copyfile(file, copy)
        with closing(_open(str(copy))) as opened:
            with _wrapped(opened) as connection:
                for statement in fence(first, now):
                    connection.execute(statement)
            yield opened
    finally:
        copy.unlink(missing_ok=True)


@contextmanager
def _wrapped(opened: sqlite3.Connection) -> Iterator[Connection]:
    """Wrap ``opened`` in a connection of SQLAlchemy, in which each statement commits itself.

    ``opened`` stays open at the end.
    """
    engine = create_engine("sqlite://", creator=lambda: opened, poolclass=StaticPool)
    with engine.connect() as connection:
        yield connection


def _open(database: str, *, timeout: float = PATIENT.lock, uri: bool = False) -> sqlite3.Connection:
    """Open ``database`` without implicit transactions: each statement commits itself."""
    return sqlite3.connect(database, timeout=timeout, isolation_level=None, uri=uri)


def _path(url: URL) -> Path:
    return Path(url.database or "")
