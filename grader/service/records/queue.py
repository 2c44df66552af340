"""A claimed submission, and the size and upkeep of the queue."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from grader.service.lanes import Lane
from grader.service.records.submissions import SubmissionRecord


@dataclass(frozen=True)
class Claim:
    """A submission that a worker is grading. Only the holder of the newest ``token`` may finish it.

    ``data`` is the uploaded file. The score is to be sent to ``callback_url`` together with
    ``callback_context``; an empty URL asks for no score.
    """

    submission: SubmissionRecord
    token: int
    data: bytes
    callback_url: str = ""
    callback_context: str = ""


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
