"""What is changed in a database that a backup came back to: claims of before must not hold in it.

A worker may have survived a restore, and its claim names a submission that is there again. Were
tokens to count on from where the backup left them, a claim of now could be given the number that
the worker holds.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, Update, case, func, inspect, select, update

from grader.store.rows import RUNNING
from grader.store.tables import metadata, submissions

#: Every table of ours by name, the one of the schema's revision included.
TABLES = ("alembic_version", *sorted(metadata.tables))


def first_token(now: datetime, highest: int) -> int:
    """The lowest token of the restored world: beyond all that were given in the replaced one.

    Microseconds since 1970 are beyond what an earlier restore began with and counted up from, even
    where the replaced database is gone; ``highest`` is what it held, where it is not.
    """
    return max(int(now.timestamp() * 1_000_000), highest + 1)


def fence(first: int, now: datetime) -> tuple[Update, Update]:
    """Move every token to ``first`` or beyond, and end leases whose holder is of another world.

    They use columns of the first revision only, for a backup is fenced before it is upgraded.
    """
    token = submissions.c.token
    moved = case((token >= first, token + 1), else_=first)
    return (
        update(submissions).values(token=moved),
        update(submissions).where(RUNNING).values(lease_until=now),
    )


def tables_there(connection: Connection) -> tuple[str, ...]:
    """Those of our tables that a database has."""
    there = set(inspect(connection).get_table_names())
    return tuple(name for name in TABLES if name in there)


def highest_token(connection: Connection) -> int:
    """The highest token that a database has given; 0 where it has given none."""
    if submissions.name not in tables_there(connection):
        return 0
    return connection.execute(select(func.max(submissions.c.token))).scalar() or 0


def is_empty(connection: Connection) -> bool:
    """Whether none of our tables holds a row."""
    there = tables_there(connection)
    return not any(
        connection.execute(select(1).select_from(table).limit(1)).first()
        for name, table in metadata.tables.items()
        if name in there
    )
