"""Parameters of the routes, in the path, the query and the headers."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from typing import Annotated, Any

from pydantic import AfterValidator, AwareDatetime, BaseModel, Field
from werkzeug.routing import BaseConverter

from grader.domain.samples import Expected
from grader.exports.formats import FORMATS
from grader.service.records import SubmissionState


class SlugConverter(BaseConverter):
    """A URL converter for ids of at most 64 ASCII letters, digits, ``-`` and ``_``.

    They begin with a letter or digit, e.g. ``oop-1``, ``A_b``; not ``-a``, ``a.b``. An address with
    any other text there matches no route, so it never reaches the database.
    """

    regex = r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}"


def _printable(value: str) -> str:
    """Return ``value``; raise ValueError if it has control characters, e.g. a line break."""
    if not value.isprintable():
        raise ValueError("holds control characters")
    return value


def _in_utc(value: datetime) -> datetime:
    """Return ``value`` in UTC; raise ValueError if UTC has no such year, e.g. 10000."""
    try:
        return value.astimezone(UTC)
    except OverflowError:
        raise ValueError("is before the year 1 or after the year 9999 in UTC") from None


#: An instant with its time zone, in UTC, e.g. ``2026-11-30T12:00:00+01:00``.
Instant = Annotated[AwareDatetime, AfterValidator(_in_utc)]
#: A name or id in a query. 200 and 300 characters are chosen by hand.
ShortText = Annotated[str, Field(max_length=200), AfterValidator(_printable)]
#: A page cursor: printable ASCII, e.g. ``YWZ0ZXI6YQ``; not ``a b``.
Cursor = Annotated[str, Field(max_length=300, pattern=r"^[!-~]*$")]


#: What is said about a version. 500 characters are chosen by hand.
Message = Annotated[str, Field(max_length=500), AfterValidator(_printable)]
#: The highest number of a version that is looked for. Chosen by hand.
MAX_VERSION = 1_000_000


class Parameters(BaseModel):
    """The base of all models of parameters (path, query, headers).

    Its JSON schema is built once per class: the framework asks for it at every request, and
    building it takes longer than parsing the parameters.
    """

    @classmethod
    def model_json_schema(cls, *arguments: Any, **more: Any) -> dict[str, Any]:
        """Return the JSON schema; without arguments a cached one, which must not be changed."""
        if not arguments and not more:
            return _schema(cls)
        return super().model_json_schema(*arguments, **more)


@cache
def _schema(model: type[Parameters]) -> dict[str, Any]:
    """Return the JSON schema of ``model``, built at the first call."""
    return super(Parameters, model).model_json_schema()


class ExercisePath(Parameters):
    """The path parameter of a route about an exercise: its id."""

    exercise: str = Field(description="The exercise's id.")


class VersionPath(ExercisePath):
    """The path parameters of a route about a version of a rubric: exercise and number."""

    version: int = Field(ge=1, le=MAX_VERSION, description="The number of the version.")


class SamplePath(ExercisePath):
    """The path parameters of a route about a golden sample: its exercise and its name."""

    sample: str = Field(description="The sample's name.")


class SampleQuery(Parameters):
    """The query parameters of storing a golden sample: what it should earn, and its file name.

    Without ``expected`` an existing sample keeps what it should earn.
    """

    expected: Expected | None = Field(
        None,
        description="The points that it should earn; needed for a new sample.",
    )
    filename: ShortText = Field("", description="What the file is called.")


class SubmissionPath(Parameters):
    """The path parameter of a route about a submission: its id."""

    submission: str = Field(description="The submission's id, as the upload was answered with.")


class ReportPath(SubmissionPath):
    """The path parameters of a route about one report of a submission: the ids of both."""

    report: str = Field(description="The report's id, from the list of reports.")


class RegradePath(Parameters):
    """The path parameter of a route about a regrade: its id."""

    regrade: str = Field(description="The regrade's id.")


class PreviewPath(Parameters):
    """The path parameter of a route about a preview: its id."""

    preview: str = Field(description="The preview's id, as the request for it was answered with.")


class SourcePath(Parameters):
    """The path parameter of a route about a source, a system that sends webhooks: its name."""

    source: str = Field(description="The source's name.")


class ProblemPath(Parameters):
    """The path parameter of a route about a kind of problem (error): its code."""

    code: str = Field(description="The last part of a problem's type.")


class PageQuery(Parameters):
    """The query parameters that choose a page of a listing.

    ``cursor`` says where to go on, empty for the first page; ``limit`` is the most items of a page,
    1 to 200, by default 50.
    """

    cursor: Cursor = Field("", description="Where to go on: from the last page's `next`.")
    limit: int = Field(50, ge=1, le=200, description="The most items of a page.")


class SubmissionsQuery(PageQuery):
    """The query parameters of a listing of submissions: filters by student and state, and the page.

    An empty ``student``, or ``None`` as ``state``, does not filter.
    """

    student: ShortText = Field("", description="Only this student's. A student sees their own.")
    state: SubmissionState | None = Field(None, description="Only those in this state.")


class AuditParameters(PageQuery):
    """The query parameters of a listing of the audit log: filters and the page.

    Empty texts and ``None`` do not filter. ``since`` is included, ``until`` is not.
    """

    course: ShortText = Field("", description="Only of this course; an instructor has one only.")
    actor: ShortText = Field("", description="Only by this token (its id), or this source.")
    action: ShortText = Field("", description="Only this kind of act, such as `archive.read`.")
    subject: ShortText = Field("", description="Only about this id.")
    since: Instant | None = Field(None, description="From this time on (RFC 3339).")
    until: Instant | None = Field(None, description="Before this time (RFC 3339).")


class RetryQuery(Parameters):
    """The query parameters of a retry of everything that needs attention. Empty: no limit."""

    course: ShortText = Field("", description="Only of this course; staff of one have one only.")
    exercise: ShortText = Field("", description="Only of this exercise.")


def _describe_formats(schema: dict[str, Any]) -> None:
    """Add the names of all forms to ``schema``; remove its default, which is no form's name."""
    schema["enum"] = list(FORMATS)
    del schema["default"]


