"""Exercises, and the submissions to them."""

from __future__ import annotations

from flask import Response
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag

from grader.api.answers import (
    accepted_answer,
    json_answer,
    next_page,
    page_answer,
    report_answer,
    wanted_export,
)
from grader.api.auth import authenticate, caller, student_of
from grader.api.bodies import (
    ExerciseBody,
    ExercisesPage,
    SubmissionBody,
    SubmissionsPage,
)
from grader.api.describe import BEARER, PREFIX, answer, problems
from grader.api.doors import Export, doors
from grader.api.parameters import (
    ExercisePath,
    PageQuery,
    SubmissionsQuery,
    UploadHeaders,
    UploadQuery,
)
from grader.api.submissions import NOT_YET, REPORT
from grader.api.uploads import UPLOAD_BODY, read_sent
from grader.api.waiting import wanted_wait
from grader.domain.report import Report
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
_LINK = {"Link": 'The next page, as rel="next".'}

blueprint = APIBlueprint(
    "exercises",
    __name__,
    url_prefix=f"{PREFIX}/exercises",
    abp_tags=[Tag(name="exercises", description="What there is to hand in, and handing it in.")],
    abp_security=BEARER,
    abp_responses=problems("bad-request", "unauthorized", "store-unavailable"),
)
blueprint.before_request(authenticate)


@blueprint.get(
    "",
    operation_id="listExercises",
    responses={"200": answer("A page of exercises.", json=ExercisesPage, headers=_LINK)},
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
    responses={
        "200": answer("The exercise.", json=ExerciseBody),
        **problems("not-found"),
    },
)
def exercise(path: ExercisePath) -> Response:
    """One exercise."""
    record = doors().read.exercise(path.exercise, caller())
    title = doors().publish.plans.of(record).rubric.title
    found = ExerciseRecord(record.exercise, record.course, title, record.version)
    return json_answer(ExerciseBody.of(found))


@blueprint.get(
    "/<slug:exercise>/submissions",
    operation_id="listSubmissions",
    responses={
        "200": answer("A page of submissions.", json=SubmissionsPage, headers=_LINK),
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


@blueprint.post(
    "/<slug:exercise>/submissions",
    operation_id="submit",
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
    upload = _upload(rubric, query, header, token)
    record, new = doors().submit(upload)
    if export is None:
        response = accepted_answer(record, token)
    else:
        response = _wait_for_report(record, token, export, seconds)
    if not new:
        response.headers["Idempotency-Replayed"] = "true"
    return response


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
        return doors().store.submissions.get(record.id).state in _ENDED

    waited = doors().waiting.until(record.id, ended, seconds)
    report = _ended_report(record.id, token)
    if report is None:
        response = accepted_answer(doors().read.submission(record.id, token), token)
    else:
        response = report_answer(report, export)
        response.headers["Content-Location"] = f"{PREFIX}/submissions/{record.id}/report"
    if waited:
        response.headers["Preference-Applied"] = f"wait={seconds}"
    return response


def _ended_report(submission_id: str, token: TokenRecord) -> Report | None:
    """The report, unless a newer one is on its way."""
    if doors().read.submission(submission_id, token).state not in _ENDED:
        return None
    return doors().read.report(submission_id, token)
