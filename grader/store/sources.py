"""The port ``Sources``: systems that send submissions by webhook."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from grader.service.records import SourceRecord
from grader.store.audit import note
from grader.store.dialect import insert_into
from grader.store.engine import Database
from grader.store.rows import AnyRow
from grader.store.tables import sources


class SqlSources:
    """The secret is stored as it is: signing needs it, and no hash could sign."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put(self, source: SourceRecord, actor: str, now: datetime) -> None:
        """Create or replace."""
        values = {
            "course": source.course,
            "connector": source.connector,
            "secret": source.secret,
            "callback_url": source.callback_url,
            "allowed_hosts": json.dumps(source.allowed_hosts),
        }
        with self._database.write() as connection:
            connection.execute(
                insert_into(connection, sources)
                .values(name=source.name, **values)
                .on_conflict_do_update(index_elements=[sources.c.name], set_=values)
            )
            note(connection, now, actor, "source.put", source.name, course=source.course)

    def get(self, name: str) -> SourceRecord | None:
        """The source of that name, or ``None``."""
        with self._database.read() as connection:
            row = connection.execute(select(sources).where(sources.c.name == name)).one_or_none()
        return None if row is None else _record(row)

    def all(self) -> Sequence[SourceRecord]:
        """Every source by name."""
        with self._database.read() as connection:
            rows = connection.execute(select(sources).order_by(sources.c.name))
            return [_record(row) for row in rows]


def _record(row: AnyRow) -> SourceRecord:
    fields = dict(row._mapping)
    hosts = tuple(json.loads(fields["allowed_hosts"]))
    return SourceRecord(**(fields | {"allowed_hosts": hosts}))