class FormatQuery(Parameters):
    """The query parameter that chooses the form of a report, such as ``json``.

    If it is empty, the header ``Accept`` chooses. Unknown names are accepted here: the route
    refuses them.
    """

    # The names are in the schema but are not validated: an unknown one gets 406, not 400.
    format: ShortText = Field(
        "",
        description="The form of the report; goes before Accept.",
        json_schema_extra=_describe_formats,
    )


class UploadQuery(FormatQuery):
    """The query parameters of an upload: the form of its report, the student, the file name.

    ``student`` and ``filename`` are for a raw body, i.e. the file without a form around it. With a
    form they are only needed if that has none, and must not differ from those in it.
    """

    student: ShortText = Field("", description="Who hands in, where no form field says it.")
    filename: ShortText = Field("", description="What the file is called, for a raw body.")


class UploadHeaders(Parameters):
    """The headers of an upload: its idempotency key, and whether to wait for the report.

    A header that is not sent is empty. ``prefer`` is not checked here.
    """

    idempotency_key: str = Field(
        "", alias="Idempotency-Key", description="Sent again, it answers with the first submission."
    )
    prefer: str = Field(
        "", alias="Prefer", description="`wait=30` answers with the report, if it takes no longer."
    )


class OverrideQuery(Parameters):
    """The query parameter of a route that publishes: why, although golden samples earn less."""

    override: Message = Field(
        "",
        description="A reason to publish although golden samples do not earn what they should: it "
        "is kept in the audit log, and the new points are expected from now on.",
    )


class PublishQuery(OverrideQuery):
    """The query parameters of a route that publishes: what is said about the version, and why."""

    message: Message = Field("", description="What the change is about; kept with the version.")


class DraftQuery(Parameters):
    """The query parameter of a route that changes a draft: whether it begins from a new base."""

    rebase: bool = Field(
        False, description="Whether the draft now follows the newest version; see 412 of `publish`."
    )


class PreviewQuery(Parameters):
    """The query parameters of a preview: the pass mark in percent, and the most students listed."""

    pass_mark: float = Field(
        50, ge=0, le=100, allow_inf_nan=False, description="In percent of the most points."
    )
    limit: int = Field(
        200, ge=0, le=1000, description="The most students listed; those that change most."
    )


class PreviewHeaders(Parameters):
    """The header of a preview that says whether to wait for the workers. Empty if not sent."""

    prefer: str = Field(
        "", alias="Prefer", description="`wait=30` waits until all is measured, at most as long."
    )


class DiffQuery(Parameters):
    """The query parameter of a comparison: the other version."""

    against: int | None = Field(
        None, ge=1, le=MAX_VERSION, description="The older version; by default the one before."
    )


class RubricGetHeaders(Parameters):
    """The header ``If-None-Match``: the entity tag of the rubric version that the client has.

    It is empty if it was not sent.
    """

    if_none_match: str = Field(
        "", alias="If-None-Match", description="An ETag; 304 if it is still current."
    )


class RubricPutHeaders(Parameters):
    """The header ``If-Match``: the entity tag of the rubric version that the client has edited.

    It is empty if it was not sent.
    """

    if_match: str = Field(
        "", alias="If-Match", description="The ETag of the version that was edited."
    )


class PublishHeaders(RubricPutHeaders):
    """The headers of a route that publishes: the version that was edited, and whether to wait."""

    prefer: str = Field(
        "", alias="Prefer", description="`wait=30` waits until golden samples are measured."
    )
