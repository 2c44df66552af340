"""Submissions: where they stand, their reports, facts and archives, and another try."""

from __future__ import annotations

import re

from flask import Response
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag

from grader.api.answers import (
    accepted_answer,
    json_answer,
    not_yet_answer,
    report_answer,
    status_answer,
    wanted_export,
)
from grader.api.auth import authenticate, caller
from grader.api.bodies import SubmissionBody
from grader.api.describe import BEARER, PREFIX, answer, problems
from grader.api.doors import doors
from grader.api.parameters import FormatQuery, SubmissionPath
from grader.domain.errors import Forbidden
from grader.domain.facts import SubmissionFacts
from grader.domain.report import Report
from grader.service.publish import may_edit
from grader.service.read import require_editor
from grader.service.records import Role

NOT_YET = answer(
    "There is no report yet.",
    json=SubmissionBody,
    headers={"Location": "The submission.", "Retry-After": "Seconds until it may be there."},
)
REPORT = answer(
    "The report, in the form that was asked for.",
    "text/plain",
    "text/markdown",
    "text/html",
    json=Report,
    headers={"Grader-Status": "`graded` or `needs_attention`."},
)

blueprint = APIBlueprint(
    "submissions",
    __name__,
    url_prefix=f"{PREFIX}/submissions",
    abp_tags=[Tag(name="submissions", description="What was handed in, and what came of it.")],
    abp_security=BEARER,
    abp_responses=problems("unauthorized", "not-found", "store-unavailable"),
)
blueprint.before_request(authenticate)


@blueprint.get(
    "/<slug:submission>",
    operation_id="getSubmission",
    responses={
        "200": answer(
            "The submission.",
            json=SubmissionBody,
            headers={"Retry-After": "While it waits: seconds until its report may be there."},
        )
    },
)
def show(path: SubmissionPath) -> Response:
    """Where a submission stands; while it waits, its place and when to expect its report."""
    token = caller()
    return status_answer(doors().read.submission(path.submission, token), token)


@blueprint.get(
    "/<slug:submission>/report",
    operation_id="getReport",
    responses={
        "200": REPORT,
        "202": NOT_YET,
        **problems("bad-request", "not-acceptable", "superseded"),
    },
)
def report(path: SubmissionPath, query: FormatQuery) -> Response:
    """The newest report of a submission, as JSON, text, Markdown or HTML."""
    token = caller()
    record = doors().read.submission(path.submission, token)
    export = wanted_export(query.format)
    found = doors().read.report(path.submission, token)
    return report_answer(found, export) if found else not_yet_answer(record, token)


@blueprint.get(
    "/<slug:submission>/facts",
    operation_id="getFacts",
    responses={
        "200": answer("The facts.", json=SubmissionFacts),
        "202": NOT_YET,
        **problems("forbidden", "superseded"),
    },
)
def facts(path: SubmissionPath) -> Response:
    """What was measured, before any rubric judged it; for instructors."""
    token = caller()
    record = doors().read.submission(path.submission, token)
    require_editor(token)
    found = doors().store.submissions.facts(path.submission)
    return json_answer(found) if found else not_yet_answer(record, token)


@blueprint.get(
    "/<slug:submission>/archive",
    operation_id="getArchive",
    responses={
        "200": answer(
            "The bytes that were handed in.",
            "application/octet-stream",
            headers={"Content-Disposition": "An attachment with a file name."},
        ),
        **problems("forbidden"),
    },
)
def archive(path: SubmissionPath) -> Response:
    """The very bytes that were handed in; for instructors and the student who sent them."""
    token = caller()
    doors().read.submission(path.submission, token)
    if token.role is not Role.STUDENT and not may_edit(token):
        raise Forbidden(
            f"A token with the role {token.role.value} may not read archives.",
            how_to_fix="Use an instructor's token, or that of the student who handed it in.",
        )
    data, filename = doors().store.submissions.archive(path.submission)
    response = Response(data, mimetype="application/octet-stream")
    safe = re.sub(r"[^A-Za-z0-9._-]", "_", filename).lstrip(".") or "submission"
    response.headers["Content-Disposition"] = f'attachment; filename="{safe}"'
    return response


@blueprint.post(
    "/<slug:submission>/retry",
    operation_id="retrySubmission",
    responses={
        "202": answer("Queued again.", json=SubmissionBody, headers={"Location": "It."}),
        **problems("forbidden", "conflict"),
    },
)
def retry(path: SubmissionPath) -> Response:
    """Grade a submission again that needs attention; for instructors."""
    token = caller()
    doors().read.submission(path.submission, token)
    require_editor(token)
    return accepted_answer(doors().retry(path.submission, token.id), token)
