"""Parameters of the routes, in the path, the query and the headers."""

from __future__ import annotations

from functools import cache
from typing import Annotated, Any

from pydantic import AfterValidator, AwareDatetime, BaseModel, Field
from werkzeug.routing import BaseConverter

from grader.exports.formats import FORMATS
from grader.service.records import SubmissionState


class SlugConverter(BaseConverter):
    """Ids in paths. Any other text matches no route, so it never reaches the database."""

    regex = r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}"


def _printable(value: str) -> str:
    if not value.isprintable():
        raise ValueError("holds control characters")
    return value


ShortText = Annotated[str, Field(max_length=200), AfterValidator(_printable)]
Cursor = Annotated[str, Field(max_length=300, pattern=r"^[!-~]*$")]


class Parameters(BaseModel):
    """Parameters whose schema is made once.

    The framework asks for it at every request, and making it takes longer than reading them.
    """

    @classmethod
    def model_json_schema(cls, *arguments: Any, **more: Any) -> dict[str, Any]:
        """See pydantic. The schema without arguments is cached, so callers must not change it."""
        if not arguments and not more:
            return _schema(cls)
        return super().model_json_schema(*arguments, **more)


@cache
def _schema(model: type[Parameters]) -> dict[str, Any]:
    return super(Parameters, model).model_json_schema()


class ExercisePath(Parameters):
    """Names an exercise."""

    exercise: str = Field(description="The exercise's id.")


class SubmissionPath(Parameters):
    """Names a submission."""

    submission: str = Field(description="The submission's id, as the upload was answered with.")


class SourcePath(Parameters):
    """Names a system that sends webhooks."""

    source: str = Field(description="The source's name.")


class ProblemPath(Parameters):
    """Names a kind of problem."""

    code: str = Field(description="The last part of a problem's type.")


class PageQuery(Parameters):
    """Which page of a listing."""

    cursor: Cursor = Field("", description="Where to go on: from the last page's `next`.")
    limit: int = Field(50, ge=1, le=200, description="The most items of a page.")


class SubmissionsQuery(PageQuery):
    """Which submissions of an exercise."""

    student: ShortText = Field("", description="Only this student's. A student sees their own.")
    state: SubmissionState | None = Field(None, description="Only those in this state.")


class AuditParameters(PageQuery):
    """Which entries of the audit log."""

    course: ShortText = Field("", description="Only of this course; an instructor has one only.")
    actor: ShortText = Field("", description="Only by this token (its id), or this source.")
    action: ShortText = Field("", description="Only this kind of act, such as `archive.read`.")
    subject: ShortText = Field("", description="Only about this id.")
    since: AwareDatetime | None = Field(None, description="From this time on (RFC 3339).")
    until: AwareDatetime | None = Field(None, description="Before this time (RFC 3339).")


def _describe_formats(schema: dict[str, Any]) -> None:
    """Add the names of all forms to `schema`; the default, no name, is none of them."""
    schema["enum"] = list(FORMATS)
    del schema["default"]


class FormatQuery(Parameters):
    """In which form a report is wanted."""

    # Its values are described, not validated: an unknown one is answered with 406, not 400.
    format: ShortText = Field(
        "",
        description="The form of the report; goes before Accept.",
        json_schema_extra=_describe_formats,
    )


class UploadQuery(FormatQuery):
    """What a raw body cannot say about itself."""

    student: ShortText = Field("", description="Who hands in, where no form field says it.")
    filename: ShortText = Field("", description="What the file is called, for a raw body.")


class UploadHeaders(Parameters):
    """How an upload is to be taken."""

    idempotency_key: str = Field(
        "", alias="Idempotency-Key", description="Sent again, it answers with the first submission."
    )
    prefer: str = Field(
        "", alias="Prefer", description="`wait=30` answers with the report, if it takes no longer."
    )


class RubricGetHeaders(Parameters):
    """The version that the client already has."""

    if_none_match: str = Field(
        "", alias="If-None-Match", description="An ETag; 304 if it is still current."
    )


class RubricPutHeaders(Parameters):
    """Which version is being changed."""

    if_match: str = Field(
        "", alias="If-Match", description="The ETag of the version that was edited."
    )
