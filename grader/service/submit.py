"""Accept a submission: read it, store it, answer, then wake a worker.

What cannot be read is refused before anything is stored. What is stored is never lost: the row
is the truth, and the wake-up call only saves waiting for the next sweep.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from grader.domain.errors import BadRequest, NotFound, Overloaded, TooLarge
from grader.service.lanes import Lane
from grader.service.ports import Clock, Notifier, ReadUpload, Store
from grader.service.records import NewSubmission, RubricRecord, SubmissionRecord
from grader.service.rubric_cache import RubricCache

MAX_NAME = 200
#: What a form may need beyond the file in it, in bytes.
FORM_ROOM = 16_384
#: How long a count of what waits is believed.
COUNTED_EVERY = timedelta(seconds=1)


@dataclass(frozen=True)
class Upload:
    """What somebody hands in. ``rubric`` is the newest of the exercise that it is for, looked up
    by whoever made sure that the sender may see it. ``scope`` is in whose name keys are unique (a
    token, a source).
    """

    rubric: RubricRecord
    student: str
    filename: str
    data: bytes
    source: str
    actor: str
    scope: str
    idempotency_key: str = ""
    callback_url: str = ""
    callback_context: str = ""
    #: The sender may never send it again, whatever it is answered.
    only_once: bool = False

    @property
    def exercise(self) -> str:
        """The exercise that it is for."""
        return self.rubric.exercise

    @property
    def digest(self) -> str:
        """SHA-256 over everything that makes this the same request when it comes again."""
        whole = hashlib.sha256(hashlib.sha256(self.data).digest())
        for part in (self.exercise, self.student, self.filename, self.callback_context):
            whole.update(part.encode() + b"\0")
        return whole.hexdigest()


class Room:
    """How many more submissions may wait.

    Counting those that wait takes longer the more there are, so it is done when the last count is
    older than a second, or has been used up: one process alone never takes more than ``limit``.
    """

    def __init__(self, store: Store, clock: Clock, limit: int) -> None:
        self._store, self._clock, self._limit = store, clock, limit
        self._left = 0
        self._counted_at: datetime | None = None

    def take(self, *, only_once: bool = False) -> None:
        """Take a place. What comes only once may use as many again beyond the limit.

        Raises:
            Overloaded: there is none.
        """
        now = self._clock.now()
        if self._left <= 0 or self._counted_at is None or now >= self._counted_at + COUNTED_EVERY:
            self._left = self._limit - self._store.submissions.queue().queued
            self._counted_at = now
        if self._left <= (-self._limit if only_once else 0):
            raise Overloaded(
                f"{self._limit} submissions are waiting already.",
                how_to_fix="Nothing was stored. Send it again in a minute.",
            )
        self._left -= 1


@dataclass(frozen=True)
class Submit:
    """The use case. Where there is no more room in the queue nothing is accepted."""

    store: Store
    rubric_cache: RubricCache
    read_upload: ReadUpload
    clock: Clock
    notifier: Notifier
    room: Room

    def __call__(self, upload: Upload) -> tuple[SubmissionRecord, bool]:
        """The accepted submission, and whether it is new (not a repeat of a key).

        Raises:
            BadRequest: no student, or a name too long.
            BadArchive: the upload is not readable. KeyReused: the key stood for something else.
            Overloaded: too much is waiting already.
        """
        _check_names(upload)
        self.room.take(only_once=upload.only_once)
        rubric = self.rubric_cache.of(upload.rubric).rubric
        self.read_upload(upload.data, filename=upload.filename, limits=rubric.intake)
        supersedes = rubric.attempts.superseded == "skip"
        record, new = self.store.submissions.accept(_new(upload, supersedes), self.clock.now())
        if new:
            self.notifier.notify(Lane.LIVE)
        return record, new

    def check_size(self, rubric: RubricRecord, announced: int) -> None:
        """Before anything is read: whether a request of so many bytes can hold an upload.

        Raises:
            TooLarge: it is longer than the exercise's longest upload in a form.
        """
        most = self.rubric_cache.of(rubric).rubric.intake.max_upload
        if announced > most + FORM_ROOM:
            raise TooLarge(
                "upload-too-large",
                f"The request has {announced:,} bytes; the exercise {rubric.exercise} takes "
                f"uploads of at most {most:,} bytes.",
                how_to_fix="Leave out what is not graded, such as data files and virtual "
                "environments.",
            )


def no_exercise(exercise: str) -> NotFound:
    """The error for an exercise that is not there (or not for this token)."""
    return NotFound(
        f"There is no exercise {exercise!r}.",
        how_to_fix="List the exercises with GET /api/v1/exercises and use an id from there.",
        where=exercise,
    )


def _check_names(upload: Upload) -> None:
    if not upload.student.strip():
        raise BadRequest(
            "The student is missing.",
            how_to_fix="Add the field student; with a raw body, ?student=NAME to the address.",
            where="student",
        )
    for field, value in (("student", upload.student), ("key", upload.idempotency_key)):
        if len(value) > MAX_NAME or not value.isprintable():
            raise BadRequest(
                f"The {field} is longer than {MAX_NAME} characters or holds control characters.",
                how_to_fix="Send a short plain name.",
                where=field,
            )


def _new(upload: Upload, supersedes: bool) -> NewSubmission:
    return NewSubmission(
        exercise=upload.exercise,
        student=upload.student,
        filename=upload.filename[:MAX_NAME],
        data=upload.data,
        source=upload.source,
        actor=upload.actor,
        scope=upload.scope,
        request_digest=upload.digest,
        idempotency_key=upload.idempotency_key,
        callback_url=upload.callback_url,
        callback_context=upload.callback_context,
        supersedes=supersedes,
    )
