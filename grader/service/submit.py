"""Accept a submission: read it, store it, answer, then wake a worker.

What cannot be read is refused before anything is stored. What is stored is never lost: the row
is the truth, and the wake-up call only saves waiting for the next sweep.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from grader.domain.errors import BadRequest, NotFound, Overloaded
from grader.service.plans import Plans
from grader.service.ports import Clock, ReadUpload, Store, Waker
from grader.service.records import Lane, NewSubmission, SubmissionRecord

MAX_NAME = 200


@dataclass(frozen=True)
class Upload:
    """What somebody hands in. ``scope`` is in whose name keys are unique (a token, a source)."""

    exercise: str
    student: str
    filename: str
    data: bytes
    source: str
    actor: str
    scope: str
    idempotency_key: str = ""
    callback_url: str = ""
    callback_context: str = ""

    @property
    def digest(self) -> str:
        """SHA-256 over everything that makes this the same request when it comes again."""
        whole = hashlib.sha256(hashlib.sha256(self.data).digest())
        for part in (self.exercise, self.student, self.filename, self.callback_context):
            whole.update(part.encode() + b"\0")
        return whole.hexdigest()


@dataclass(frozen=True)
class Submit:
    """The use case. ``max_queued`` submissions may wait; beyond that nothing is accepted."""

    store: Store
    plans: Plans
    read_upload: ReadUpload
    clock: Clock
    waker: Waker
    max_queued: int

    def __call__(self, upload: Upload) -> tuple[SubmissionRecord, bool]:
        """The accepted submission, and whether it is new (not a repeat of a key).

        Raises:
            NotFound: no such exercise. BadRequest: no student, or a name too long.
            BadArchive: the upload is not readable. KeyReused: the key stood for something else.
            Overloaded: too much is waiting already.
        """
        _check_names(upload)
        rubric = self.store.rubrics.newest(upload.exercise)
        if rubric is None:
            raise no_exercise(upload.exercise)
        limits = self.plans.of(rubric).rubric.intake
        self.read_upload(upload.data, filename=upload.filename, limits=limits)
        self._refuse_overload()
        record, new = self.store.submissions.accept(_new(upload), self.clock.now())
        if new:
            self.waker.wake(Lane.LIVE)
        return record, new

    def _refuse_overload(self) -> None:
        if self.store.submissions.queue().queued >= self.max_queued:
            raise Overloaded(
                f"{self.max_queued} submissions are waiting already.",
                how_to_fix="Nothing was stored. Send it again in a minute.",
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
            "The student is missing.", how_to_fix="Add the field student.", where="student"
        )
    for field, value in (("student", upload.student), ("key", upload.idempotency_key)):
        if len(value) > MAX_NAME or not value.isprintable():
            raise BadRequest(
                f"The {field} is longer than {MAX_NAME} characters or holds control characters.",
                how_to_fix="Send a short plain name.",
                where=field,
            )


def _new(upload: Upload) -> NewSubmission:
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
    )
