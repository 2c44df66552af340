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
from grader.service.records.results import Result, StoredReport
from grader.service.records.submissions import NewSubmission, SubmissionRecord, SubmissionState


class Submissions(Protocol):
    """Accepted submissions, their archives, facts and reports."""

    def accept(self, new: NewSubmission, now: datetime) -> tuple[SubmissionRecord, bool]:
        """Store bytes, row, key and audit entry; the record, and whether it is new.

        The same key with the same digest gives the record of the first time. ``attempt`` counts
        a student's submissions to an exercise from 1. With ``new.supersedes`` older attempts that
        have not been begun end as superseded in the same transaction.

        Raises:
            NotFound: no such exercise. KeyReused: the key came before with another content.
        """

    def claim(self, lane: Lane, now: datetime, lease: timedelta) -> Claim | None:
        """Take the next fair due row: state, lease, fencing token and tries+1, committed.

        Fair: students in turn (who has fewest rows running or lately graded goes first), a
        student's newest attempt before older ones, then by time received.
        """

    def finish(self, claim: Claim, result: Result, now: datetime) -> bool:
        """Store report, facts and passback and set the state, if the claim still holds.

        The state is the report's status. One report per (submission, rubric version, engine
        version); one that needed attention is replaced by what a retry gives.
        """

    def release(self, claim: Claim, problem: str, now: datetime, retry_at: datetime) -> bool:
        """Put a claimed row back after a fault, or park it after its last try."""

    def sweep(self, now: datetime) -> Swept:
        """Put back rows whose lease ran out, park those without tries left, list due lanes."""

    def clamp_times(self, now: datetime, lease: timedelta, pause: timedelta) -> int:
        """Undo what a clock that went back has put off; how many rows that was.

        No lease ends later than ``lease`` from now, and no row waits longer than ``pause``.
        """

    def retry(self, submission_id: str, actor: str, now: datetime) -> SubmissionRecord:
        """Queue a row that needs attention again, with fresh tries and an audit entry.

        Raises:
            NotFound: no such submission. Conflict: it does not need attention.
        """

    def get(self, submission_id: str) -> SubmissionRecord:
        """Raises NotFound."""

    def report(self, submission_id: str) -> StoredReport | None:
        """The newest report, or ``None`` while there is none."""

    def facts(self, submission_id: str) -> SubmissionFacts | None:
        """The facts of the newest report, findings included."""

    def earlier(self, submission: SubmissionRecord) -> Earlier | None:
        """The latest graded one of the same student's attempts before this one, with its facts."""

    def archive(self, submission_id: str) -> tuple[bytes, str]:
        """The bytes that were handed in and their file name. Raises NotFound."""

    def page(
        self,
        exercise: str,
        *,
        student: str = "",
        state: SubmissionState | None = None,
        cursor: str = "",
        limit: int = 50,
    ) -> Page[SubmissionRecord]:
        """Submissions of an exercise, newest first. Raises BadRequest for a bad cursor."""

    def queue(self) -> QueueState:
        """How much waits."""

    def queue_order(self, lane: Lane, now: datetime) -> Sequence[str]:
        """The ids of those that wait in a lane, as they are to be claimed if nothing new comes."""

    def throughput(self, now: datetime) -> Throughput:
        """How fast it went lately, for an estimate."""

    def marks(self, exercise: str) -> Iterator[Mark]:
        """What each student's newest attempt that has a report earned, by student."""

    def measured(self, exercise: str) -> Iterator[tuple[SubmissionRecord, SubmissionFacts]]:
        """Each submission of an exercise with its newest facts, findings left out.

        Oldest first. They are read as they are asked for: keep what you make of them, not them.
        """
