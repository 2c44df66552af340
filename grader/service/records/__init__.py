"""What the use cases and the store say to each other: plain frozen records.

Times are aware datetimes in UTC. Ids are UUIDv7 texts, so they sort by time.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Generic, TypeVar

from grader.domain.facts import SubmissionFacts
from grader.domain.report import Report
from grader.domain.scoring import Number
from grader.service.lanes import Lane

Item = TypeVar("Item")


class SubmissionState(StrEnum):
    """Where an accepted submission stands."""

    QUEUED = "queued"
    RUNNING = "running"
    GRADED = "graded"
    #: A fault of ours: waits for an instructor, who can retry it.
    NEEDS_ATTENTION = "needs_attention"
    #: A newer attempt came before this one was begun. It has no report, and will have none.
    SUPERSEDED = "superseded"


class Role(StrEnum):
    """What a token may do in its course (``admin``: in every course)."""

    ADMIN = "admin"
    INSTRUCTOR = "instructor"
    GRADER = "grader"
    STUDENT = "student"
    LMS = "lms"


@dataclass(frozen=True)
class TokenRecord:
    """A token, without its secret. ``course`` is empty for an admin.

    ``student`` is set for a student's token: what is handed in with it is that student's.
    """

    id: str
    name: str
    role: Role
    course: str
    student: str
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    last_used_at: datetime | None

    def ended(self, now: datetime) -> str:
        """``revoked`` or ``expired``; empty while it is good."""
        if self.revoked_at is not None:
            return "revoked"
        return "expired" if self.expires_at is not None and self.expires_at <= now else ""

    def may_see(self, course: str) -> bool:
        """Whether things of a course exist for this token."""
        return self.role is Role.ADMIN or self.course == course


@dataclass(frozen=True)
class AuditEntry:
    """One act. ``actor`` is a token's id (``actor_name`` its name) or the name of who acted.

    ``course`` is empty where the act is about none. ``detail`` never holds a secret.
    """

    id: str
    at: datetime
    actor: str
    actor_name: str
    action: str
    subject: str
    course: str
    detail: Mapping[str, str | int]


@dataclass(frozen=True)
class AuditQuery:
    """Which entries are wanted: those that fit everything that is given.

    ``since`` is the first moment, ``until`` the one after the last.
    """

    course: str = ""
    actor: str = ""
    action: str = ""
    subject: str = ""
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True)
class RubricRecord:
    """One published version of an exercise's rubric; ``text`` is the source as it was sent."""

    exercise: str
    course: str
    version: int
    digest: str
    text: str
    created_at: datetime
    created_by: str

    @property
    def etag(self) -> str:
        """The strong entity tag of this version, in quotes."""
        return f'"{self.version}-{self.digest[:16]}"'


@dataclass(frozen=True)
class ExerciseRecord:
    """An exercise with its newest rubric version."""

    id: str
    course: str
    title: str
    version: int


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


@dataclass(frozen=True)
class Claim:
    """A submission taken for grading. Only who holds ``token`` may finish it."""

    submission: SubmissionRecord
    token: int
    data: bytes


@dataclass(frozen=True)
class Result:
    """What grading gave: stored together, or not at all when the claim has been lost."""

    report: Report
    facts: SubmissionFacts
    rubric: RubricRecord


@dataclass(frozen=True)
class StoredReport:
    """A report as it was stored, with the submission it is about."""

    submission: SubmissionRecord
    report: Report
    rubric_version: int
    graded_at: datetime


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


@dataclass(frozen=True)
class SourceRecord:
    """A system that sends submissions by webhook. ``secret`` is its ``whsec_...`` signing key.

    ``callback_url`` is where scores go; ``allowed_hosts`` are the hosts that archives may be
    fetched from; ``connector`` names the file in ``grader/lms`` that speaks its protocol.
    """

    name: str
    course: str
    connector: str
    secret: str
    callback_url: str
    allowed_hosts: tuple[str, ...]


class PassbackState(StrEnum):
    """Where a score on its way to an LMS stands."""

    DUE = "due"
    SENT = "sent"
    #: Given up after the last retry, or refused for good; kept, never dropped.
    FAILED = "failed"


@dataclass(frozen=True)
class Passback:
    """A score on its way to where its source wants it. ``payload`` is the body, fixed once made."""

    id: str
    source: str
    submission: str
    url: str
    payload: str
    state: PassbackState
    tries: int
    next_try_at: datetime
    last_error: str


@dataclass(frozen=True)
class Mark:
    """What the newest attempt of a student that has a report earned.

    ``points`` is ``None`` while any are withheld.
    """

    student: str
    attempt: int
    submission: str
    state: SubmissionState
    points: Number | None
    max_points: Number
    rubric_version: int
    received_at: datetime
    reported_at: datetime


@dataclass(frozen=True)
class Page(Generic[Item]):
    """One page of a listing; ``next_cursor`` is empty on the last one."""

    items: tuple[Item, ...]
    next_cursor: str
