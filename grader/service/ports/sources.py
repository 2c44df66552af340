"""The port for the systems that send submissions by webhook."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from grader.service.records.sources import SourceRecord


class Sources(Protocol):
    """Systems that send submissions by webhook."""

    def put(self, source: SourceRecord, actor: str, now: datetime) -> None:
        """Create or replace, with an audit entry."""

    def get(self, name: str) -> SourceRecord | None:
        """The source of that name."""

    def all(self) -> Sequence[SourceRecord]:
        """Every source by name."""
