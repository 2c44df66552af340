"""Bodies of JSON responses. Their docstrings are shown in the description of the API."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from grader.http.openapi import PREFIX
from grader.service.access import Act, Principal, may
from grader.service.estimate import QueuePosition
from grader.service.records import (
    ExerciseRecord,
    ItemState,
    RegradeItem,
    RegradeRecord,
    RegradeScope,
    ReportEntry,
    SubmissionRecord,
    SubmissionState,
)


class _Body(BaseModel):
    """The base of all response bodies: immutable, and made from records."""

    model_config = ConfigDict(frozen=True)

    @classmethod
    def from_record(cls, record: object, **more: object) -> Self:
        """Return a body whose fields have the values of the attributes of ``record``.

        ``more`` gives the fields that ``record`` does not have, or whose value it must not get.

        Raises:
            AttributeError: a field is neither in ``more`` nor an attribute of ``record``.
        """
        same = {name: getattr(record, name) for name in cls.model_fields if name not in more}
        return cls.model_validate(same | more)


class PlaceBody(_Body):
    """The place of a queued submission in the queue, and when its report is expected."""

    position: int = Field(
        ge=1, description="1-based position in the queue, in the order of grading as of now."
    )
    estimated_seconds: int | None = Field(
        description="Seconds until its report is expected, estimated from recent gradings; "
        "null if there are none, or no worker is grading."
    )


class SubmissionBody(_Body):
    """A stored submission and its state of grading. Times are in UTC."""

    id: str
    exercise: str
    student: str
    attempt: int = Field(description="Counts the student's submissions to the exercise from 1.")
    state: SubmissionState
    tries: int = Field(description="How often grading was started.")
    filename: str
    archive_sha256: str
    received_at: datetime
    graded_at: datetime | None
    problem: str = Field(description="Why it needs attention; staff see it.")
    superseded_by: str | None = Field(
        description="The newer attempt that replaced it before it was graded; it has no report."
    )
    queue: PlaceBody | None = Field(
        description="Its position while it is queued; only in an answer about this one submission."
    )
    links: dict[str, str] = Field(description="`self`, `report`, `archive`, `exercise`.")

    @staticmethod
    def of(
        record: SubmissionRecord, principal: Principal, place: QueuePosition | None = None
    ) -> SubmissionBody:
        """Return the body of ``record``; its ``problem`` is empty unless ``principal`` is staff.

        ``place`` is its position in the queue; ``None`` if it is not queued, or to leave that out.
        """
        return SubmissionBody.from_record(
            record,
            problem=record.problem if may(principal, Act.READ_FACTS) else "",
            queue=PlaceBody.from_record(place) if place else None,
            links=submission_links(record),
        )


def submission_links(record: SubmissionRecord) -> dict[str, str]:
    """Return the URL paths of ``record``, its report, archive and exercise.

    The keys are ``self``, ``report``, ``archive`` and ``exercise``.
    """
    own = f"{PREFIX}/submissions/{record.id}"
    return {
        "self": own,
        "report": f"{own}/report",
        "archive": f"{own}/archive",
        "exercise": f"{PREFIX}/exercises/{record.exercise}",
    }


class SubmissionsPage(_Body):
    """One page of submissions, newest first."""

    items: tuple[SubmissionBody, ...]
    next: str | None = Field(description="The address of the next page; null on the last.")


class ExerciseBody(_Body):
    """An exercise with the number of its newest rubric version."""

    id: str
    course: str
    title: str
    version: int
    links: dict[str, str] = Field(description="`rubric`, `submissions`.")

    @staticmethod
    def of(record: ExerciseRecord) -> ExerciseBody:
        """Return the body of ``record``."""
        own = f"{PREFIX}/exercises/{record.id}"
        return ExerciseBody.from_record(
            record,
            links={"rubric": f"{own}/rubric", "submissions": f"{own}/submissions"},
        )


class ExercisesPage(_Body):
    """One page of exercises, sorted by id."""

    items: tuple[ExerciseBody, ...]
    next: str | None = Field(description="The address of the next page; null on the last.")


class Sent(BaseModel):
    """The base of all request bodies: other fields than theirs are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class CreateRegrade(Sent):
    """Whose work is graded again by the newest rubric, and why."""

    scope: RegradeScope = Field(
        RegradeScope.COUNTED,
        description="`counted`: each student's newest attempt with a report; `all`: every attempt.",
    )
    reason: Annotated[str, StringConstraints(strip_whitespace=True)] = Field(
        min_length=1, max_length=500, description="Why; it is kept, and is in the audit log."
    )


class MarkBody(_Body):
    """The points of a student's newest attempt that has a report. Times are in UTC."""

    student: str
    attempt: int
    submission: str = Field(description="The id of that submission.")
    state: SubmissionState = Field(description="`queued` or `running` while it is graded again.")
    points: int | float | None = Field(description="Null while any points are withheld.")
    max_points: int | float
    rubric_version: int = Field(description="The version of the rubric that it was judged by.")
    received_at: datetime
    reported_at: datetime


class MarksBody(_Body):
    """The marks in an exercise of all students that have a report, sorted by student."""

    items: tuple[MarkBody, ...]


class TotalBody(_Body):
    """The total of a report."""

    points: int | float | None = Field(description="Null while any points are withheld.")
    max_points: int | float


