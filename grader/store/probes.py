"""Probes of the database for the readiness of the service: can it be read and written now?"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, text

from grader.domain.errors import StoreUnavailable
from grader.service.readiness import NotReady
from grader.store.database import Database, database_url
from grader.store.engines import Timeouts
from grader.store.tables import REVISION, metadata

#: A probe must fail sooner than what asks for it gives up; chosen by hand.
_QUICK = Timeouts(lock=0.8, statement=0.9)
_READ = text("SELECT count(*) FROM (SELECT 1 FROM submissions LIMIT 1) AS first")
_REVISION = text("SELECT version_num FROM alembic_version")
#: Stores a row as it is. The table has one row, which no request locks.
_WRITE = text("UPDATE alembic_version SET version_num = version_num")
#: Makes PostgreSQL write about 500 kB to a temporary file on its disk: the rows do not fit into the
#: least memory that it can be given. Updating a row in place needs no room, so that it works on a
#: disk that is full while nothing can be accepted.
_LITTLE_MEMORY = text("SET LOCAL work_mem = '64kB'")
_NEED_ROOM = text("SELECT count(*) FROM generate_series(1, 32768)")
_LOCK = text(f"LOCK TABLE {', '.join(metadata.tables)} IN ROW EXCLUSIVE MODE")
#: What to tell people, by PostgreSQL's error code, or by words of SQLite's message.
_REASONS = {
    "25006": "It is read-only, e.g. after a failover.",
    "readonly": "It is read-only.",
    "55P03": "It is locked.",
    "57014": "It is locked, or too slow.",
    "locked": "It is locked.",
    "interrupted": "It is too slow.",
    "53100": "Its disk is full.",
    "53400": "It may not write the temporary files that it needs.",
    "full": "Its disk is full.",
    "disk I/O": "Its disk is full or broken.",
    "42P01": "It has no tables yet: run `grader db upgrade`.",
    "no such table": "It has no tables yet: run `grader db upgrade`.",
    "53300": "It takes no more connections.",
}


class DatabaseProbes:
    """Probes the database at ``url``, each time over a new connection with short time limits.

    So they learn what a new process would learn, and wait for no connection that requests hold.
    Each method raises :class:`NotReady` with the reason if what it probes does not work.
    """

    def __init__(self, url: str) -> None:
        self._database = Database(url, _QUICK, pooled=False)
        self._url = database_url(url)

    @property
    def folder(self) -> Path | None:
        """The folder of a SQLite file; ``None`` for PostgreSQL."""
        is_file = self._url.get_backend_name() == "sqlite"
        return Path(self._url.database or "").absolute().parent if is_file else None

    def check_readable(self) -> None:
        """Read from the table of submissions."""
        with _explained(), self._database.read() as connection:
            connection.execute(_READ)

    def check_writable(self) -> None:
        """Store something that changes nothing.

        On PostgreSQL, also lock all tables for writing, and write a temporary file.
        """
        with _explained(), self._database.write() as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(_LOCK)
                connection.execute(_LITTLE_MEMORY)
                connection.execute(_NEED_ROOM)
            connection.execute(_WRITE)

    def check_schema(self) -> None:
        """Compare the revision of the schema with that of this code; a newer one is accepted.

        A release can be replaced while it runs, process by process, only if it goes on working
        after the migrations of the next one.
        """
        with _explained(), self._database.read() as connection:
            found = _revision(connection)
        if found < REVISION:
            raise NotReady(
                f"It has the schema {found or 'of no release'}, older than {REVISION} of this"
                " release: run `grader db upgrade`."
            )


def _revision(connection: Connection) -> str:
    """Return the revision of the schema, or an empty text if there is none."""
    return str(connection.execute(_REVISION).scalar() or "")


@contextmanager
def _explained() -> Iterator[None]:
    """Raise NotReady, with words for people, where the block raises StoreUnavailable."""
    try:
        yield
    except StoreUnavailable as error:
        raise NotReady(_reason(error)) from error


def _reason(error: StoreUnavailable) -> str:
    """Return the sentence of :data:`_REASONS` about the cause of ``error``, or a general one.

    The message of the driver is not quoted, because it names hosts and files.
    """
    cause = getattr(error.__cause__, "orig", None)
    code = getattr(cause, "sqlstate", None) or ""
    message = str(cause)
    for key, sentence in _REASONS.items():
        if key == code or (not code and key in message):
            return sentence
    return "It does not answer."
