"""JSON bodies of regrades, and of the reports that a submission had before them.

Their docstrings are shown in the description of the API.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import Field, StringConstraints

from grader.http.api.bodies import Body, Sent, submission_links
from grader.http.openapi import PREFIX
from grader.service.records import (
    ItemState,
    RegradeItem,
    RegradeRecord,
    RegradeScope,
    ReportEntry,
    SubmissionRecord,
)


class CreateRegrade(Sent):
    """Whose work is graded again by the newest rubric, and why."""

    scope: RegradeScope = Field(
        RegradeScope.COUNTED,
        description="`counted`: each student's newest attempt with a report; `all`: every attempt.",
    )
    reason: Annotated[str, StringConstraints(strip_whitespace=True)] = Field(
        min_length=1, max_length=500, description="Why; it is kept, and is in the audit log."
    )


class TotalBody(Body):
    """The total of a report."""

    points: int | float | None = Field(description="Null while any points are withheld.")
    max_points: int | float


class ReportEntryBody(Body):
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


class ReportsBody(Body):
    """All reports of a submission, newest first."""

    items: tuple[ReportEntryBody, ...]


class RegradeProgressBody(Body):
    """How many submissions of a regrade are in each state."""

    total: int
    waiting: int = Field(description="They wait for a worker, or one is grading them.")
    done: int = Field(description="They have their new report.")
    failed: int = Field(description="Grading failed on our side; a retry finishes them.")
    cancelled: int = Field(description="The regrade was cancelled before their turn came.")
    undone: int = Field(description="They have their old report back.")
    kept: int = Field(description="They were graded once more since, so undoing left them.")
    changed: int = Field(description="How many of `done` have another mark than before.")


class RegradeBody(Body):
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


class RegradesPage(Body):
    """One page of regrades, newest first."""

    items: tuple[RegradeBody, ...]
    next: str | None = Field(description="The address of the next page; null on the last.")


class RegradeItemBody(Body):
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


class RegradeItemsPage(Body):
    """One page of the submissions of a regrade, sorted by id."""

    items: tuple[RegradeItemBody, ...]
    next: str | None = Field(description="The address of the next page; null on the last.")
