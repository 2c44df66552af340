"""Routes of rubrics, which are read and published as the text that an instructor writes."""

from __future__ import annotations

from flask import Response, request
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag

from grader.domain.errors import BadRubric, RubricProblem
from grader.http.api.answers import best_of, json_answer
from grader.http.api.bodies import RubricBody
from grader.http.api.parameters import ExercisePath, RubricGetHeaders, RubricPutHeaders
from grader.http.auth import authenticate, caller
from grader.http.context import context
from grader.http.openapi import PREFIX, RUBRIC, allowed, answer, body, problems
from grader.http.problems.errors import UnsupportedType
from grader.service.access import Act
from grader.service.records import RubricRecord

#: The most bytes of a rubric's text. Chosen by hand.
MAX_BYTES = 65_536
YAML = "application/yaml"
#: Media types of a rubric that is sent. JSON is read as what it is, a form of YAML.
_SENT_TYPES = (YAML, "application/x-yaml", "text/yaml", "text/x-yaml", "application/json")
_ETAG = {"ETag": "The version, for If-Match and If-None-Match."}

blueprint = APIBlueprint(
    "rubrics",
    __name__,
    url_prefix=f"{PREFIX}/exercises",
    abp_tags=[Tag(name="rubrics", description="What exercises are marked on.")],
    abp_responses=problems(
        "bad-request", "unauthorized", "not-found", "too-many-requests", "store-unavailable"
    ),
)
blueprint.before_request(authenticate)


@blueprint.get(
    "/<slug:exercise>/rubric",
    operation_id="getRubric",
    security=allowed(Act.READ_EXERCISES),
    responses={
        "200": answer("The newest version.", YAML, json=RubricBody, headers=_ETAG),
        "304": answer("The version that is known already.", headers=_ETAG),
        **problems("not-acceptable"),
    },
)
def show(path: ExercisePath, header: RubricGetHeaders) -> Response:
    """Get the newest version of a rubric: its text as it was sent, or JSON with its version."""
    record = context().read.exercise(path.exercise, caller())
    kind = best_of((YAML, "application/json"))
    if kind == YAML:
        response = Response(record.text, mimetype=YAML)
    else:
        response = json_answer(RubricBody.from_record(record))
    _tagged(response, record).make_conditional(request)
    return response


@blueprint.put(
    "/<slug:exercise>/rubric",
    operation_id="putRubric",
    security=allowed(Act.PUBLISH),
    description="The next grading uses it; reports that there are stay as they are. The text is "
    "stored as it is sent: YAML with its comments, or JSON.",
    openapi_extensions=body({kind: RUBRIC for kind in _SENT_TYPES}, "The rubric."),
    responses={
        "200": answer("A new version.", json=RubricBody, headers=_ETAG),
        "201": answer("A new exercise.", json=RubricBody, headers=_ETAG | {"Location": "It."}),
        **problems(
            "forbidden",
            "conflict",
            "precondition-failed",
            "request-too-large",
            "unsupported-media-type",
            "invalid-rubric",
            "precondition-required",
        ),
    },
)
def publish(path: ExercisePath, header: RubricPutHeaders) -> Response:
    """Publish the next version of a rubric, or a new exercise; for instructors and admins."""
    principal = caller()
    sent = _read_text()
    record = context().publish(path.exercise, sent, if_match=header.if_match, principal=principal)
    response = json_answer(RubricBody.from_record(record), 201 if record.version == 1 else 200)
    response.headers["Location"] = request.path
    return _tagged(response, record)


def _tagged(response: Response, record: RubricRecord) -> Response:
    """Return ``response`` with the entity tag of ``record``; clients must ask before reuse."""
    response.headers["ETag"] = record.etag
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["Vary"] = "Accept, Authorization"
    return response


def _read_text() -> str:
    """Return the body of this request as text.

    Raises:
        UnsupportedType: the media type is neither YAML nor JSON.
        BadRubric: the body is not UTF-8; the error names the line.
    """
    if request.mimetype not in _SENT_TYPES:
        raise UnsupportedType(
            f"The rubric has the media type {request.mimetype or '(none)'!r}.",
            how_to_fix=f"Send it with Content-Type: {YAML} (curl --data-binary @rubric.yaml).",
            where="Content-Type",
        )
    request.max_content_length = MAX_BYTES
    data = request.get_data(cache=False)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise BadRubric([RubricProblem("is not UTF-8 text", line=line, column=1)]) from None
