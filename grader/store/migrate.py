"""Migrations, run from Python: the tables of a database brought to what this code expects."""

from __future__ import annotations

import threading
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from grader.store.database import Database

_HERE = Path(__file__).parent / "migrations"
#: Any number, as long as nobody else locks by it: ``graderdb`` in ASCII.
_LOCK = int.from_bytes(b"graderdb", "big")
#: Alembic keeps what it is working on in module globals: one migration a process at a time.
_ONE_AT_A_TIME = threading.Lock()


def upgrade(url: str, revision: str = "head") -> None:
    """Bring a database to a revision (the newest one), in one transaction.

    Several processes may call this at once: the first one works, the others wait and find
    nothing left to do.
    """
    database = Database(url)
    try:
        with _ONE_AT_A_TIME, database.write() as connection:
            _lock(connection)
            config = _config()
            config.attributes["connection"] = connection
            command.upgrade(config, revision)
    finally:
        database.close()


def _lock(connection: Connection) -> None:
    # On SQLite the transaction holds the only write lock there is.
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})


def current_revision(url: str) -> str | None:
    """The revision that a database is at; ``None`` for an empty one."""
    database = Database(url)
    try:
        with database.read() as connection:
            return MigrationContext.configure(connection).get_current_revision()
    finally:
        database.close()


def head_revision() -> str | None:
    """The revision that this code expects."""
    return ScriptDirectory.from_config(_config()).get_current_head()


def is_known(revision: str) -> bool:
    """Whether this code has that revision, and so can bring it to the newest."""
    known = {one.revision for one in ScriptDirectory.from_config(_config()).walk_revisions()}
    return revision in known


def _config() -> Config:
    config = Config()
    # Alembic reads its options as %-templates.
    config.set_main_option("script_location", str(_HERE).replace("%", "%%"))
    return config
