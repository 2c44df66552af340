"""A submission: its states, its record, and an upload that is to be stored."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from grader.service.lanes import Lane


class SubmissionState(StrEnum):
    """The state of a submission.

    ``queued``: it waits for a worker. ``running``: a worker has claimed it. ``graded``: its report
    is stored, and nothing failed on our side. ``needs_attention``: grading failed on our side, and
    staff can retry it; there may be a report all the same, with points withheld. ``superseded``: a
    newer attempt arrived before a worker started this one, and the rubric skips such attempts: it
    never gets a report.
    """

    QUEUED = "queued"
    RUNNING = "running"
    GRADED = "graded"
    #: Grading failed on our side. Staff can retry it.
    NEEDS_ATTENTION = "needs_attention"
    #: A newer attempt arrived before a worker started this one, which never gets a report.
    SUPERSEDED = "superseded"


@dataclass(frozen=True)
class SubmissionRecord:
    """An accepted submission.

    ``attempt`` counts the student's submissions to the exercise from 1. ``tries`` counts how often
    a worker started to grade it, since staff last retried it. ``source`` is ``api`` or the name of
    a webhook source. ``problem`` says why it needs attention, or is empty. ``queued_at`` is when it
    was received, or last retried by staff. ``graded_at`` is when its report was stored,
    ``None`` unless ``state`` is graded. ``superseded_by`` is the id of the newer attempt that
    replaced it, or ``None``.
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
    """An upload that ``Submissions.accept`` is to store as a submission.

    ``data`` are the uploaded bytes and ``source`` names where they came from: ``api`` or a webhook
    source. ``actor``, the id of a token or ``webhook:<source>``, is named in the audit log.
    ``idempotency_key`` (a webhook id, for an event) is unique in ``scope``, the same id or name;
    empty means none.
    ``request_digest`` is a SHA-256 of the request, so that a key that is reused for another request
    is refused. The score is to be sent to ``callback_url`` together with ``callback_context``; an
    empty URL asks for no score. With ``supersedes`` it replaces the student's older attempts that
    no worker has started, unless their score is to be sent or staff has retried them.
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
