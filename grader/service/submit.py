"""Accept a submission: admit it, read it, store it, then notify a worker.

The order of all refusals is here, so that API and webhooks refuse in the same order:

1. :meth:`Submit.admit`, before the body is read: the exercise, cooldowns, the declared size.
2. :meth:`Submit.__call__`, with the body: whose submission it is, names, rate limits, room in the
   queue, and the archive itself.

An upload that is refused leaves nothing in the store. An accepted one is never lost: its row is
committed before the answer, and a lost notification only costs the wait for the next sweep.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from grader.domain.errors import BadRequest, Overloaded, TooLarge
from grader.domain.person_names import MAX_NAME, checked_name
from grader.service.access import Principal, no_exercise, student_of
from grader.service.lanes import Lane
from grader.service.ports import Clock, Notifier, ReadUpload, Store
from grader.service.rate_limits import RateLimits, Remaining
from grader.service.records import NewSubmission, RubricRecord, SubmissionRecord
from grader.service.request_digest import request_digest
from grader.service.rubric_cache import RubricCache

#: Bytes that a form may need beyond the file in it: boundaries, part headers, short fields. Chosen
#: by hand.
FORM_OVERHEAD = 16_384
#: How long a count of the queued submissions may be used; chosen by hand.
COUNT_VALID_FOR = timedelta(seconds=1)


@dataclass(frozen=True)
class Upload:
    """An uploaded file and what its sender says about it, the argument of :meth:`Submit.__call__`.

    ``student`` is as the sender named it; it may be empty if the sender is a student. ``source``
    names where the file came from: ``api`` or a webhook source. The score is to be sent to
    ``callback_url`` together with ``callback_context``; an empty URL asks for no score. An empty
    ``idempotency_key`` means none.
    """

    student: str
    filename: str
    data: bytes
    source: str
    idempotency_key: str = ""
    callback_url: str = ""
    callback_context: str = ""


@dataclass(frozen=True)
class Admission:
    """An upload that passed the checks before its body: its sender and the exercise's rubric.

    Only :meth:`Submit.admit` and :meth:`Submit.admit_event` make it. ``is_event`` is true for an
    event of an LMS, which is often sent only once: no rate limit refuses it, and the queue accepts
    twice as many submissions before it refuses one. ``rubric`` is the newest version.
    """

    principal: Principal
    rubric: RubricRecord
    is_event: bool


@dataclass(frozen=True)
class Accepted:
    """The result of handing in an upload: the record of the submission that is stored for it.

    ``is_new`` is false for a repeated idempotency key: then ``record`` is that of the first
    submission, as it is now. ``remaining`` is what is left of the student's upload limit; ``None``
    for an event, or if there is no such limit.
    """

    record: SubmissionRecord
    is_new: bool
    remaining: Remaining | None


class QueueCapacity:
    """Refuses uploads while ``limit`` submissions are queued, and events while twice as many are.

    Those of a regrade, which wait behind every upload, are not among them.
    Counting the queued rows takes longer the more there are, so a count is reused for
    :data:`COUNT_VALID_FOR`, less what this process has reserved since. If nothing is left, rows are
    counted anew. Several processes or threads together may exceed the limit by what they reserve
    during that time.
    """

    def __init__(self, store: Store, clock: Clock, limit: int) -> None:
        self._store, self._clock, self._limit = store, clock, limit
        self._left = 0
        self._counted_at: datetime | None = None

    def reserve(self, *, is_event: bool = False) -> None:
        """Reserve room for one submission. Events may go beyond the limit, up to twice the limit.

        The room counts as used until the rows are counted anew, also if the submission is then
        refused.

        Raises:
            Overloaded: the queue is full.
        """
        now = self._clock.now()
        if self._left <= 0 or self._counted_at is None or now >= self._counted_at + COUNT_VALID_FOR:
            self._left = self._limit - self._store.submissions.queue(Lane.LIVE).queued
            self._counted_at = now
        if self._left <= (-self._limit if is_event else 0):
            raise Overloaded(
                f"{self._limit} submissions are waiting already.",
                how_to_fix="Nothing was stored. Send it again in a minute.",
            )
        self._left -= 1


@dataclass(frozen=True)
class Submit:
    """The use case that hands in an upload: check it, store it as queued, and notify the workers.

    Call :meth:`admit` (for an event of an LMS :meth:`admit_event`) first, which checks what is
    known before the body is read, then the instance with the admission and the upload. The workers
    grade it later.
    """

    store: Store
    rubric_cache: RubricCache
    read_upload: ReadUpload
    clock: Clock
    notifier: Notifier
    capacity: QueueCapacity
    limits: RateLimits

    def admit(self, principal: Principal, rubric: RubricRecord, declared_size: int) -> Admission:
        """Check an upload before its body is read; return the admission to call the instance with.

        ``rubric`` is the newest version of the exercise's rubric; ``declared_size`` is the length
        of the request in bytes, 0 if unknown. Nothing is counted or reserved yet.

        Raises:
            NotFound: the exercise is not in a course that ``principal`` may see.
            TooMany: this process refused an earlier upload by a rate limit that applies to this one
                too, and the waiting time is not over.
            TooLarge: the request is longer than a form with a file of the rubric's ``max_upload``
                can be.
            BadRubric: the stored rubric is no longer valid, e.g. after a check was removed.
        """
        if not principal.may_see(rubric.course):
            raise no_exercise(rubric.exercise)
        self.limits.check_upload(principal, rubric.course)
        most = self.rubric_cache.of(rubric).rubric.intake.max_upload
        if declared_size > most + FORM_OVERHEAD:
            raise TooLarge(
                "upload-too-large",
                f"The request has {declared_size:,} bytes; the exercise {rubric.exercise} takes "
                f"uploads of at most {most:,} bytes.",
                how_to_fix="Leave out what is not graded, such as data files and virtual "
                "environments.",
            )
        return Admission(principal, rubric, is_event=False)

    def admit_event(self, principal: Principal, rubric: RubricRecord) -> Admission:
        """Return the admission of an event of an LMS. No rate limit applies.

        The size is checked only with the body, when the instance is called.

        Raises:
            NotFound: the exercise is not in the course of ``principal``.
        """
        if not principal.may_see(rubric.course):
            raise no_exercise(rubric.exercise)
        return Admission(principal, rubric, is_event=True)

    def __call__(self, admission: Admission, upload: Upload) -> Accepted:
        """Check and store ``upload``, notify the workers, and return what was stored.

        If the sender used its idempotency key before for the same content, nothing is stored and
        nobody notified; the result has the first submission as it is now. Such an upload too counts
        for the rate limits and needs room in the queue.

        Raises:
            Forbidden: a student principal uploads for another student.
            TooMany: a rate limit is used up. It never is for an event.
            BadRequest: no student, or the student or key is too long or not printable, or the
                student was not sent as UTF-8.
            Overloaded: the queue is full.
            BadArchive: the upload cannot be read, has no Python file or is over a limit (TooLarge).
            KeyReused: the idempotency key came before, with another content.
            Conflict: the idempotency key came before, and that submission was erased.
        """
        principal, course = admission.principal, admission.rubric.course
        upload = replace(upload, student=_student(principal, upload.student))
        _check_key(upload.idempotency_key)
        remaining = None
        if not admission.is_event:
            remaining = self.limits.count_upload(principal, course, upload.student)
        self.capacity.reserve(is_event=admission.is_event)
        rubric = self.rubric_cache.of(admission.rubric).rubric
        self.read_upload(upload.data, filename=upload.filename, limits=rubric.intake)
        new = _new_submission(admission, upload, supersedes=rubric.attempts.superseded == "skip")
        record, is_new = self.store.submissions.accept(new, self.clock.now())
        if is_new:
            self.notifier.notify(Lane.LIVE)
        return Accepted(record, is_new, remaining)


def _student(principal: Principal, asked: str) -> str:
    """Return the student to store: the token's own, as its creator wrote it, or ``asked``.

    The latter in its canonical form. A student's token made by an older version may have a name
    that is not canonical, and sees what is stored under that.

    Raises:
        Forbidden: ``principal`` is another student than ``asked``.
        BadRequest: ``asked`` is empty or no name.
    """
    student = student_of(principal, asked)
    return student if principal.student else checked_name(student, "student")


def _check_key(key: str) -> None:
    """Raise BadRequest if the idempotency key ``key`` is too long or unprintable."""
    if len(key) > MAX_NAME or not key.isprintable():
        raise BadRequest(
            f"The key is longer than {MAX_NAME} characters or holds control characters.",
            how_to_fix="Send a short plain key.",
            where="key",
        )


def _new_submission(admission: Admission, upload: Upload, *, supersedes: bool) -> NewSubmission:
    """Return the record to store; its key is unique among those of the same sender.

    With ``supersedes`` it replaces older attempts of the student that no worker has started.
    """
    return NewSubmission(
        exercise=admission.rubric.exercise,
        student=upload.student,
        filename=upload.filename[:MAX_NAME],
        data=upload.data,
        source=upload.source,
        actor=admission.principal.actor,
        scope=admission.principal.actor,
        request_digest=request_digest(
            hashlib.sha256(upload.data).hexdigest(),
            admission.rubric.exercise,
            upload.student,
            upload.filename,
            upload.callback_context,
        ),
        idempotency_key=upload.idempotency_key,
        callback_url=upload.callback_url,
        callback_context=upload.callback_context,
        supersedes=supersedes,
    )
