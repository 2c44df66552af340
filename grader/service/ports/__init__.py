"""What the use cases need of the world, as Protocols. Every store method is one transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from grader.domain.facts import SubmissionFacts
from grader.domain.history import Earlier
from grader.domain.inspection import Inspection
from grader.domain.rubric import Rubric
from grader.domain.rubric.policies import Intake
from grader.domain.source import Submission
from grader.service.estimate import Pace
from grader.service.lanes import Lane
from grader.service.records import (
    AuditEntry,
    AuditQuery,
    Claim,
    ExerciseRecord,
    Mark,
    NewSubmission,
    Page,
    Passback,
    PassbackState,
    QueueState,
    Result,
    Role,
    RubricRecord,
    SourceRecord,
    StoredReport,
    SubmissionRecord,
    SubmissionState,
    Swept,
    TokenRecord,
)


class Clock(Protocol):
    """The time that the service is given."""

    def now(self) -> datetime:
        """Now, aware, in UTC."""


class Waker(Protocol):
    """Best-effort wake-up calls; the rows are the truth, so a lost call only costs time."""

    def wake(self, lane: Lane) -> None:
        """Tell a worker that a lane has work. Never raises and never waits long."""

    def wake_delivery(self) -> None:
        """Tell a worker that scores are due to be sent. Never raises and never waits long."""

    def ended(self, submission: str) -> None:
        """Tell whoever waits for a submission that it has come to its end. Never raises."""

    def listen(self, heard: Callable[[str], None]) -> None:
        """From now on call with each submission that comes to its end; some may be missed."""


class ReadUpload(Protocol):
    """Bytes of an upload to a submission."""

    def __call__(self, data: bytes, *, filename: str = "", limits: Intake = ...) -> Submission:
        """Raises BadArchive for anything that is not a readable archive with Python in it."""


class ReadRubric(Protocol):
    """A rubric's text to a rubric."""

    def __call__(self, text: str) -> Rubric:
        """Raises BadRubric with every mistake found."""


class Inspected(Protocol):
    """A submission whose files were looked at."""

    def facts(self) -> SubmissionFacts:
        """What they measure; may be asked for again. Raises EngineFault as :class:`Measure`."""

    def remember(self) -> None:
        """Keep what is new, so that the same file is not looked at again."""


class Measure(Protocol):
    """The engine: what one submission measures under the probes of a rubric."""

    def inspect(
        self, submission: Submission, rubric: Rubric, meanwhile: Callable[[], None] = ...
    ) -> Inspected:
        """Raises EngineFault where the engine itself is broken.

        ``meanwhile`` is called at most once, while another process is at work.
        """

    def starter(self, rubric: Rubric) -> SubmissionFacts | None:
        """What the rubric's starter files measure, if it has any. Raises EngineFault as above."""


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

    def give_back(self, claim: Claim, problem: str, now: datetime, retry_at: datetime) -> bool:
        """Put a claimed row back after a fault, or park it after its last try."""

    def sweep(self, now: datetime) -> Swept:
        """Put back rows whose lease ran out, park those without tries left, list due lanes."""

    def bring_forward(self, now: datetime, lease: timedelta, pause: timedelta) -> int:
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

    def in_turn(self, lane: Lane, now: datetime) -> Sequence[str]:
        """The ids of those that wait in a lane, as they are to be claimed if nothing new comes."""

    def pace(self, now: datetime) -> Pace:
        """How fast it went lately, for an estimate."""

    def marks(self, exercise: str) -> Iterator[Mark]:
        """What each student's newest attempt that has a report earned, by student."""

    def measured(self, exercise: str) -> Iterator[tuple[SubmissionRecord, SubmissionFacts]]:
        """Each submission of an exercise with its newest facts, findings left out.

        Oldest first. They are read as they are asked for: keep what you make of them, not them.
        """


class Rubrics(Protocol):
    """Exercises and the versions of their rubrics."""

    def publish(
        self, rubric: Rubric, text: str, digest: str, *, base: int | None, actor: str, now: datetime
    ) -> RubricRecord:
        """Store the next version, with an audit entry.

        ``base`` is the version that it replaces; ``None`` for a new exercise.

        Raises:
            PreconditionFailed: another version is the newest by now.
            Conflict: the exercise belongs to another course.
        """

    def newest(self, exercise: str) -> RubricRecord | None:
        """The newest version, or ``None``."""

    def page(self, *, course: str = "", cursor: str = "", limit: int = 50) -> Page[ExerciseRecord]:
        """Exercises by id; of one course where one is named."""


class Tokens(Protocol):
    """Bearer tokens, stored hashed."""

    def create(
        self,
        digest: str,
        *,
        name: str,
        role: Role,
        course: str,
        student: str,
        expires_at: datetime | None,
        actor: str,
        now: datetime,
    ) -> TokenRecord:
        """Store a token by the SHA-256 of its secret, with an audit entry."""

    def by_digest(self, digest: str, now: datetime) -> TokenRecord | None:
        """The token of that digest; notes that it was used (at most once a minute)."""

    def all(self) -> Sequence[TokenRecord]:
        """Every token, oldest first."""

    def revoke(self, token_id: str, actor: str, now: datetime) -> TokenRecord:
        """Raises NotFound."""


class Sources(Protocol):
    """Systems that send submissions by webhook."""

    def put(self, source: SourceRecord, actor: str, now: datetime) -> None:
        """Create or replace, with an audit entry."""

    def get(self, name: str) -> SourceRecord | None:
        """The source of that name."""

    def all(self) -> Sequence[SourceRecord]:
        """Every source by name."""


class Passbacks(Protocol):
    """Scores on their way out."""

    def claim_due(self, now: datetime, lease: timedelta) -> Passback | None:
        """Take the next due passback: tries+1 and ``next_try_at`` moved by the lease, committed."""

    def settle(
        self, passback: Passback, state: PassbackState, error: str, next_try_at: datetime
    ) -> None:
        """Note how a try ended, unless somebody else has taken it since (``tries`` differs)."""

    def bring_forward(self, now: datetime) -> int:
        """Undo what a clock that went back has put off; how many passbacks that was.

        One that has been waiting since a moment that is yet to come begins to wait now.
        """

    def of(self, submission_id: str) -> Sequence[Passback]:
        """The passbacks of a submission, oldest first."""


class Trail(Protocol):
    """The audit log. What changes something notes it in its own transaction; this is the rest."""

    def note(
        self,
        actor: str,
        action: str,
        subject: str,
        *,
        course: str,
        now: datetime,
        **detail: str | int,
    ) -> None:
        """Append one entry; ``detail`` never holds a secret."""

    def page(self, query: AuditQuery, cursor: str = "", limit: int = 50) -> Page[AuditEntry]:
        """Entries, newest first. Raises BadRequest for a bad cursor."""


class FactsCache(Protocol):
    """Inspections by the key of everything that they depend on."""

    def get_many(self, keys: Sequence[str]) -> Mapping[str, Inspection]:
        """Those that are known."""

    def put_many(self, inspections: Mapping[str, Inspection], at: datetime) -> None:
        """Remember, where there is room; an inspection that is there already stays.

        ``at`` is when they were made: by that an erasure finds them.
        """


class Store(Protocol):
    """The rooms of the store."""

    submissions: Submissions
    rubrics: Rubrics
    tokens: Tokens
    sources: Sources
    passbacks: Passbacks
    trail: Trail
    facts: FactsCache

    def ping(self) -> None:
        """Raises when the database cannot be reached."""
