"""The repository of submissions with their archives, facts and reports."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from functools import partial
from typing import TypeVar

from sqlalchemy import Connection, select

from grader.domain.errors import NotFound
from grader.domain.facts import SubmissionFacts
from grader.domain.history import Earlier
from grader.domain.person_names import canonical
from grader.service.estimate import Throughput
from grader.service.lanes import Lane
from grader.service.records import (
    Claim,
    Mark,
    NewSubmission,
    Page,
    QueueState,
    ReportEntry,
    Result,
    StoredReport,
    SubmissionRecord,
    SubmissionState,
    Swept,
)
from grader.store import queue
from grader.store.cursors import cursor_after, key_before, page_size, split
from grader.store.database import Database
from grader.store.repositories import results
from grader.store.rows import RECORD, record_of
from grader.store.tables import archives, submissions

Item = TypeVar("Item")


class SqlSubmissions:
    """Stores submissions and their reports, and queues them. It implements ``Submissions``.

    Each method is one transaction, except that ``marks``, ``measured`` and ``retry_all`` work in
    portions. A submission needs attention after a report that says so, or after ``max_tries``
    starts of its grading without a result.
    """

    def __init__(self, database: Database, max_tries: int) -> None:
        self._database = database
        self._max_tries = max_tries

    def accept(self, new: NewSubmission, now: datetime) -> tuple[SubmissionRecord, bool]:
        """Store an upload; return its submission's record, and whether it is new.

        If its idempotency key came before with the same content, nothing is stored, and the record
        is that of the first submission as it is now. Without a key it is always new. With
        ``new.supersedes`` the student's older attempts that no worker has started become
        superseded, with the exceptions in :class:`NewSubmission`.

        Raises:
            NotFound: there is no such exercise.
            KeyReused: the key was used before with another content.
            Conflict: the key was used for a submission that was erased.
        """
        with self._database.write() as connection:
            return queue.accept(connection, new, now)

    def claim(self, lane: Lane, now: datetime, lease: timedelta) -> Claim | None:
        """Claim the next due submission of ``lane`` until ``now + lease``, or return ``None``.

        One is due if it is queued and does not pause after a fault. Students take turns;
        :func:`grader.store.queue.fairness.next_due` says how. Submissions whose lease has expired
        and that have a try left are queued again first.
        """
        with self._database.write() as connection:
            return queue.claim(connection, lane, now, lease, self._max_tries)

    def finish(self, claim: Claim, result: Result, now: datetime) -> bool:
        """Store ``result`` and set the submission's state; return whether the claim was valid.

        If it was not, nothing is stored. An existing graded report of the same rubric and engine
        version stays instead, and the submission is graded; one that needed attention is replaced.
        The score message is added to the outbox only with a report that is stored now and graded.
        """
        with self._database.write() as connection:
            return results.finish(connection, claim, result, now)

    def renew(self, claim: Claim, until: datetime) -> bool:
        """Let ``claim`` last until ``until``; return whether it was still valid."""
        with self._database.write() as connection:
            return queue.renew(connection, claim, until)

    def give_back(self, claim: Claim, due_at: datetime) -> bool:
        """Queue a claimed submission again for ``due_at``, without the try.

        Return whether the claim was valid, or had only lapsed; if it was lost, nothing changes.
        """
        with self._database.write() as connection:
            return queue.give_back(connection, claim, due_at)

    def release(self, claim: Claim, problem: str, now: datetime, retry_at: datetime) -> bool:
        """Queue a claimed submission again for ``retry_at``; return whether the claim was valid.

        After its last try it needs attention instead, because of ``problem``. If the claim was
        lost, nothing changes. ``now`` is not used here.
        """
        with self._database.write() as connection:
            return queue.release(connection, claim, problem, retry_at, self._max_tries)

    def sweep(self, now: datetime) -> Swept:
        """Queue again the submissions whose lease has expired.

        A submission without tries left needs attention instead. Return the number of both, the
        lanes that then have a submission to claim, and how many scores are to be sent now.
        """
        with self._database.write() as connection:
            return queue.sweep(connection, now, self._max_tries)

    def clamp_times(self, now: datetime, lease: timedelta, pause: timedelta) -> int:
        """Correct times after the clock was set back; return the number of changed rows.

        Afterwards no lease of a running submission ends after ``now + lease``, and no queued
        submission is due only after ``now + pause``.
        """
        with self._database.write() as connection:
            return queue.clamp_times(connection, now, lease, pause)

    def retry(self, submission_id: str, actor: str, now: datetime) -> SubmissionRecord:
        """Queue again a submission that needs attention, with 0 tries and an audit entry.

        It is due at once, in the lane that it had. Return its new record.

        Raises:
            NotFound: there is no such submission.
            Conflict: the submission does not need attention.
        """
        with self._database.write() as connection:
            return queue.retry(connection, submission_id, actor, now)

    def retry_all(
        self, course: str, exercise: str, actor: str, now: datetime
    ) -> Iterator[SubmissionRecord]:
        """Queue again what needs attention; yield the new records, by id.

        An empty ``course`` or ``exercise`` matches all. Each has an audit entry. It is done in
        portions while the caller reads, each in a transaction of its own: after an error, those
        that were yielded are queued.
        """
        return self._in_portions(
            partial(queue.retry_portion, course=course, exercise=exercise, actor=actor, now=now),
            lambda record: record.id,
            self._database.write,
        )

    def get(self, submission_id: str) -> SubmissionRecord:
        """Return the record of a submission. Raises NotFound if there is none."""
        with self._database.read() as connection:
            return queue.get(connection, submission_id)

    def report(self, submission_id: str) -> StoredReport | None:
        """Return the report of the newest grading that led to one, with its submission.

        ``None`` if there is no report, or no such submission.
        """
        with self._database.read() as connection:
            return results.newest_report(connection, submission_id)

    def one_report(self, submission_id: str, report_id: str) -> StoredReport | None:
        """Return the report ``report_id`` of a submission, also if it no longer counts.

        ``None`` if the submission has no such report.
        """
        with self._database.read() as connection:
            return results.one_report(connection, submission_id, report_id)

    def reports(self, submission_id: str) -> Sequence[ReportEntry]:
        """Return the reports of a submission, newest first; empty if there are none."""
        with self._database.read() as connection:
            return results.all_reports(connection, submission_id)

    def judged_by(self, submission_id: str) -> int | None:
        """Return the rubric version of the newest report of a submission; ``None`` without one."""
        with self._database.read() as connection:
            return results.newest_version(connection, submission_id)

    def facts(self, submission_id: str) -> SubmissionFacts | None:
        """Return the facts of the newest grading that led to a report, with their findings.

        ``None`` if there is no report, or no such submission.
        """
        with self._database.read() as connection:
            return results.newest_facts(connection, submission_id)

    def earlier(self, submission: SubmissionRecord) -> Earlier | None:
        """Return number, facts and findings of the student's last attempt before ``submission``.

        It is an attempt at the same exercise; ``None`` if there is none. An attempt without a
        report, or whose newest report needs attention, is skipped; one that is being graded again
        is not.
        """
        if submission.attempt == 1:
            return None
        with self._database.read() as connection:
            return results.earlier(connection, submission)

    def archive(self, submission_id: str) -> tuple[bytes, str]:
        """Return the bytes of a submission's upload, unchanged, and their file name.

        Raises:
            NotFound: there is no such submission.
        """
        found = (
            select(archives.c.data, submissions.c.filename)
            .join(submissions, submissions.c.archive_sha256 == archives.c.sha256)
            .where(submissions.c.id == submission_id)
        )
        with self._database.read() as connection:
            row = connection.execute(found).one_or_none()
        if row is None:
            raise NotFound(f"There is no submission {submission_id!r}.")
        return row.data, row.filename

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
        before, size = key_before(cursor), page_size(limit)
        found = select(*RECORD).where(submissions.c.exercise == exercise)
        if student:
            # Rows of older versions may have a spelling that is not canonical.
            found = found.where(submissions.c.student.in_({student, canonical(student)}))
        if state is not None:
            found = found.where(submissions.c.state == state.value)
        if before:
            found = found.where(submissions.c.id < before)
        found = found.order_by(submissions.c.id.desc()).limit(size + 1)
        with self._database.read() as connection:
            rows, more = split(connection.execute(found).all(), size)
        items = tuple(record_of(row) for row in rows)
        return Page(items, cursor_after(items[-1].id) if more else "")

    def queue(self, lane: Lane | None = None) -> QueueState:
        """Return how many submissions of ``lane`` are queued, are running and need attention.

        ``None`` counts all lanes. The result also says since when the oldest queued one has been
        queued, ``None`` if nothing is queued.
        """
        with self._database.read() as connection:
            return queue.waiting(connection, lane)

    def queue_order(self, lane: Lane, now: datetime) -> Sequence[str]:
        """Return the ids of the queued submissions of ``lane`` in the order of future claims.

        That is the order if nothing else is uploaded. Submissions that pause after a fault are
        included. Only the first 25,000, sorted by course and student, are read; others are left
        out.
        """
        with self._database.read() as connection:
            return queue.queue_order(connection, lane, now)

    def throughput(self, now: datetime) -> Throughput:
        """Return the newest gradings of the last 15 minutes, at most 50, and the running ones.

        Both are of all lanes. Gradings that stored no graded report, and running ones whose lease
        has expired, are left out. Of a running grading only the time is returned at which it
        started.
        """
        with self._database.read() as connection:
            return queue.throughput(connection, now)

    def marks(self, exercise: str) -> Iterator[Mark]:
        """Yield the mark of each student's newest attempt with a report, sorted by student.

        A student without a report is left out. An unknown exercise has no marks.
        """
        return self._in_portions(
            partial(results.marks, exercise=exercise), lambda mark: mark.student
        )

    def measured(self, exercise: str) -> Iterator[tuple[SubmissionRecord, SubmissionFacts]]:
        """Yield each submission of an exercise that has a report, with its newest facts.

        The oldest is first. The facts are without findings.
        """
        return self._in_portions(
            partial(results.measured, exercise=exercise), lambda one: one[0].id
        )

    def _in_portions(
        self,
        read: Callable[..., Sequence[Item]],
        key: Callable[[Item], str],
        transaction: Callable[[], AbstractContextManager[Connection]] | None = None,
    ) -> Iterator[Item]:
        """Yield the items of ``read(connection, after=...)`` until it returns an empty portion.

        ``after`` is empty at first, then ``key`` of the last item of the portion before. Each
        portion is read in a ``transaction`` of its own, by default one for reading.
        """
        after = ""
        while True:
            with (transaction or self._database.read)() as connection:
                some = read(connection, after=after)
            if not some:
                return
            yield from some
            after = key(some[-1])
