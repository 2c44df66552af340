"""INSERT ... ON CONFLICT for both databases. SQLAlchemy has one function for each of them."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from sqlalchemy import Connection, Executable, Table
from sqlalchemy.dialects import postgresql, sqlite

Insert = postgresql.Insert | sqlite.Insert
#: Starts an INSERT that has ``on_conflict_do_nothing`` and ``on_conflict_do_update``.
InsertInto = Callable[[Table], Insert]


def for_dialect(build: Callable[[InsertInto], Executable]) -> Callable[[Connection], Executable]:
    """Decorate ``build`` to return the statement for the database of a connection.

    Both statements are built once, because building one takes longer than running it.
    """
    built = {"postgresql": build(postgresql.insert), "sqlite": build(sqlite.insert)}

    @wraps(build)
    def chosen(connection: Connection) -> Executable:
        return built[connection.dialect.name]

    return chosen
