"""The port for drafts of rubrics."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from grader.domain.rubric import Rubric
from grader.service.records.rubrics import DraftRecord


class Drafts(Protocol):
    """Stores the draft of each exercise, at most one. Publishing it is the port ``Rubrics``."""

    def get(self, exercise: str) -> DraftRecord | None:
        """Return the draft of ``exercise``, which need not exist yet; ``None`` without one."""

    def put(
        self,
        rubric: Rubric,
        text: str,
        digest: str,
        *,
        replaces: DraftRecord | None,
        base_version: int,
        actor: str,
        now: datetime,
    ) -> DraftRecord:
        """Store ``text`` as the draft of its exercise, with an audit entry; return its record.

        ``rubric`` is the parsed ``text`` and ``digest`` the SHA-256 of ``text``. ``replaces`` is
        the draft that was edited, or ``None`` if there must be none yet.

        Raises:
            PreconditionFailed: the draft is another one than ``replaces``.
        """

    def delete(self, draft: DraftRecord, *, actor: str, now: datetime) -> None:
        """Delete ``draft``, with an audit entry.

        Raises:
            PreconditionFailed: it was changed or deleted since it was read.
        """
