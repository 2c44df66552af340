"""The port for stored submissions, the queue and reports."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from grader.domain.facts import SubmissionFacts
from grader.domain.history import Earlier
from grader.service.estimate import Throughput
from grader.service.lanes import Lane
from grader.service.records.marks import Mark
from grader.service.records.pages import Page
from grader.service.records.queue import Claim, QueueState, Swept
from grader.service.records.regrades import ReportEntry
from grader.service.records.results import Result, StoredReport
from grader.service.records.submissions import NewSubmission, SubmissionRecord, SubmissionState


class Submissions(Protocol):
    """Stores submissions with their archives, facts and reports, and queues them for grading."""

    def accept(self, new: NewSubmission, now: datetime) -> tuple[SubmissionRecord, bool]:
        """Queue an upload, stored with its key and audit entry; return its record and if it is new.

        The key is an idempotency key, unique in ``new.scope``. If it was used before with the same
        digest, nothing is stored and the record of the first submission, as it is now, is returned.
        An upload without a key is always new. The record's ``attempt`` counts the student's
        submissions to the exercise from 1. If ``new.supersedes`` is set, the student's older
        attempts that no worker has started become superseded, except after a retry or if their
        score is to be sent.

        Raises:
            NotFound: there is no such exercise.
            KeyReused: the key was used before with another content.
            Conflict: the key was used for a submission that was erased.
        """

    def claim(self, lane: Lane, now: datetime, lease: timedelta) -> Claim | None:
        """Claim the next due submission of ``lane`` until ``now + lease``; ``None`` if none is due.

        Submissions of any lane whose lease has expired and that have a try left are queued again
        first. Students take turns: next is the student with the fewest submissions of the lane
        running or graded in the last 5 minutes and, among equals, with the submission that has
        waited longest. Of that student's due attempts at the same exercise, the newest is claimed.
        Its ``tries`` rise by one, and the claim gets a new fencing token, by which :meth:`finish`,
        :meth:`renew` and :meth:`release` recognize the newest claim.
        """

    def finish(self, claim: Claim, result: Result, now: datetime) -> bool:
        """Store ``result`` if ``claim`` is still valid, and return whether it was.

        A claim is valid while its submission exists, is running and was not claimed again. There is
        one report for each (submission, rubric version, engine version): an existing one stays,
        unless it needed attention. The status of the report that is then stored becomes the state
        of the submission. The score message is added to the outbox only with a new report that is
        graded.
        """

    def renew(self, claim: Claim, until: datetime) -> bool:
        """Let ``claim`` last until ``until``; return whether it was valid, as for :meth:`finish`.

        A worker calls it while it grades, so that a claim can be short.
        """

    def give_back(self, claim: Claim, due_at: datetime) -> bool:
        """Queue a claimed submission again, to be claimed from ``due_at`` on, without the try.

        It is as if it had not been claimed, and never needs attention by it. Return whether the
        claim was valid, or had only lapsed: nobody has claimed the submission since. Otherwise
        nothing changes.
        """

    def release(self, claim: Claim, problem: str, now: datetime, retry_at: datetime) -> bool:
        """Queue a claimed submission again; return whether the claim was valid.

        It can be claimed from ``retry_at`` on. After its last try it needs attention instead, with
        ``problem`` as the reason. If the claim was lost (see :meth:`finish`), nothing changes.
        """

    def sweep(self, now: datetime) -> Swept:
        """Queue again the submissions whose lease has expired.

        A submission without tries left needs attention instead. Return the counts of both, the
        lanes with a submission that can be claimed, and how many scores are due. Nobody is notified
        here.
        """

    def clamp_times(self, now: datetime, lease: timedelta, pause: timedelta) -> int:
        """Correct times after the clock was set back, and return the number of changed rows.

        Afterwards no lease ends later than ``lease`` after ``now``, and no queued submission waits
        longer than ``pause`` after ``now`` for its next try.
        """

    def retry(self, submission_id: str, actor: str, now: datetime) -> SubmissionRecord:
        """Queue again a submission that needs attention, with 0 tries and an audit entry.

        It is due at once. Return its new record.

        Raises:
            NotFound: there is no such submission.
            Conflict: the submission does not need attention.
        """

    def retry_all(
        self, course: str, exercise: str, actor: str, now: datetime
    ) -> Iterator[SubmissionRecord]:
        """Queue again what needs attention; yield the new records, by id.

        An empty ``course`` or ``exercise`` matches all. Each gets an audit entry, like a single
        one. They are queued in portions while the caller reads.
        """

    def get(self, submission_id: str) -> SubmissionRecord:
        """Return the record of a submission. Raises NotFound if there is none."""

    def report(self, submission_id: str) -> StoredReport | None:
        """Return the newest report of a submission, with the submission's record as it is now.

        ``None`` if there is no report, or no such submission.
        """

    def one_report(self, submission_id: str, report_id: str) -> StoredReport | None:
        """Return the report ``report_id`` of a submission, also if it no longer counts.

        ``None`` if the submission has no such report.
        """

    def reports(self, submission_id: str) -> Sequence[ReportEntry]:
        """Return the reports of a submission, newest first; empty if there are none."""

    def judged_by(self, submission_id: str) -> int | None:
        """Return the rubric version of the newest report of a submission; ``None`` without one."""

    def facts(self, submission_id: str) -> SubmissionFacts | None:
        """Return the facts, with their findings, that the newest report was made from.

        ``None`` if there is no report, or no such submission.
        """

    def earlier(self, submission: SubmissionRecord) -> Earlier | None:
        """Return the newest graded attempt before ``submission``, or ``None`` if there is none.

        It is an attempt of the same student at the same exercise, with its number, facts and
        findings. An attempt whose report needs attention is skipped.
        """

    def archive(self, submission_id: str) -> tuple[bytes, str]:
        """Return the uploaded bytes, a zip archive or one Python file, and their file name.

        The name is empty if the sender gave none.

        Raises:
            NotFound: there is no such submission.
        """

    def page(
        self,
        exercise: str,
        *,
        student: str = "",
        state: SubmissionState | None = None,
        cursor: str = "",
        limit: int = 50,
    ) -> Page[SubmissionRecord]:
        """Return up to ``limit`` submissions of an exercise, newest first; none if it is unknown.

        ``student`` also matches its canonical form. An empty one and a ``state`` of ``None`` match
        everything. ``limit`` is corrected to
        the range from 1 to 500. An empty ``cursor`` is the first page; otherwise it is the
        ``next_cursor`` of the page before.

        Raises:
            BadRequest: ``cursor`` is invalid.
        """

    def queue(self, lane: Lane | None = None) -> QueueState:
        """Return how many submissions of ``lane`` are queued, are running and need attention.

        ``None`` counts all lanes. The result also says since when the oldest queued one has been
        queued, ``None`` if nothing is queued.
        """

    def queue_order(self, lane: Lane, now: datetime) -> Sequence[str]:
        """Return the ids of the queued submissions of ``lane`` in the order of future claims.

        That is the order if nothing else is uploaded; submissions that pause after a fault are
        included. If the queue is very long, some may be left out.
        """

    def throughput(self, now: datetime) -> Throughput:
        """Return the recent and the running gradings, which waiting times are estimated from.

        :class:`Throughput` says which are recent. Gradings that led to no graded report, and
        running ones whose lease has expired, are left out.
        """

    def marks(self, exercise: str) -> Iterator[Mark]:
        """Yield the mark of each student's newest attempt with a report, sorted by student.

        The report may need attention; its points may then be ``None``. A student without a report
        is left out.
        """

    def measured(self, exercise: str) -> Iterator[tuple[SubmissionRecord, SubmissionFacts]]:
        """Yield each submission with a report, oldest first, with the facts of its newest report.

        The facts are without findings. They are read in portions, so a caller that keeps only
        results needs little memory for a large class.
        """
