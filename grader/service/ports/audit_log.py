"""The port for the audit log."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from grader.service.records.audit_log import AuditEntry, AuditQuery
from grader.service.records.pages import Page


class AuditLog(Protocol):
    """Keeps and lists the audit entries: who did what, and when.

    Other methods of the store add the entry about an upload, retry or deletion, or a change of a
    rubric, token or source, in the same transaction. The entry about an export, backup or restore
    is added after it, in another one, also without :meth:`append`. Gradings have no entry. Entries
    about anything else, such as reads by staff, are added with :meth:`append`.
    """

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
        """Append an entry that ``actor`` did ``action`` to ``subject`` at the time ``now``.

        ``actor`` is the id of a token, or a name such as ``command line``; ``subject`` is an id or
        name, or empty. ``course`` is empty if the action concerns no course; ``detail`` must not
        contain a secret.
        """

    def page(self, query: AuditQuery, cursor: str = "", limit: int = 50) -> Page[AuditEntry]:
        """Return up to ``limit`` entries that match ``query``, newest first.

        ``limit`` is corrected to the range from 1 to 500. An empty ``cursor`` is the first page;
        otherwise it is the ``next_cursor`` of the page before.

        Raises:
            BadRequest: ``cursor`` is invalid.
        """
