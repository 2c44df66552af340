"""Backup and restore: the whole database as one file, in the database's own form.

A backup of SQLite is a SQLite database; one of PostgreSQL is an archive of ``pg_dump``. Both say
themselves what they are, so no third form is needed around them.
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
from grader.store.migrate import is_known, upgrade


class _Kind(Protocol):
    """One kind of database: a module of this room."""

    #: What its backups begin with.
    MAGIC: bytes

    def save(self, url: URL, file: Path) -> None:
        """Write one consistent view of a database to an empty file, while others use it."""

    def revision(self, url: URL, file: Path) -> str:
        """The revision of a backup's schema; raises BadBackup for a file that is torn or foreign.

        ``url`` is a database whose tools may be used; it is not written to.
        """

    def put_back(self, url: URL, file: Path, *, replace: bool, now: datetime) -> None:
        """Make a database what a backup holds, with every claim of before made void.

        Raises:
            Conflict: others use the database, or it is not empty and ``replace`` does not hold.
        """


_KINDS: Mapping[str, _Kind] = {"sqlite": sqlite, "postgresql": postgres}


@dataclass(frozen=True)
class Backup:
    """What a backup is. ``size`` is in bytes."""

    dialect: str
    revision: str
    size: int


def back_up(url: str, file: Path, *, actor: str, now: datetime) -> Backup:
    """Write a database to a new file that only its owner can read; the service may go on.

    Raises:
        Conflict: the file is there already. BadRequest: it cannot be written.
        StoreUnavailable: the database is out of reach. ToolUnavailable: PostgreSQL's tools are.
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
    """Make a database what a backup holds, and bring it to the newest revision.

    All services must be stopped. A worker that still holds a submission from before can no longer
    finish it: every fencing token has moved past those that anybody was given.

    Raises:
        BadBackup: the file is none, is damaged, or does not fit this database or this version.
        Conflict: others use the database, or it is not empty and ``replace`` does not hold.
        ToolUnavailable: PostgreSQL's tools are missing.
    """
    whole = database_url(url)
    found = _describe(whole, file)
    _KINDS[found.dialect].put_back(whole, file, replace=replace, now=now)
    upgrade(url)
    _note(url, now, actor, "database.restored", found)
    return found


def _describe(url: URL, file: Path) -> Backup:
    """What a file is; raises BadBackup unless it can be restored to a database of this URL."""
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
    database = Database(url)
    try:
        with database.write() as connection:
            append_entry(connection, now, actor, action, about.revision, bytes=about.size)
    finally:
        database.close()
