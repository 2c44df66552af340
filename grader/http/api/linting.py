"""The route that lints a rubric which is not published, nor stored in any other way."""

from __future__ import annotations

from flask import Response
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag

from grader.http.api.answers import json_answer
from grader.http.api.rubric_bodies import RUBRIC_BODY, read_sent_rubric
from grader.http.api.rubric_models import LintBody
from grader.http.auth import authenticate
from grader.http.context import context
from grader.http.openapi import PREFIX, allowed, answer, problems
from grader.service.access import Act

blueprint = APIBlueprint(
    "linting",
    __name__,
    url_prefix=f"{PREFIX}/rubrics",
    abp_tags=[Tag(name="rubrics")],
    abp_responses=problems("bad-request", "unauthorized", "too-many-requests", "store-unavailable"),
)
blueprint.before_request(authenticate)


@blueprint.post(
    "/validate",
    operation_id="validateRubric",
    security=allowed(Act.PUBLISH),
    description="Nothing is stored or graded. `grader rubric lint` says the same, and grades a few "
    "programs besides.",
    openapi_extensions=RUBRIC_BODY,
    responses={
        "200": answer("What is wrong with it, or advice.", json=LintBody),
        **problems("forbidden", "request-too-large", "unsupported-media-type", "invalid-rubric"),
    },
)
def validate() -> Response:
    """List every mistake of a rubric, or else advice on it."""
    return json_answer(LintBody.of(context().lint(read_sent_rubric())))
