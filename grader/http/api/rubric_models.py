"""Bodies about rubrics: versions, drafts, comparisons, and what is sent to change them.

Their docstrings are shown in the description of the API.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Self

from pydantic import Field

from grader.domain.rubric.advice import Linted
from grader.domain.rubric.values import Slug
from grader.http.api.bodies import Body, Sent
from grader.http.api.parameters import MAX_VERSION, Message
from grader.http.api.regrade_bodies import CreateRegrade
from grader.http.openapi import PREFIX
from grader.http.problems import Mistake
from grader.service.records import RubricRecord
from grader.service.versions import RubricDiff


class RubricBody(Body):
    """A published version of a rubric; ``text`` is its source as it was sent."""

    exercise: str
    course: str
    version: int
    digest: str = Field(description="SHA-256 of the text.")
    text: str


class LintBody(Body):
    """What is wrong with a rubric, or else advice on it; each with its line and column.

    ``valid`` is whether it could be published. At most 50 of either are listed; ``more`` is the
    number of the others. ``total`` are its points, 0 if it is not valid.
    """

    valid: bool
    title: str
    criteria: int
    total: float
    mistakes: tuple[Mistake, ...]
    advice: tuple[Mistake, ...]
    more: int

    @classmethod
    def of(cls, linted: Linted) -> LintBody:
        """Return ``linted`` as it is sent."""
        rubric = linted.rubric
        return cls(
            valid=rubric is not None,
            title=rubric.title if rubric else "",
            criteria=len(rubric.criteria) if rubric else 0,
            total=float(rubric.total) if rubric else 0,
            mistakes=tuple(map(Mistake.of, linted.mistakes)),
            advice=tuple(map(Mistake.of, linted.advice)),
            more=linted.more,
        )


class VersionState(StrEnum):
    """The state of a published version: the newest is `published`, all others are `superseded`."""

    PUBLISHED = "published"
    SUPERSEDED = "superseded"


class VersionBody(Body):
    """A version of a rubric without its text. The time is in UTC."""

    version: int
    state: VersionState
    author: str = Field(description="The name of the token that published it; or `seed`.")
    created_at: datetime
    message: str = Field(description="What its author said about it; may be empty.")
    digest: str = Field(description="SHA-256 of the text.")
    links: dict[str, str] = Field(description="`self`, `diff`, `restore`.")

    @classmethod
    def of(cls, record: RubricRecord, newest: int) -> Self:
        """Return the body of ``record``; ``newest`` is the number of the newest version."""
        is_newest = record.version == newest
        own = f"{PREFIX}/exercises/{record.exercise}/rubric/versions/{record.version}"
        return cls.from_record(
            record,
            state=VersionState.PUBLISHED if is_newest else VersionState.SUPERSEDED,
            links={"self": own, "diff": f"{own}/diff", "restore": f"{own}/restore"},
        )


class VersionTextBody(VersionBody):
    """A version of a rubric; ``text`` is its source as it was sent."""

    text: str


class VersionsPage(Body):
    """One page of the versions of a rubric, newest first."""

    items: tuple[VersionBody, ...]
    next: str | None = Field(description="The address of the next page; null on the last.")


class DraftBody(Body):
    """The draft of an exercise's next rubric version; ``text`` is its source as it was sent."""

    exercise: str
    course: str
    revision: int = Field(description="Counts the changes of the draft from 1.")
    base_version: int = Field(description="The version that it was begun from; 0 without one.")
    author: str = Field(description="The name of the token that changed it last.")
    updated_at: datetime
    digest: str = Field(description="SHA-256 of the text.")
    text: str


class ChangeBody(Body):
    """One difference between two rubrics, in words."""

    criterion: str = Field(description="Its id; empty where the rubric as a whole differs.")
    text: str = Field(description="Such as `Docstrings: 10 -> 15 points`.")


class DiffBody(Body):
    """How one rubric differs from another."""

    before: str = Field(description="Such as `version 3`.")
    after: str = Field(description="Such as `version 4` or `draft`.")
    changes: tuple[ChangeBody, ...] = Field(description="Empty where only comments differ.")
    text: str = Field(description="The difference of the texts, as a unified diff.")

    @staticmethod
    def of(diff: RubricDiff) -> DiffBody:
        """Return the body of ``diff``."""
        changes = tuple(ChangeBody.from_record(change) for change in diff.changes)
        return DiffBody.from_record(diff, changes=changes)


class PublishDraft(Sent):
    """How a draft is published."""

    message: Message = Field("", description="What the change is about; kept with the version.")
    override: Message = Field(
        "", description="A reason to publish although golden samples do not earn what they should."
    )
    regrade: CreateRegrade | None = Field(
        None, description="What is graded again by it; nothing without this."
    )


class CopyRubric(Sent):
    """Where a rubric is copied to."""

    exercise: Slug = Field(description="The exercise whose draft it becomes. It may be new.")
    course: Slug | None = Field(None, description="Its course; by default that of the rubric.")
    version: int = Field(0, ge=0, le=MAX_VERSION, description="By default (0) the newest.")
