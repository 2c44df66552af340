"""Exercises, and the submissions to them."""

from __future__ import annotations

from flask import Response, request
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag

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
from grader.http.auth import authenticate, caller, student_of
from grader.http.context import doors
from grader.http.openapi import NEXT_LINK, PREFIX, allowed, answer, problems
from grader.http.rate_headers import rate_headers
from grader.http.waiting import wanted_wait
from grader.service.access import Act
from grader.service.rate_limits import WINDOW
from grader.service.records import (
    ExerciseRecord,
    RubricRecord,
    SubmissionRecord,
    SubmissionState,
    TokenRecord,
)
from grader.service.submit import Upload

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
    """The exercises that this token may see, by id."""
    course = caller().course
    page = doors().store.rubrics.page(course=course, cursor=query.cursor, limit=query.limit)
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
    """One exercise."""
    record = doors().read.exercise(path.exercise, caller())
    title = doors().publish.rubric_cache.of(record).rubric.title
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
    """Submissions to an exercise, newest first; students see their own."""
    token = caller()
    doors().read.exercise(path.exercise, token)
    page = doors().store.submissions.page(
        path.exercise,
        student=student_of(token, query.student),
        state=query.state,
        cursor=query.cursor,
        limit=query.limit,
    )
    following = next_page(page.next_cursor)
    items = tuple(SubmissionBody.of(item, token) for item in page.items)
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
    """What each student's newest attempt that has a report earned, as JSON or CSV."""
    token = caller()
    rubric = doors().read.exercise(path.exercise, token)
    wanted = best_of(["application/json", "text/csv"])
    doors().witness.saw_marks(token, rubric.exercise, rubric.course)
    found = doors().store.submissions.marks(rubric.exercise)
    if wanted == "text/csv":
        response = Response(marks_table(rubric.exercise, found), mimetype=wanted)
        response.headers["Content-Disposition"] = attachment(f"{rubric.exercise}-marks.csv")
    else:
        response = json_answer(MarksBody(items=tuple(map(MarkBody.of, found))))
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
    """Hand in a zip archive or one Python file."""
    token = caller()
    rubric = doors().read.exercise(path.exercise, token)
    seconds = wanted_wait(header.prefer)
    export = wanted_export(query.format) if seconds else None
    _check_before_reading(rubric, token)
    upload = _upload(rubric, query, header, token)
    left = doors().limits.upload(token, rubric.course, upload.student)
    record, new = doors().submit(upload)
    if export is None:
        response = accepted_answer(record, token)
    else:
        response = _wait_for_report(record, token, export, seconds)
    if not new:
        response.headers["Idempotency-Replayed"] = "true"
    if left is not None:
        told = rate_headers(
            left.rate.name, left.rate.most, WINDOW, left=left.left, seconds=left.seconds
        )
        response.headers.update(told)
    return response


def _check_before_reading(rubric: RubricRecord, token: TokenRecord) -> None:
    """Refuse what can be refused by its head alone.

    What is longer than any request may be is told so when it is read.
    """
    doors().limits.check_upload(token, rubric.course)
    announced = request.content_length or 0
    if announced <= (request.max_content_length or announced):
        doors().submit.check_size(rubric, announced)


def _upload(
    rubric: RubricRecord, query: UploadQuery, header: UploadHeaders, token: TokenRecord
) -> Upload:
    sent = read_sent(query)
    return Upload(
        rubric=rubric,
        student=student_of(token, sent.student),
        filename=sent.filename,
        data=sent.data,
        source="api",
        actor=token.id,
        scope=token.id,
        idempotency_key=header.idempotency_key,
    )


def _wait_for_report(
    record: SubmissionRecord, token: TokenRecord, export: Export, seconds: int
) -> Response:
    """200 with the report, or 202 where it is not there in time or nobody else may wait."""

    def ended() -> bool:
        nonlocal record
        record = doors().store.submissions.get(record.id)
        return record.state in _ENDED

    waited = doors().waiting.until(record.id, ended, seconds)
    # While it is being graded again, an older report is not the one that was waited for.
    report = doors().read.report(record, token) if record.state in _ENDED else None
    if report is None:
        response = accepted_answer(record, token)
    else:
        response = report_answer(report, export)
        response.headers["Content-Location"] = f"{PREFIX}/submissions/{record.id}/report"
    if waited:
        response.headers["Preference-Applied"] = f"wait={seconds}"
    return response
