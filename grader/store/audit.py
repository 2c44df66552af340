"""Who did what and when, written in the transaction that does it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select

from grader.store.ids import new_id
from grader.store.tables import audit

_ENTRY = insert(audit)


@dataclass(frozen=True)
class AuditEntry:
    """One act. ``detail`` is a JSON object and never holds a secret."""

    at: datetime
    actor: str
    action: str
    subject: str
    detail: str


def note(
    connection: Connection,
    now: datetime,
    actor: str,
    action: str,
    subject: str,
    **detail: str | int,
) -> None:
    """Append one entry."""
    connection.execute(
        _ENTRY,
        {
            "id": new_id(now),
            "at": now,
            "actor": actor,
            "action": action,
            "subject": subject,
            "detail": json.dumps(detail, sort_keys=True),
        },
    )


def entries(connection: Connection, limit: int) -> Sequence[AuditEntry]:
    """The newest entries, newest first."""
    columns = (audit.c.at, audit.c.actor, audit.c.action, audit.c.subject, audit.c.detail)
    rows = connection.execute(select(*columns).order_by(audit.c.id.desc()).limit(limit))
    return [AuditEntry(*row) for row in rows]
