"""Routes of exercises, and of the submissions to them."""

from __future__ import annotations

import structlog
from flask import Response, request
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag

from grader.domain.errors import StoreUnavailable
from grader.exports.classes.marks import marks_table
from grader.exports.formats import Export
from grader.http.api.answers import (
    accepted_answer,
    best_of,
    json_answer,
    next_page,
    page_answer,
    report_answer,
    wanted_export,
)
from grader.http.api.bodies import (
    ExerciseBody,
    ExercisesPage,
    MarkBody,
    MarksBody,
    SubmissionBody,
    SubmissionsPage,
)
from grader.http.api.downloads import attachment
from grader.http.api.parameters import (
    ExercisePath,
    PageQuery,
    SubmissionsQuery,
    UploadHeaders,
    UploadQuery,
)
from grader.http.api.submissions import NOT_YET, REPORT
from grader.http.api.uploads import UPLOAD_BODY, read_sent
from grader.http.auth import authenticate, caller
from grader.http.context import context
from grader.http.openapi import NEXT_LINK, PREFIX, allowed, answer, problems
from grader.http.rate_headers import rate_headers
from grader.http.waiting import wanted_wait
from grader.service.access import Act, Principal, student_of
from grader.service.rate_limits import WINDOW
from grader.service.records import (
    ExerciseRecord,
    SubmissionRecord,
    SubmissionState,
)
from grader.service.submit import Admission, Upload

log = structlog.get_logger(__name__)

#: The states in which a submission is not graded any further, so waiting for it is over.
_ENDED = (
    SubmissionState.GRADED,
    SubmissionState.NEEDS_ATTENTION,
    SubmissionState.SUPERSEDED,
)

blueprint = APIBlueprint(
    "exercises",
    __name__,
    url_prefix=f"{PREFIX}/exercises",
    abp_tags=[Tag(name="exercises", description="What there is to hand in, and handing it in.")],
    abp_responses=problems("bad-request", "unauthorized", "too-many-requests", "store-unavailable"),
)
blueprint.before_request(authenticate)


@blueprint.get(
    "",
    operation_id="listExercises",
    security=allowed(Act.READ_EXERCISES),
    responses={"200": answer("A page of exercises.", json=ExercisesPage, headers=NEXT_LINK)},
)
def exercises(query: PageQuery) -> Response:
    """List the exercises that this token may see, sorted by id."""
    course = caller().course
    page = context().store.rubrics.page(course=course, cursor=query.cursor, limit=query.limit)
    following = next_page(page.next_cursor)
    items = tuple(ExerciseBody.of(item) for item in page.items)
    return page_answer(ExercisesPage(items=items, next=following), following)


@blueprint.get(
    "/<slug:exercise>",
    operation_id="getExercise",
    security=allowed(Act.READ_EXERCISES),
    responses={
        "200": answer("The exercise.", json=ExerciseBody),
        **problems("not-found"),
    },
)
def exercise(path: ExercisePath) -> Response:
    """Get an exercise: its course, title, newest rubric version and links."""
    record = context().read.exercise(path.exercise, caller())
    title = context().publish.rubric_cache.of(record).rubric.title
    found = ExerciseRecord(record.exercise, record.course, title, record.version)
    return json_answer(ExerciseBody.of(found))


@blueprint.get(
    "/<slug:exercise>/submissions",
    operation_id="listSubmissions",
    security=allowed(Act.READ_SUBMISSIONS),
    responses={
        "200": answer("A page of submissions.", json=SubmissionsPage, headers=NEXT_LINK),
        **problems("forbidden", "not-found"),
    },
)
def submissions(path: ExercisePath, query: SubmissionsQuery) -> Response:
    """List the submissions to an exercise, newest first; students see only their own."""
    principal = caller()
    context().read.exercise(path.exercise, principal)
    page = context().store.submissions.page(
        path.exercise,
        student=student_of(principal, query.student),
        state=query.state,
        cursor=query.cursor,
        limit=query.limit,
    )
    following = next_page(page.next_cursor)
    items = tuple(SubmissionBody.of(item, principal) for item in page.items)
    return page_answer(SubmissionsPage(items=items, next=following), following)


