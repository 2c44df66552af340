"""The audit log: who did what and when.

A change and its entry are stored in one transaction. An entry never changes. It is deleted only if
it is about, or by, a submission or token of a student whose data is erased.
"""

from __future__ import annotations

import json
from datetime import datetime

from sqlalchemy import Connection, func, insert, select

from grader.service.records import AuditEntry, AuditQuery, Page
from grader.store.cursors import cursor_after, key_before, page_size, split
from grader.store.database import Database
from grader.store.ids import new_id
from grader.store.rows import AnyRow
from grader.store.tables import audit, tokens

_ENTRY = insert(audit)
#: An actor is the id of a token, or a name such as ``command line`` or ``webhook:moodle``.
_FIELDS = (
    audit.c.id,
    audit.c.at,
    audit.c.actor,
    func.coalesce(tokens.c.name, "").label("actor_name"),
    audit.c.action,
    audit.c.subject,
    audit.c.course,
    audit.c.detail,
)
_ALL = (
    select(*_FIELDS)
    .select_from(audit.outerjoin(tokens, tokens.c.id == audit.c.actor))
    .order_by(audit.c.id.desc())
)


def append_entry(
    connection: Connection,
    now: datetime,
    actor: str,
    action: str,
    subject: str,
    *,
    course: str = "",
    **detail: str | int,
) -> None:
    """Insert an audit entry in the transaction of ``connection``, with ``now`` as its time.

    ``actor`` is the id of a token or a name such as ``command line``, ``subject`` an id or name, or
    empty. An empty ``course`` means that no course is concerned. ``detail`` are further facts by
    name; they must not contain a secret.
    """
    entry = {
        "id": new_id(now),
        "at": now,
        "actor": actor,
        "action": action,
        "subject": subject,
        "detail": json.dumps(detail, sort_keys=True),
    }
    # Without a course the column is left to its default: revision 0002, which may be backed up
    # before it is migrated, does not have it.
    connection.execute(_ENTRY, entry | {"course": course} if course else entry)


class SqlAuditLog:
    """Adds audit entries to a database and lists them. It implements the port ``AuditLog``.

    Other methods of the store add the entry about their change with :func:`append_entry`, in their
    own transaction.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def append(
        self,
        actor: str,
        action: str,
        subject: str,
        *,
        course: str,
        now: datetime,
        **detail: str | int,
    ) -> None:
        """Append an entry at the time ``now``, in a transaction of its own.

        ``actor`` is the id of a token or a name such as ``command line``. An empty ``course`` means
        that no course is concerned. ``detail`` must not contain a secret.
        """
        with self._database.write() as connection:
            append_entry(connection, now, actor, action, subject, course=course, **detail)

    def page(self, query: AuditQuery, cursor: str = "", limit: int = 50) -> Page[AuditEntry]:
        """Return up to ``limit`` entries that match ``query``, newest first.

        ``limit`` is corrected to the range from 1 to 500. An empty ``cursor`` is the first page;
        otherwise it is the ``next_cursor`` of the page before.

        Raises:
            BadRequest: ``cursor`` is invalid.
        """
        before, size = key_before(cursor), page_size(limit)
        found = _ALL
        for column in (audit.c.course, audit.c.actor, audit.c.action, audit.c.subject):
            wanted = getattr(query, column.name)
            found = found.where(column == wanted) if wanted else found
        if query.since is not None:
            found = found.where(audit.c.at >= query.since)
        if query.until is not None:
            found = found.where(audit.c.at < query.until)
        if before:
            found = found.where(audit.c.id < before)
        with self._database.read() as connection:
            rows, more = split(connection.execute(found.limit(size + 1)).all(), size)
        items = tuple(_entry(row) for row in rows)
        return Page(items, cursor_after(items[-1].id) if more else "")


def _entry(row: AnyRow) -> AuditEntry:
    """Return the entry in ``row``, which has the columns of :data:`_FIELDS`."""
    return AuditEntry(**(dict(row._mapping) | {"detail": json.loads(row.detail)}))
