"""Backups of PostgreSQL: archives of ``pg_dump`` in its custom format."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import IO

from sqlalchemy import Connection, Dialect, text
from sqlalchemy.engine import URL

from grader.domain.errors import Conflict
from grader.store.backup.errors import BadBackup, ToolUnavailable
from grader.store.backup.fencing import (
    TABLES,
    fence,
    first_token,
    highest_token,
    is_empty,
    tables_there,
)
from grader.store.backup.postgres_tools import Tools, tools_for
from grader.store.backup.sqlite import not_empty
from grader.store.database import Database
from grader.store.engines import PATIENT

MAGIC = b"PGDMP"
#: The script of a restore clears the search path, which our own statements after it need.
_OUR_PATH = b"RESET search_path;\n"
_OTHERS = text(
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
    " AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
)


def save(url: URL, file: Path) -> None:
    """Write a consistent copy of Grader's tables at ``url`` to ``file``, which is overwritten.

    ``pg_dump`` writes it. Other tables are left out. If none of Grader's tables exists, it writes
    the whole database, which :func:`revision` then rejects.

    Raises:
        StoreUnavailable: the database cannot be reached.
        ToolUnavailable: a tool of PostgreSQL is missing or failed.
    """
    with _connected(url) as connection:
        tools = tools_for(url, connection)
        ours = [f"--table={name}" for name in tables_there(connection)]
    form = ("--format=custom", "--no-owner", "--no-privileges")
    tools.run("pg_dump", *form, *ours, f"--file={file}", tools.database)


def revision(url: URL, file: Path) -> str:
    """Return the schema revision of the backup ``file``.

    ``url`` is a database whose server decides on the version of ``pg_restore``. It is not changed.

    Raises:
        BadBackup: ``pg_restore`` cannot read the file to the end, or the file has no revision.
        ToolUnavailable: there are no tools of the server's version.
        StoreUnavailable: the database cannot be reached.
    """
    with _connected(url) as connection:
        tools = tools_for(url, connection)
    try:
        with tools.output("pg_restore", "--file=-", str(file)) as script:
            found = _revision_in(script)
    except ToolUnavailable as error:
        raise BadBackup(
            f"{file} cannot be restored: {error.detail}", how_to_fix="Use another backup."
        ) from None
    if not found:
        raise BadBackup(f"{file} is an archive of pg_dump, but not of grader's database.")
    return found


def _revision_in(script: IO[bytes]) -> str:
    """Return the revision in the SQL ``script`` of a backup; empty if there is none.

    Reads to the end, so that damage anywhere is found.
    """
    found = b""
    for line in script:
        if line.startswith(b"COPY ") and b"alembic_version" in line:
            found = script.readline().strip()
    return found.decode()


def put_back(url: URL, file: Path, *, replace: bool, now: datetime) -> None:
    """Replace Grader's tables by the backup ``file`` and invalidate all claims, in one transaction.

    Other tables stay, but views and foreign keys of others that depend on Grader's tables are
    dropped. ``psql`` runs the script that ``pg_restore`` writes, because ``pg_restore`` cannot run
    further statements before it commits.

    Raises:
        Conflict: another session is connected to the database, even an idle one, or one of Grader's
            tables has rows and ``replace`` is not set.
        ToolUnavailable: a tool is missing or failed, e.g. on a damaged file; nothing has changed
            then.
        StoreUnavailable: the database cannot be reached.
    """
    with _connected(url) as connection:
        tools = tools_for(url, connection)
        # Any other session counts, e.g. an idle worker; not the server's own processes.
        if others := connection.execute(_OTHERS).scalar_one():
            raise Conflict(
                f"{others} other sessions use the database.",
                how_to_fix="Stop the API, workers and scheduler, and try again.",
            )
        if not replace and not is_empty(connection):
            raise not_empty()
        first = first_token(now, highest_token(connection))
        fenced = _fence(connection.dialect, first, now)
    with tools.script() as script:
        script.write(f"BEGIN;\nDROP TABLE IF EXISTS {', '.join(TABLES)} CASCADE;\n".encode())
        _copy_archive(tools, file, script)
        script.write(_OUR_PATH + fenced + b"COMMIT;\n")


def _copy_archive(tools: Tools, file: Path, script: IO[bytes]) -> None:
    """Append the SQL of the backup ``file`` to ``script``."""
    form = ("--no-owner", "--no-privileges", "--file=-")
    with tools.output("pg_restore", *form, str(file)) as written:
        shutil.copyfileobj(written, script)


def _fence(dialect: Dialect, first: int, now: datetime) -> bytes:
    """Return the statements of :func:`grader.store.backup.fencing.fence` as SQL text."""
    whole = "".join(
        f"{one.compile(dialect=dialect, compile_kwargs={'literal_binds': True})};\n"
        for one in fence(first, now)
    )
    return whole.encode()


@contextmanager
def _connected(url: URL) -> Iterator[Connection]:
    """Open a connection to the database at ``url``, and close it and its engine at the end."""
    database = Database(url.render_as_string(hide_password=False), PATIENT)
    try:
        with database.read() as connection:
            yield connection
    finally:
        database.close()
