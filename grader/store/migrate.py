"""Run the migrations: bring the tables of a database to the revision that this code expects."""

from __future__ import annotations

import threading
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from grader.store.database import Database
from grader.store.engines import PATIENT

_HERE = Path(__file__).parent / "migrations"
#: The key of PostgreSQL's advisory lock for migrations: ``graderdb`` in ASCII, a number that other
#: programs on the same server hardly use.
_LOCK = int.from_bytes(b"graderdb", "big")
#: Alembic keeps its context in module globals, so a process runs one migration at a time.
_PROCESS_LOCK = threading.Lock()


def upgrade(url: str, revision: str = "head") -> None:
    """Migrate the database at ``url`` up to ``revision``, by default the newest, in a transaction.

    An empty database gets all tables. A database that has this revision or a later one is not
    changed. Several processes may call this at once: the first one migrates, the others wait for
    it, for 30 seconds at most.

    Raises:
        BadSettings: ``url`` is neither a SQLite file nor PostgreSQL.
        StoreUnavailable: the database cannot be reached, or stays locked.
        alembic.util.CommandError: ``revision``, or the revision that the database has, is not one
            of this code's revisions; e.g. a newer release migrated the database.
    """
    database = Database(url, PATIENT)
    try:
        with _PROCESS_LOCK, database.write() as connection:
            _lock(connection)
            config = _config()
            config.attributes["connection"] = connection
            command.upgrade(config, revision)
    finally:
        database.close()


def _lock(connection: Connection) -> None:
    """Wait until no other process migrates the database; hold the lock until the commit."""
    # On SQLite the transaction holds the only write lock.
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})


def current_revision(url: str) -> str | None:
    """Return the revision of the database at ``url``, or ``None`` if it was never migrated.

    A SQLite file that does not exist is created, without tables.

    Raises:
        BadSettings: ``url`` is neither a SQLite file nor PostgreSQL.
        StoreUnavailable: the database cannot be reached.
    """
    database = Database(url)
    try:
        with database.read() as connection:
            return MigrationContext.configure(connection).get_current_revision()
    finally:
        database.close()


def head_revision() -> str | None:
    """Return the newest revision, which this code expects a database to have.

    ``None`` only if there are no revisions at all.
    """
    return ScriptDirectory.from_config(_config()).get_current_head()


def is_known(revision: str) -> bool:
    """Return whether ``revision`` is one of this code's revisions, the newest included.

    A database with such a revision can be migrated to the newest one.
    """
    known = {one.revision for one in ScriptDirectory.from_config(_config()).walk_revisions()}
    return revision in known


def _config() -> Config:
    """Return Alembic's configuration, which names the folder of the revisions."""
    config = Config()
    # Alembic expands % in its options.
    config.set_main_option("script_location", str(_HERE).replace("%", "%%"))
    return config
