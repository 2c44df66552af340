"""Bodies of JSON responses. Their docstrings are shown in the description of the API."""

from __future__ import annotations

from datetime import datetime
from typing import Self

from pydantic import BaseModel, ConfigDict, Field

from grader.http.openapi import PREFIX
from grader.service.access import Act, Principal, may
from grader.service.estimate import QueuePosition
from grader.service.records import (
    ExerciseRecord,
    SubmissionRecord,
    SubmissionState,
)


class Body(BaseModel):
    """The base of all response bodies: immutable, and made from records."""

    model_config = ConfigDict(frozen=True, from_attributes=True)

    @classmethod
    def from_record(cls, record: object, **more: object) -> Self:
        """Return a body whose fields have the values of the attributes of ``record``.

        ``more`` gives the fields that ``record`` does not have, or whose value it must not get.

        Raises:
            AttributeError: a field is neither in ``more`` nor an attribute of ``record``.
        """
        same = {name: getattr(record, name) for name in cls.model_fields if name not in more}
        return cls.model_validate(same | more)


class PlaceBody(Body):
    """The place of a queued submission in the queue, and when its report is expected."""

    position: int = Field(
        ge=1, description="1-based position in the queue, in the order of grading as of now."
    )
    estimated_seconds: int | None = Field(
        description="Seconds until its report is expected, estimated from recent gradings; "
        "null if there are none, or no worker is grading."
    )


class SubmissionBody(Body):
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


class SubmissionsPage(Body):
    """One page of submissions, newest first."""

    items: tuple[SubmissionBody, ...]
    next: str | None = Field(description="The address of the next page; null on the last.")


class ExerciseBody(Body):
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


class ExercisesPage(Body):
    """One page of exercises, sorted by id."""

    items: tuple[ExerciseBody, ...]
    next: str | None = Field(description="The address of the next page; null on the last.")


class Sent(BaseModel):
    """The base of all request bodies: other fields than theirs are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class MarkBody(Body):
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


class MarksBody(Body):
    """The marks in an exercise of all students that have a report, sorted by student."""

    items: tuple[MarkBody, ...]


class ReceivedBody(Body):
    """An accepted webhook: the id of its submission, the same if the event is sent again."""

    id: str


class AuditBody(Body):
    """One entry of the audit log. The time is in UTC."""

    id: str
    at: datetime
    actor: str = Field(description="A token's id, or a name such as `webhook:moodle`.")
    actor_name: str = Field(description="The token's name; empty where no token acted.")
    action: str = Field(description="Such as `archive.read` or `rubric.published`.")
    subject: str = Field(description="The id of what was changed or read.")
    course: str = Field(description="Empty where the act is about no course.")
    detail: dict[str, str | int]


class AuditPage(Body):
    """One page of the audit log, newest first."""

    items: tuple[AuditBody, ...]
    next: str | None = Field(description="The address of the next page; null on the last.")


class HealthBody(Body):
    """The state of the process: `status` is always `ok`."""

    status: str


class RetriedBody(Body):
    """The answer to a retry of everything that needs attention."""

    retried: int = Field(description="How many submissions are queued again.")


class SandboxBody(Body):
    """The sandbox in which a child process inspects students' files, and its limits."""

    confinement: str = Field(
        description="`landlock+seccomp`, `seccomp`, `landlock` or `rlimits`: what this host"
        " offers, or what was configured by name."
    )
    memory_bytes: int
    seconds: float = Field(description="Of CPU time, for a submission.")
    pair_seconds: float = Field(description="Of CPU time, for one check on one file.")


class PartBody(Body):
    """A part that the service needs, and whether it works."""

    name: str
    title: str = Field(description="What the part does.")
    status: str = Field(description="`ok` or `failed`.")
    detail: str = Field(description="What is wrong; empty for `ok`.")
    figures: dict[str, float] = Field(
        description="What was measured. Of `queue`: `queued`, `running`, `needs_attention` and"
        " `oldest_queued_seconds`, which is 0 if nothing is queued."
    )


class ReadinessBody(Body):
    """Whether every part that the service needs works."""

    status: str = Field(description="`ready`, or `unavailable` if a part has failed.")
    parts: tuple[PartBody, ...]
    sandbox: SandboxBody


class ProblemKindBody(Body):
    """One kind of problem (error) that the API answers with: what it means and how to fix it."""

    type: str
    status: int
    title: str
    meaning: str
    how_to_fix: str


class ProblemKindsBody(Body):
    """All kinds of problems that the API answers with."""

    items: tuple[ProblemKindBody, ...]
