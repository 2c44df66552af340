"""Backup and restore: the whole database as one file in the database's own format.

A backup of SQLite is a SQLite database, a backup of PostgreSQL an archive of ``pg_dump``. The first
bytes of a file show which kind it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from sqlalchemy.engine import URL

from grader.infra.private_files import private_file
from grader.store.audit_log import append_entry
from grader.store.backup import postgres, sqlite
from grader.store.backup.errors import BadBackup
from grader.store.database import Database, database_url
from grader.store.engines import PATIENT
from grader.store.migrate import is_known, upgrade


class _Kind(Protocol):
    """Backup and restore for one kind of database. Modules of this package implement it."""

    #: The first bytes of every backup of this kind.
    MAGIC: bytes

    def save(self, url: URL, file: Path) -> None:
        """Write a consistent copy of the database at ``url``, which may be in use, to ``file``.

        ``file`` exists and is empty.
        """

    def revision(self, url: URL, file: Path) -> str:
        """Return the schema revision of the backup ``file``.

        ``url`` is a database whose tools read the file. It is not changed.

        Raises:
            BadBackup: the file is damaged, or is no backup of Grader's database.
            ToolUnavailable: there are no PostgreSQL tools of the version of the server at ``url``.
        """

    def put_back(self, url: URL, file: Path, *, replace: bool, now: datetime) -> None:
        """Replace the database at ``url`` by the backup ``file``, and invalidate all claims.

        Raises:
            Conflict: the database is in use, or it is not empty and ``replace`` is not set.
            ToolUnavailable: a tool of PostgreSQL is missing or failed.
        """


_KINDS: Mapping[str, _Kind] = {"sqlite": sqlite, "postgresql": postgres}


@dataclass(frozen=True)
class Backup:
    """The description of a backup file, as :func:`back_up` and :func:`restore` return it.

    ``dialect`` is ``sqlite`` or ``postgresql``, ``revision`` the schema revision of its data, and
    ``size`` the size of the file in bytes.
    """

    dialect: str
    revision: str
    size: int


def back_up(url: str, file: Path, *, actor: str, now: datetime) -> Backup:
    """Write the database at ``url`` to ``file``, a new file that only its owner can read.

    The service may run. The audit entry of ``actor`` is added afterwards and is not in the backup.
    If this fails, ``file`` is not created, unless only that entry could not be stored.

    Raises:
        BadSettings: ``url`` is neither a SQLite file nor PostgreSQL.
        Conflict: ``file`` exists.
        BadRequest: no file can be created in the folder of ``file``.
        StoreUnavailable: the database does not exist, cannot be reached or cannot be copied, or
            the audit entry cannot be stored.
        ToolUnavailable: a tool of PostgreSQL is missing or failed.
        BadBackup: the copy has no schema revision, e.g. because the database was never migrated.
        sqlite3.DatabaseError: the SQLite database is damaged.
    """
    whole = database_url(url)
    dialect = whole.get_backend_name()
    kind = _KINDS[dialect]
    with private_file(file) as part:
        kind.save(whole, part)
        made = Backup(dialect, kind.revision(whole, part), part.stat().st_size)
    _note(url, now, actor, "database.backed_up", made)
    return made


def restore(url: str, file: Path, *, replace: bool, actor: str, now: datetime) -> Backup:
    """Replace the database at ``url`` by the backup ``file``, and migrate it to the newest schema.

    In PostgreSQL tables of other programs stay. All services must be stopped. If a worker
    survives, it cannot store a result: every fencing token is now higher than all that were issued
    before. ``actor`` is named in an audit entry in the restored database. Return the description of
    the backup, with its revision before the migration. If the migration or that entry fails, the
    old data has been replaced already.

    Raises:
        BadBackup: the file cannot be read, is no backup, is damaged, or does not fit the database
            or this version.
        Conflict: the database is in use, or it is not empty and ``replace`` is not set.
        ToolUnavailable: a tool of PostgreSQL is missing or failed.
        StoreUnavailable: the database cannot be reached.
        sqlite3.DatabaseError: the SQLite database to replace is damaged (move it away first) or
            cannot be opened.
        OSError: the folder of a SQLite database, or a copy in it, cannot be created.
        BadSettings: ``url`` is neither a SQLite file nor PostgreSQL.
    """
    whole = database_url(url)
    found = _describe(whole, file)
    _KINDS[found.dialect].put_back(whole, file, replace=replace, now=now)
    upgrade(url)
    _note(url, now, actor, "database.restored", found)
    return found


def _describe(url: URL, file: Path) -> Backup:
    """Return the description of the backup ``file``.

    Raises:
        BadBackup: it cannot be restored to the database at ``url`` by this version.
    """
    dialect = _dialect_of(file)
    if dialect != url.get_backend_name():
        raise BadBackup(
            f"{file} is a backup of {dialect}, and the database is {url.get_backend_name()}.",
            how_to_fix="Set GRADER_DATABASE_URL to a database of the same kind.",
        )
    revision = _KINDS[dialect].revision(url, file)
    if not is_known(revision):
        raise BadBackup(
            f"{file} has the schema {revision}, which this version of grader does not know.",
            how_to_fix="Restore it with the version that made it, or a newer one.",
        )
    return Backup(dialect, revision, file.stat().st_size)


def _dialect_of(file: Path) -> str:
    """Return the kind of database of the backup ``file``. Raises BadBackup if it is no backup."""
    try:
        with file.open("rb") as opened:
            head = opened.read(16)
    except OSError as error:
        raise BadBackup(f"{file} cannot be read: {error.strerror}.") from None
    for dialect, kind in _KINDS.items():
        if head.startswith(kind.MAGIC):
            return dialect
    raise BadBackup(
        f"{file} is no backup: it is neither a SQLite database nor an archive of pg_dump.",
        how_to_fix="Give a file that `grader backup` wrote.",
    )


def _note(url: str, now: datetime, actor: str, action: str, about: Backup) -> None:
    """Add an entry about the backup ``about`` to the audit log of the database at ``url``."""
    database = Database(url, PATIENT)
    try:
        with database.write() as connection:
            append_entry(connection, now, actor, action, about.revision, bytes=about.size)
    finally:
        database.close()
