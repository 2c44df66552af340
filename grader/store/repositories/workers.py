"""The repository of what the processes of workers say about themselves."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import Executable, delete, select

from grader.service.records import WorkerRecord
from grader.store.database import Database
from grader.store.dialect import InsertInto, for_dialect
from grader.store.rows import RecordColumns
from grader.store.tables import workers

#: After how long without a word a record is deleted. Chosen by hand: long enough to be seen.
_KEPT = timedelta(hours=1)
_WORKERS = RecordColumns(workers, WorkerRecord)
_ALL = select(*_WORKERS.columns).order_by(workers.c.id)


@for_dialect
def _record(insert_into: InsertInto) -> Executable:
    """Insert the record of a worker, or replace the one with its id."""
    new = insert_into(workers)
    changed = {name: new.excluded[name] for name in ("seen_at", "trouble", "trouble_since")}
    return new.on_conflict_do_update(index_elements=[workers.c.id], set_=changed)


class SqlWorkers:
    """Stores the records of workers in a database. It implements the port ``Workers``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def beat(self, record: WorkerRecord) -> None:
        """Store ``record`` in place of the one with its id; delete those not seen for an hour.

        Raises:
            StoreUnavailable: it cannot be stored.
        """
        given = {
            "id": record.id,
            "seen_at": record.seen_at,
            "trouble": record.trouble,
            "trouble_since": record.trouble_since,
        }
        with self._database.write() as connection:
            connection.execute(_record(connection), given)
            connection.execute(delete(workers).where(workers.c.seen_at < record.seen_at - _KEPT))

    def leave(self, worker: str) -> None:
        """Delete the record with the id ``worker``, if there is one."""
        with self._database.write() as connection:
            connection.execute(delete(workers).where(workers.c.id == worker))

    def all(self) -> Sequence[WorkerRecord]:
        """Return all records, by id. Some may be of processes that were killed in the last hour."""
        with self._database.read() as connection:
            return [_WORKERS.read(row) for row in connection.execute(_ALL)]
