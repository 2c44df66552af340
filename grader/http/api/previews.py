"""Routes of previews: what a draft of a rubric would give each student, before it counts."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from flask import Response, request
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag
from flask_openapi3.types import ResponseDict

from grader.exports.classes.preview import preview_table
from grader.http.api.answers import RETRY_SECONDS, best_of, json_answer
from grader.http.api.downloads import attachment
from grader.http.api.parameters import ExercisePath, PreviewHeaders, PreviewPath, PreviewQuery
from grader.http.api.preview_bodies import PreviewBody
from grader.http.api.rubric_bodies import RUBRIC_BODY, read_sent_rubric
from grader.http.auth import authenticate, caller
from grader.http.context import context
from grader.http.openapi import PREFIX, allowed, answer, problems
from grader.http.waiting import wanted_wait
from grader.service.access import Act
from grader.service.records import PreviewRecord

_HEADERS = {"Location": "The preview.", "Preference-Applied": "With `Prefer`: the wait."}
_ANSWERS: ResponseDict = {
    "200": answer("The whole effect.", "text/csv", json=PreviewBody, headers=_HEADERS),
    "202": answer(
        "The effect as far as it is measured; ask for the rest at `Location`.",
        "text/csv",
        json=PreviewBody,
        headers=_HEADERS | {"Retry-After": "Seconds until there may be more."},
    ),
}
#: Without a body it is the stored draft.
_BODY = {"requestBody": {**RUBRIC_BODY["requestBody"], "required": False}}

blueprint = APIBlueprint(
    "previews",
    __name__,
    url_prefix=PREFIX,
    abp_tags=[Tag(name="rubrics")],
    abp_responses=problems(
        "bad-request",
        "unauthorized",
        "forbidden",
        "not-found",
        "not-acceptable",
        "too-many-requests",
        "overloaded",
        "store-unavailable",
    ),
)
blueprint.before_request(authenticate)


@blueprint.post(
    "/exercises/<slug:exercise>/rubric/preview",
    operation_id="previewRubric",
    security=allowed(Act.PREVIEW),
    description="Each student's counted attempt is judged by the rubric that is sent or, without a "
    "body, by the stored draft. It publishes nothing and changes no points. What nobody has "
    "measured yet, the workers measure while no upload waits: 202 says that some is missing.",
    openapi_extensions=_BODY,
    responses={
        **_ANSWERS,
        **problems("conflict", "request-too-large", "unsupported-media-type", "invalid-rubric"),
    },
)
def preview(path: ExercisePath, query: PreviewQuery, header: PreviewHeaders) -> Response:
    """See what a draft would give each student; for instructors and admins."""
    previews, principal = context().preview, caller()
    if request.content_length or request.headers.get("Transfer-Encoding"):
        record = previews.of_text(path.exercise, read_sent_rubric(), principal)
    else:
        record = previews.of_draft(path.exercise, principal)
    return _answer(record, query, wanted_wait(header.prefer))


@blueprint.get(
    "/previews/<slug:preview>",
    operation_id="getPreview",
    security=allowed(Act.PREVIEW),
    responses={**_ANSWERS, **problems("invalid-rubric")},
)
def show(path: PreviewPath, query: PreviewQuery, header: PreviewHeaders) -> Response:
    """Get a preview again, with what was measured meanwhile, as JSON or CSV."""
    principal = caller()
    record = context().preview.get(path.preview, principal)
    context().access_log.record_marks_read(principal, record.exercise, record.course)
    return _answer(record, query, wanted_wait(header.prefer))


def _answer(record: PreviewRecord, query: PreviewQuery, seconds: int) -> Response:
    """Return the preview ``record``, complete (200) or not (202), after ``seconds`` at most."""
    kind = best_of(["application/json", "text/csv"])
    pass_mark = Fraction(str(query.pass_mark)) / 100
    limit = query.limit if kind == "application/json" else 0
    previews = context().preview
    found = previews.look(record, pass_mark, limit)
    waited = bool(seconds and not found.is_complete) and context().waiting.until(
        record.id, _measured(record), seconds
    )
    if waited:
        found = previews.look(record, pass_mark, limit)
    status = 200 if found.is_complete else 202
    if kind == "text/csv":
        table = preview_table(tuple(found.effect.criteria), previews.students(record))
        response = Response(table, status, mimetype=kind)
        name = attachment(f"{record.exercise}-preview.csv")
        response.headers["Content-Disposition"] = name
    else:
        response = json_answer(PreviewBody.of(found, query.pass_mark), status)
    response.headers["Location"] = f"{PREFIX}/previews/{record.id}"
    response.headers["Vary"] = "Accept, Authorization"
    if waited:
        response.headers["Preference-Applied"] = f"wait={seconds}"
    if not found.is_complete:
        response.headers["Retry-After"] = str(RETRY_SECONDS)
    return response


def _measured(record: PreviewRecord) -> Callable[[], bool]:
    """Return a function that says whether all is measured that ``record`` needs."""
    previews = context().preview
    return lambda: previews.is_measured(record)
