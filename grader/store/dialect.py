"""INSERT with ON CONFLICT, which both databases know and SQLAlchemy spells twice."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from sqlalchemy import Connection, Executable, Table
from sqlalchemy.dialects import postgresql, sqlite

Insert = postgresql.Insert | sqlite.Insert
#: Begins an INSERT that takes ``on_conflict_do_nothing`` and ``on_conflict_do_update``.
InsertInto = Callable[[Table], Insert]


def for_dialect(build: Callable[[InsertInto], Executable]) -> Callable[[Connection], Executable]:
    """A statement in the words of a connection's database, built once for each of the two.

    Building a statement takes longer than running it.
    """
    built = {"postgresql": build(postgresql.insert), "sqlite": build(sqlite.insert)}

    @wraps(build)
    def chosen(connection: Connection) -> Executable:
        return built[connection.dialect.name]

    return chosen
