"""The facts cache: inspections by a hash of everything that they depend on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from sqlalchemy import Executable, bindparam, func, select, update

from grader.domain.inspection import Inspection
from grader.store.database import Database
from grader.store.dialect import InsertInto, for_dialect
from grader.store.tables import inspections

Item = TypeVar("Item")
#: The most keys or rows of one statement: both databases limit its parameters. Chosen by hand.
_AT_ONCE = 500
#: The precision of the time of last use. A write at every use would cost too much.
USE_NOTED = timedelta(days=1)
_OF_KEYS = inspections.c.key.in_(bindparam("keys", expanding=True))
_NOTED_AT = func.coalesce(inspections.c.used_at, inspections.c.stored_at)
_KNOWN = select(inspections.c.key, inspections.c.body, _NOTED_AT.label("noted_at")).where(_OF_KEYS)
_USED = update(inspections).where(_OF_KEYS).values(used_at=bindparam("now"))


@for_dialect
def _unknown(insert_into: InsertInto) -> Executable:
    """Insert inspections whose key does not exist yet."""
    return insert_into(inspections).on_conflict_do_nothing()


class SqlFacts:
    """The facts cache for all workers of a database. It implements the port ``FactsCache``.

    :meth:`put_many` stores inspections and :meth:`get_many` finds them. An inspection is the result
    of one check on one file, or of the test whether the file is readable. Its key is a hash of all
    that it depends on, so the inspection of a key never changes. Entries stay until retention
    purges unused ones, or erases a student's data and all entries that may quote it.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def get_many(self, keys: Sequence[str]) -> Mapping[str, Inspection]:
        """Return the cached inspections among ``keys``, by key; keys without one are left out.

        The time of this use is stored, unless the last one that was stored, or the caching itself,
        is less than a day ago.
        """
        if not keys:
            return {}
        found: dict[str, Inspection] = {}
        stale: list[str] = []
        now = datetime.now(UTC)
        with self._database.read() as connection:
            for some in _chunks(keys):
                for row in connection.execute(_KNOWN, {"keys": some}):
                    found[row.key] = Inspection.model_validate_json(row.body)
                    if row.noted_at + USE_NOTED <= now:
                        stale.append(row.key)
        self._note_use(stale, now)
        return found

    def _note_use(self, keys: Sequence[str], now: datetime) -> None:
        """Store ``now`` as the time of last use of ``keys``."""
        if not keys:
            return
        with self._database.write() as connection:
            for some in _chunks(sorted(keys)):
                connection.execute(_USED, {"keys": some, "now": now})

    def put_many(self, inspections_by_key: Mapping[str, Inspection], at: datetime) -> None:
        """Cache inspections by key; existing entries stay.

        ``at`` is when they were measured. Erasing a student's data deletes entries by that time.
        """
        if not inspections_by_key:
            return
        # Sorted, so that two workers with the same keys take their locks in the same order.
        rows = [
            {"key": key, "body": one.model_dump_json(), "stored_at": at}
            for key, one in sorted(inspections_by_key.items())
        ]
        with self._database.write() as connection:
            for some in _chunks(rows):
                connection.execute(_unknown(connection), some)


def _chunks(items: Sequence[Item]) -> Iterator[Sequence[Item]]:
    for start in range(0, len(items), _AT_ONCE):
        yield items[start : start + _AT_ONCE]