class ReportEntryBody(_Body):
    """One of the reports of a submission. The time is in UTC."""

    id: str
    rubric_version: int
    graded_at: datetime
    total: TotalBody
    is_current: bool = Field(description="Whether it is the report that counts now.")
    links: dict[str, str] = Field(description="`self`.")

    @staticmethod
    def of(entry: ReportEntry, submission: SubmissionRecord) -> ReportEntryBody:
        """Return the body of ``entry``, a report of ``submission``."""
        own = f"{submission_links(submission)['self']}/reports/{entry.id}"
        total = TotalBody.from_record(entry.total)
        return ReportEntryBody.from_record(entry, total=total, links={"self": own})


class ReportsBody(_Body):
    """All reports of a submission, newest first."""

    items: tuple[ReportEntryBody, ...]


class RegradeProgressBody(_Body):
    """How many submissions of a regrade are in each state."""

    total: int
    waiting: int = Field(description="They wait for a worker, or one is grading them.")
    done: int = Field(description="They have their new report.")
    failed: int = Field(description="Grading failed on our side; a retry finishes them.")
    cancelled: int = Field(description="The regrade was cancelled before their turn came.")
    undone: int = Field(description="They have their old report back.")
    kept: int = Field(description="They were graded once more since, so undoing left them.")
    changed: int = Field(description="How many of `done` have another mark than before.")


class RegradeBody(_Body):
    """A batch that grades submissions of an exercise again. Times are in UTC."""

    id: str
    exercise: str
    rubric_version: int = Field(description="The newest version when it was created.")
    scope: RegradeScope
    reason: str
    created_at: datetime
    author: str = Field(description="The name of the token that created it.")
    cancelled_at: datetime | None
    undone_at: datetime | None
    progress: RegradeProgressBody
    links: dict[str, str] = Field(description="`self`, `items`, `exercise`.")

    @staticmethod
    def of(record: RegradeRecord) -> RegradeBody:
        """Return the body of ``record``."""
        progress = RegradeProgressBody.from_record(record.progress)
        return RegradeBody.from_record(record, progress=progress, links=regrade_links(record))


def regrade_links(record: RegradeRecord) -> dict[str, str]:
    """Return the URL paths of ``record``, its items and its exercise by these names."""
    own = f"{PREFIX}/regrades/{record.id}"
    exercise = f"{PREFIX}/exercises/{record.exercise}"
    return {"self": own, "items": f"{own}/items", "exercise": exercise}


class RegradesPage(_Body):
    """One page of regrades, newest first."""

    items: tuple[RegradeBody, ...]
    next: str | None = Field(description="The address of the next page; null on the last.")


class RegradeItemBody(_Body):
    """A submission of a regrade, with the totals of its old and its new report."""

    submission: str
    student: str
    attempt: int
    state: ItemState
    before: TotalBody
    after: TotalBody | None = Field(description="Null while there is no new report.")

    @staticmethod
    def of(item: RegradeItem) -> RegradeItemBody:
        """Return the body of ``item``."""
        return RegradeItemBody.from_record(
            item,
            before=TotalBody.from_record(item.before),
            after=TotalBody.from_record(item.after) if item.after else None,
        )


class RegradeItemsPage(_Body):
    """One page of the submissions of a regrade, sorted by id."""

    items: tuple[RegradeItemBody, ...]
    next: str | None = Field(description="The address of the next page; null on the last.")


class ReceivedBody(_Body):
    """An accepted webhook: the id of its submission, the same if the event is sent again."""

    id: str


class AuditBody(_Body):
    """One entry of the audit log. The time is in UTC."""

    id: str
    at: datetime
    actor: str = Field(description="A token's id, or a name such as `webhook:moodle`.")
    actor_name: str = Field(description="The token's name; empty where no token acted.")
    action: str = Field(description="Such as `archive.read` or `rubric.published`.")
    subject: str = Field(description="The id of what was changed or read.")
    course: str = Field(description="Empty where the act is about no course.")
    detail: dict[str, str | int]


class AuditPage(_Body):
    """One page of the audit log, newest first."""

    items: tuple[AuditBody, ...]
    next: str | None = Field(description="The address of the next page; null on the last.")


class HealthBody(_Body):
    """The state of the process: `status` is always `ok`."""

    status: str


class RetriedBody(_Body):
    """The answer to a retry of everything that needs attention."""

    retried: int = Field(description="How many submissions are queued again.")


class SandboxBody(_Body):
    """The sandbox in which a child process inspects students' files, and its limits."""

    confinement: str = Field(
        description="`landlock+seccomp`, `seccomp`, `landlock` or `rlimits`: what this host"
        " offers, or what was configured by name."
    )
    memory_bytes: int
    seconds: float = Field(description="Of CPU time, for a submission.")
    pair_seconds: float = Field(description="Of CPU time, for one check on one file.")


class PartBody(_Body):
    """A part that the service needs, and whether it works."""

    name: str
    title: str = Field(description="What the part does.")
    status: str = Field(description="`ok` or `failed`.")
    detail: str = Field(description="What is wrong; empty for `ok`.")
    figures: dict[str, float] = Field(
        description="What was measured. Of `queue`: `queued`, `running`, `needs_attention` and"
        " `oldest_queued_seconds`, which is 0 if nothing is queued."
    )


class ReadinessBody(_Body):
    """Whether every part that the service needs works."""

    status: str = Field(description="`ready`, or `unavailable` if a part has failed.")
    parts: tuple[PartBody, ...]
    sandbox: SandboxBody


class ProblemKindBody(_Body):
    """One kind of problem (error) that the API answers with: what it means and how to fix it."""

    type: str
    status: int
    title: str
    meaning: str
    how_to_fix: str


class ProblemKindsBody(_Body):
    """All kinds of problems that the API answers with."""

    items: tuple[ProblemKindBody, ...]
