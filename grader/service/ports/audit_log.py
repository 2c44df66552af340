"""The port for the audit log."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from grader.service.records.audit_log import AuditEntry, AuditQuery
from grader.service.records.pages import Page


class AuditLog(Protocol):
    """The audit log. What changes something notes it in its own transaction; this is the rest."""

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
        """Append one entry; ``detail`` never holds a secret."""

    def page(self, query: AuditQuery, cursor: str = "", limit: int = 50) -> Page[AuditEntry]:
        """Entries, newest first. Raises BadRequest for a bad cursor."""
