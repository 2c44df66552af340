"""The port for the systems that send submissions by webhook."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from grader.service.records.sources import SourceRecord


class Sources(Protocol):
    """Stores the systems that send submissions by webhook, by name."""

    def put(self, source: SourceRecord, actor: str, now: datetime) -> None:
        """Create ``source`` or replace the one of its name, with an audit entry for ``actor``.

        The entry does not contain its config.
        """

    def get(self, name: str) -> SourceRecord | None:
        """Return the source called ``name``, or ``None`` if there is none."""

    def all(self) -> Sequence[SourceRecord]:
        """Return all sources, sorted by name."""
