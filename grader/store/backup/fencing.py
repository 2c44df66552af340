"""Invalidate the claims of before in a restored database.

A worker may survive a restore with a claim on a submission that is now restored. If the fencing
tokens went on from those in the backup, a new claim could get the token that the worker holds.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, Update, case, func, inspect, select, update

from grader.store.rows import RUNNING
from grader.store.tables import metadata, submissions

#: The names of all our tables, and of the table with the schema revision.
TABLES = ("alembic_version", *sorted(metadata.tables))


def first_token(now: datetime, highest: int) -> int:
    """Return the lowest token of the restored database, higher than all that were issued before.

    ``highest`` is the highest token of the replaced database. Where that is lost, microseconds
    since 1970 are higher than every token that started at an earlier restore.
    """
    return max(int(now.timestamp() * 1_000_000), highest + 1)


def fence(first: int, now: datetime) -> tuple[Update, Update]:
    """Return the statements that raise every token to ``first`` or more, and end all leases.

    They use columns of revision 0001 only, because a backup is changed before it is migrated.
    """
    token = submissions.c.token
    moved = case((token >= first, token + 1), else_=first)
    return (
        update(submissions).values(token=moved),
        update(submissions).where(RUNNING).values(lease_until=now),
    )


def tables_there(connection: Connection) -> tuple[str, ...]:
    """Return the names of those of our tables that exist in the database."""
    there = set(inspect(connection).get_table_names())
    return tuple(name for name in TABLES if name in there)


def highest_token(connection: Connection) -> int:
    """Return the highest token in the database, or 0."""
    if submissions.name not in tables_there(connection):
        return 0
    return connection.execute(select(func.max(submissions.c.token))).scalar() or 0


def is_empty(connection: Connection) -> bool:
    """Return whether all our tables are empty or missing."""
    there = tables_there(connection)
    return not any(
        connection.execute(select(1).select_from(table).limit(1)).first()
        for name, table in metadata.tables.items()
        if name in there
    )
