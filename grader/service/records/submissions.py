"""A submission as it is sent and as it is stored."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from grader.service.lanes import Lane


class SubmissionState(StrEnum):
    """Where an accepted submission stands."""

    QUEUED = "queued"
    RUNNING = "running"
    GRADED = "graded"
    #: A fault of ours: waits for an instructor, who can retry it.
    NEEDS_ATTENTION = "needs_attention"
    #: A newer attempt came before this one was begun. It has no report, and will have none.
    SUPERSEDED = "superseded"


@dataclass(frozen=True)
class SubmissionRecord:
    """An accepted submission. ``problem`` says why it needs attention, when it does.

    ``queued_at`` is since when it waits: when it was received, or when somebody asked for another
    try. ``superseded_by`` is the id of the newer attempt that took its place, where one did.
    """

    id: str
    exercise: str
    course: str
    student: str
    attempt: int
    state: SubmissionState
    lane: Lane
    tries: int
    archive_sha256: str
    filename: str
    source: str
    problem: str
    received_at: datetime
    queued_at: datetime
    graded_at: datetime | None
    superseded_by: str | None


@dataclass(frozen=True)
class NewSubmission:
    """What is accepted in one transaction: bytes, row, keys and audit entry.

    ``idempotency_key`` and ``webhook_id`` are empty where there is none; either is unique in
    ``scope`` (a token's id, or ``webhook:<source>``), and ``request_digest`` is a SHA-256 over
    everything that was sent, so that a key that comes again with another content is refused.
    ``callback_url`` asks for the score to be sent there. With ``supersedes`` it takes the place of
    the student's older attempts that have not been begun, unless somebody waits for their scores.
    """

    exercise: str
    student: str
    filename: str
    data: bytes
    source: str
    actor: str
    scope: str
    request_digest: str
    idempotency_key: str = ""
    callback_url: str = ""
    callback_context: str = ""
    supersedes: bool = False
