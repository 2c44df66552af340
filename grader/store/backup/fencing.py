"""Invalidate all earlier claims in a restored database.

A worker may survive a restore with a claim on a submission that is now restored. If the fencing
tokens continued from those in the backup, a new claim could get the token that the worker holds.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, Update, case, func, inspect, select, update

from grader.store.rows import RUNNING
from grader.store.tables import metadata, submissions, workers

#: The names of all our tables, and of the table with the schema revision.
TABLES = ("alembic_version", *sorted(metadata.tables))


def first_token(now: datetime, highest: int) -> int:
    """Return a fencing token for a restored database, higher than all that were issued before.

    It is ``now`` in microseconds since 1970, or ``highest`` + 1 if that is more. ``highest`` is the
    highest token of the replaced database, 0 if that is lost: then the clock must not have been set
    back since an earlier restore.
    """
    return max(int(now.timestamp() * 1_000_000), highest + 1)


def fence(first: int, now: datetime) -> tuple[Update, Update]:
    """Return the two statements that make all claims in a restored database invalid.

    The first sets the token of every submission to ``first``, or to 1 more than it was if it was
    ``first`` or higher. The second ends the lease of each running submission at ``now``. They use
    columns of revision 0001 only, because a backup is changed before it is migrated.
    """
    token = submissions.c.token
    moved = case((token >= first, token + 1), else_=first)
    return (
        update(submissions).values(token=moved),
        update(submissions).where(RUNNING).values(lease_until=now),
    )


def tables_there(connection: Connection) -> tuple[str, ...]:
    """Return the names of Grader's tables, with that of the schema revision, that exist.

    Only the names in :data:`TABLES` are looked for.
    """
    there = set(inspect(connection).get_table_names())
    return tuple(name for name in TABLES if name in there)


def highest_token(connection: Connection) -> int:
    """Return the highest fencing token in the database; 0 without submissions or their table."""
    if submissions.name not in tables_there(connection):
        return 0
    return connection.execute(select(func.max(submissions.c.token))).scalar() or 0


def is_empty(connection: Connection) -> bool:
    """Return whether every table of Grader is empty or missing.

    The table with the schema revision does not count, nor does that of workers, which have a row
    left if they were killed, nor do tables of other programs.
    """
    there = tables_there(connection)
    return not any(
        connection.execute(select(1).select_from(table).limit(1)).first()
        for name, table in metadata.tables.items()
        if name in there and name != workers.name
    )
