"""JSON bodies about golden samples."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field

from grader.domain.samples import SamplePoints
from grader.http.api.bodies import Body, Sent
from grader.http.openapi import PREFIX
from grader.service.records import SampleRecord


class SampleBody(Body):
    """A golden sample: a program of an exercise whose points are known. The time is in UTC."""

    exercise: str
    name: str
    filename: str
    archive_sha256: str
    expected: SamplePoints = Field(description="What it should earn.")
    updated_at: datetime
    updated_by: str = Field(description="A token's id, or `seed` for one shipped with Grader.")
    links: dict[str, str] = Field(description="`self`, `archive`, `exercise`.")

    @staticmethod
    def of(record: SampleRecord) -> SampleBody:
        """Return the body of ``record``."""
        exercise = f"{PREFIX}/exercises/{record.exercise}"
        own = f"{exercise}/samples/{record.name}"
        return SampleBody.from_record(
            record, links={"self": own, "archive": f"{own}/archive", "exercise": exercise}
        )


class SamplesBody(Body):
    """All golden samples of an exercise, sorted by name."""

    items: tuple[SampleBody, ...]


class ExpectedBody(Sent):
    """The request that changes what a golden sample should earn."""

    expected: SamplePoints
