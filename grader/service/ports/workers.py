"""The port for what the processes of workers say about themselves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from grader.service.records.workers import WorkerRecord


class Workers(Protocol):
    """Stores a record for each process that grades. It is news, not history: the newest stays."""

    def beat(self, record: WorkerRecord) -> None:
        """Store ``record`` in place of the one with its id; delete those not seen for an hour.

        Raises:
            StoreUnavailable: it cannot be stored.
        """

    def leave(self, worker: str) -> None:
        """Delete the record with the id ``worker``, if there is one."""

    def all(self) -> Sequence[WorkerRecord]:
        """Return all records, by id. Some may be of processes that were killed in the last hour."""
