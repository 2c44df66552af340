"""Systems that send submissions by webhook."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Executable, bindparam, select

from grader.service.records import SourceRecord
from grader.store.audit_log import append_entry
from grader.store.database import Database
from grader.store.dialect import InsertInto, for_dialect
from grader.store.rows import RecordColumns
from grader.store.tables import sources

_RECORD = RecordColumns(sources, SourceRecord, {"config": json.loads})
_BY_NAME = select(sources).where(sources.c.name == bindparam("name"))
_ALL = select(sources).order_by(sources.c.name)


@for_dialect
def _put(insert_into: InsertInto) -> Executable:
    """Insert a source, or replace all columns of an existing one of the same name."""
    put = insert_into(sources)
    others = {column.name: column for column in put.excluded if column.name != "name"}
    return put.on_conflict_do_update(index_elements=[sources.c.name], set_=others)


class SqlSources:
    """Stores and finds webhook sources by name. It implements the port ``Sources``.

    Secrets in ``config`` are stored as plain text, because signing needs them.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def put(self, source: SourceRecord, actor: str, now: datetime) -> None:
        """Create or replace the source of this name, and add an audit entry without its config."""
        values = {
            "name": source.name,
            "course": source.course,
            "connector": source.connector,
            "config": json.dumps(source.config, sort_keys=True),
        }
        with self._database.write() as connection:
            connection.execute(_put(connection), values)
            append_entry(connection, now, actor, "source.put", source.name, course=source.course)

    def get(self, name: str) -> SourceRecord | None:
        """Return the source called ``name``, or ``None`` if there is none."""
        with self._database.read() as connection:
            row = connection.execute(_BY_NAME, {"name": name}).one_or_none()
        return None if row is None else _RECORD.read(row)

    def all(self) -> Sequence[SourceRecord]:
        """Return all sources, sorted by name."""
        with self._database.read() as connection:
            rows = connection.execute(_ALL)
            return [_RECORD.read(row) for row in rows]
