"""Routes of submissions: their state, reports, facts and archives, and grading again."""

from __future__ import annotations

from flask import Response
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag

from grader.domain.errors import NotFound
from grader.domain.facts import SubmissionFacts
from grader.domain.report import Report
from grader.exports.formats import FORMATS
from grader.http.api.answers import (
    accepted_answer,
    json_answer,
    not_yet_answer,
    report_answer,
    status_answer,
    wanted_export,
)
from grader.http.api.bodies import RetriedBody, SubmissionBody
from grader.http.api.downloads import attachment, download_name
from grader.http.api.parameters import FormatQuery, ReportPath, RetryQuery, SubmissionPath
from grader.http.api.regrade_bodies import ReportEntryBody, ReportsBody
from grader.http.auth import authenticate, caller
from grader.http.context import context
from grader.http.openapi import PREFIX, allowed, answer, problems
from grader.service.access import Act

#: The media types of the forms that a browser saves instead of showing them.
_SAVED = " or ".join(
    f"`{one.media_type}`" for one in FORMATS.values() if "Content-Disposition" in one.headers()
)
NOT_YET = answer(
    "There is no report yet.",
    json=SubmissionBody,
    headers={"Location": "The submission.", "Retry-After": "Seconds until it may be there."},
)
REPORT = answer(
    "The report, in the form that was asked for.",
    *(one.media_type for one in FORMATS.values()),
    json=Report,
    headers={
        "Grader-Status": "`graded` or `needs_attention`.",
        "Content-Disposition": f"With {_SAVED}: an attachment with a file name.",
    },
)

blueprint = APIBlueprint(
    "submissions",
    __name__,
    url_prefix=f"{PREFIX}/submissions",
    abp_tags=[Tag(name="submissions", description="What was handed in, and what came of it.")],
    abp_responses=problems(
        "bad-request", "unauthorized", "not-found", "too-many-requests", "store-unavailable"
    ),
)
blueprint.before_request(authenticate)


@blueprint.get(
    "/<slug:submission>",
    operation_id="getSubmission",
    security=allowed(Act.READ_SUBMISSIONS),
    responses={
        "200": answer(
            "The submission.",
            json=SubmissionBody,
            headers={"Retry-After": "While it waits: seconds until its report may be there."},
        )
    },
)
def show(path: SubmissionPath) -> Response:
    """Get the state of a submission; while it is queued, its position and estimated wait."""
    principal = caller()
    return status_answer(context().read.submission(path.submission, principal), principal)


@blueprint.get(
    "/<slug:submission>/report",
    operation_id="getReport",
    security=allowed(Act.READ_SUBMISSIONS),
    responses={
        "200": REPORT,
        "202": NOT_YET,
        **problems("not-acceptable", "superseded"),
    },
)
def report(path: SubmissionPath, query: FormatQuery) -> Response:
    """Get the newest report in the form of `format`, or else of `Accept`; 202 if there is none."""
    principal = caller()
    record = context().read.submission(path.submission, principal)
    export = wanted_export(query.format)
    found = context().read.report(record, principal)
    if found is None:
        return not_yet_answer(record, principal)
    context().access_log.record_read("report", principal, record)
    return report_answer(found, export)


@blueprint.get(
    "/<slug:submission>/reports",
    operation_id="listReports",
    security=allowed(Act.READ_SUBMISSIONS),
    responses={"200": answer("The reports.", json=ReportsBody)},
)
def reports(path: SubmissionPath) -> Response:
    """List all reports of a submission, newest first, also those before it was graded again."""
    principal = caller()
    record = context().read.submission(path.submission, principal)
    context().access_log.record_read("report", principal, record)
    found = context().store.submissions.reports(record.id)
    return json_answer(ReportsBody(items=tuple(ReportEntryBody.of(one, record) for one in found)))


@blueprint.get(
    "/<slug:submission>/reports/<slug:report>",
    operation_id="getOldReport",
    security=allowed(Act.READ_SUBMISSIONS),
    responses={"200": REPORT, **problems("not-acceptable")},
)
def old_report(path: ReportPath, query: FormatQuery) -> Response:
    """Get one of the reports of a submission in the form of `format`, or else of `Accept`."""
    principal = caller()
    record = context().read.submission(path.submission, principal)
    export = wanted_export(query.format)
    found = context().read.report(record, principal, path.report)
    if found is None:
        raise NotFound(
            f"The submission has no report {path.report!r}.",
            how_to_fix=f"List its reports: GET {PREFIX}/submissions/{record.id}/reports",
        )
    context().access_log.record_read("report", principal, record)
    return report_answer(found, export)


@blueprint.get(
    "/<slug:submission>/facts",
    operation_id="getFacts",
    security=allowed(Act.READ_FACTS),
    responses={
        "200": answer("The facts.", json=SubmissionFacts),
        "202": NOT_YET,
        **problems("forbidden", "superseded"),
    },
)
def facts(path: SubmissionPath) -> Response:
    """Get what was measured for the newest report, before points; 202 without one; for staff."""
    principal = caller()
    record = context().read.submission(path.submission, principal)
    found = context().store.submissions.facts(path.submission)
    if found is None:
        return not_yet_answer(record, principal)
    context().access_log.record_read("facts", principal, record)
    return json_answer(found)


@blueprint.get(
    "/<slug:submission>/archive",
    operation_id="getArchive",
    security=allowed(Act.READ_ARCHIVES),
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
    """Get the uploaded bytes unchanged; for staff and for the student whose submission it is."""
    principal = caller()
    record = context().read.submission(path.submission, principal)
    context().access_log.record_read("archive", principal, record)
    data, filename = context().store.submissions.archive(path.submission)
    response = Response(data, mimetype="application/octet-stream")
    response.headers["Content-Disposition"] = attachment(download_name(filename, data))
    return response


@blueprint.post(
    "/<slug:submission>/retry",
    operation_id="retrySubmission",
    security=allowed(Act.RETRY),
    responses={
        "202": answer("Queued again.", json=SubmissionBody, headers={"Location": "It."}),
        **problems("forbidden", "conflict"),
    },
)
def retry(path: SubmissionPath) -> Response:
    """Queue a submission that needs attention for another grading; for staff."""
    principal = caller()
    context().read.submission(path.submission, principal)
    return accepted_answer(context().retry(path.submission, principal), principal)


@blueprint.post(
    "/all/retry",
    operation_id="retryAll",
    security=allowed(Act.RETRY),
    responses={
        "200": answer("How many are queued again.", json=RetriedBody),
        **problems("forbidden"),
    },
)
def retry_all(query: RetryQuery) -> Response:
    """Queue everything that needs attention for another grading; for staff.

    E.g. after trouble on our side. Of one exercise or course, or all that the token may see.
    """
    retried = context().retry.all(caller(), course=query.course, exercise=query.exercise)
    return json_answer(RetriedBody(retried=retried))