@blueprint.get(
    "/<slug:exercise>/marks",
    operation_id="listMarks",
    security=allowed(Act.READ_MARKS),
    responses={
        "200": answer(
            "The marks.",
            "text/csv",
            json=MarksBody,
            headers={"Content-Disposition": "With `text/csv`: an attachment with a file name."},
        ),
        **problems("forbidden", "not-found", "not-acceptable"),
    },
)
def marks(path: ExercisePath) -> Response:
    """List the points of each student's newest attempt that has a report, as JSON or CSV."""
    principal = caller()
    rubric = context().read.exercise(path.exercise, principal)
    wanted = best_of(["application/json", "text/csv"])
    context().access_log.record_marks_read(principal, rubric.exercise, rubric.course)
    found = context().store.submissions.marks(rubric.exercise)
    if wanted == "text/csv":
        response = Response(marks_table(rubric.exercise, found), mimetype=wanted)
        response.headers["Content-Disposition"] = attachment(f"{rubric.exercise}-marks.csv")
    else:
        response = json_answer(MarksBody(items=tuple(map(MarkBody.from_record, found))))
    response.headers["Vary"] = "Accept, Authorization"
    return response


@blueprint.post(
    "/<slug:exercise>/submissions",
    operation_id="submit",
    security=allowed(Act.HAND_IN),
    description="Answered with 202 as soon as it is safe, or with the report where "
    "`Prefer: wait=N` asks for it and it is there within N seconds.",
    openapi_extensions=UPLOAD_BODY,
    responses={
        "200": REPORT,
        "202": NOT_YET,
        **problems(
            "forbidden",
            "not-found",
            "not-acceptable",
            "request-too-large",
            "unsupported-media-type",
            "key-reused",
            "too-many-requests",
            "overloaded",
            "store-unavailable",
            upload=True,
        ),
    },
)
def submit(path: ExercisePath, query: UploadQuery, header: UploadHeaders) -> Response:
    """Hand in a zip archive or one Python file; get its state or, by `Prefer: wait`, its report."""
    principal = caller()
    admission = admit_upload(path.exercise)
    seconds = wanted_wait(header.prefer)
    export = wanted_export(query.format) if seconds else None
    sent = read_sent(query)
    upload = Upload(
        student=sent.student,
        filename=sent.filename,
        data=sent.data,
        source="api",
        idempotency_key=header.idempotency_key,
    )
    accepted = context().submit(admission, upload)
    if export is None:
        response = accepted_answer(accepted.record, principal)
    else:
        response = _wait_for_report(accepted.record, principal, export, seconds)
    if not accepted.is_new:
        response.headers["Idempotency-Replayed"] = "true"
    if accepted.remaining is not None:
        left = accepted.remaining
        headers = rate_headers(
            left.rate.name, left.rate.most, WINDOW, left=left.left, seconds=left.seconds
        )
        response.headers.update(headers)
    return response


def admit_upload(exercise: str) -> Admission:
    """Admit the upload of this request to ``exercise`` by its head alone, or raise as ``admit``."""
    rubric = context().read.exercise(exercise, caller())
    return context().submit.admit(caller(), rubric, _declared_size())


def _declared_size() -> int:
    """Return the Content-Length of this request; 0 if it has none.

    Also 0 if it is over the limit for every request: Flask refuses that when the body is read.
    """
    size = request.content_length or 0
    return size if size <= (request.max_content_length or size) else 0


def _wait_for_report(
    record: SubmissionRecord, principal: Principal, export: Export, seconds: int
) -> Response:
    """Return 200 with the report in the form ``export``, or 202 if it is not ready in ``seconds``.

    Also 202 if the submission ended without a report, and at once if too many requests wait or the
    database does not answer: the submission is stored all the same.
    """

    def ended() -> bool:
        """Read the submission again, and return whether it is in one of the states ``_ENDED``."""
        nonlocal record
        record = context().store.submissions.get(record.id)
        return record.state in _ENDED

    try:
        waited = context().waiting.until(record.id, ended, seconds)
        # While it is graded again, its older report is not the one that the client wants.
        report = context().read.report(record, principal) if record.state in _ENDED else None
    except StoreUnavailable as error:
        log.warning("report_not_awaited", error=type(error.__cause__).__name__)
        waited, report = False, None
    if report is None:
        response = accepted_answer(record, principal)
    else:
        response = report_answer(report, export)
        response.headers["Content-Location"] = f"{PREFIX}/submissions/{record.id}/report"
    if waited:
        response.headers["Preference-Applied"] = f"wait={seconds}"
    return response
