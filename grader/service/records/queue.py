"""A claimed submission, and the size and upkeep of the queue."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from grader.service.lanes import Lane
from grader.service.records.submissions import SubmissionRecord


@dataclass(frozen=True)
class Claim:
    """A submission taken for grading. Only who holds ``token`` may finish it."""

    submission: SubmissionRecord
    token: int
    data: bytes


@dataclass(frozen=True)
class QueueState:
    """How much waits, and since when the oldest does (``None``: nothing waits)."""

    queued: int
    running: int
    needs_attention: int
    oldest_queued_at: datetime | None


@dataclass(frozen=True)
class Swept:
    """What a sweep found: rows put back, rows parked, lanes with due rows, passbacks due."""

    requeued: int
    parked: int
    due_lanes: tuple[Lane, ...]
    due_passbacks: int
