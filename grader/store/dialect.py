"""INSERT ... ON CONFLICT for both databases: SQLAlchemy has a function of its own for each."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from sqlalchemy import Connection, Executable, Table
from sqlalchemy.dialects import postgresql, sqlite

Insert = postgresql.Insert | sqlite.Insert
#: A function that returns an INSERT with ``on_conflict_do_nothing`` and ``on_conflict_do_update``.
InsertInto = Callable[[Table], Insert]


def for_dialect(build: Callable[[InsertInto], Executable]) -> Callable[[Connection], Executable]:
    """Turn ``build`` into a function that returns the statement for the database of a connection.

    ``build`` gets the ``insert`` of SQLAlchemy for one kind of database, and returns a statement
    that uses it. It is called twice when it is decorated, for PostgreSQL and for SQLite, and never
    again, because building a statement takes longer than running it.
    """
    built = {"postgresql": build(postgresql.insert), "sqlite": build(sqlite.insert)}

    @wraps(build)
    def chosen(connection: Connection) -> Executable:
        return built[connection.dialect.name]

    return chosen
