"""Routes of regrades: grade a class again, see how far that is, cancel it, undo it."""

from __future__ import annotations

from flask import Response
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag

from grader.http.api.answers import RETRY_SECONDS, json_answer, next_page, page_answer
from grader.http.api.parameters import ExercisePath, PageQuery, RegradePath
from grader.http.api.regrade_bodies import (
    CreateRegrade,
    RegradeBody,
    RegradeItemBody,
    RegradeItemsPage,
    RegradesPage,
    regrade_links,
)
from grader.http.api.rubric_bodies import described, read_json
from grader.http.auth import authenticate, caller
from grader.http.context import context
from grader.http.openapi import NEXT_LINK, PREFIX, allowed, answer, problems
from grader.service.access import Act
from grader.service.records import RegradeRecord

_WAIT = {"Retry-After": "While submissions wait: seconds until asking again makes sense."}

blueprint = APIBlueprint(
    "regrades",
    __name__,
    url_prefix=PREFIX,
    abp_tags=[Tag(name="regrades", description="Grading a class again by a newer rubric.")],
    abp_responses=problems(
        "bad-request",
        "unauthorized",
        "forbidden",
        "not-found",
        "too-many-requests",
        "store-unavailable",
    ),
)
blueprint.before_request(authenticate)


@blueprint.post(
    "/exercises/<slug:exercise>/regrades",
    operation_id="createRegrade",
    security=allowed(Act.REGRADE),
    description="Every submission keeps its report until it has the new one, and its old report "
    "stays readable afterwards. Uploads go first. What is queued or being graded is left out: it "
    "gets the newest rubric anyway. Scores are sent again only where a mark changes.",
    openapi_extensions=described(CreateRegrade, "Whose work, and why."),
    responses={
        "201": answer("The regrade.", json=RegradeBody, headers={"Location": "It.", **_WAIT}),
        **problems("conflict", "request-too-large", "unsupported-media-type"),
    },
)
def create(path: ExercisePath) -> Response:
    """Grade the submissions of an exercise again by its newest rubric."""
    principal = caller()
    rubric = context().read.exercise(path.exercise, principal)
    asked = read_json(CreateRegrade)
    record = context().regrade(rubric, asked.scope, asked.reason, principal)
    response = _regrade_answer(record, 201)
    response.headers["Location"] = regrade_links(record)["self"]
    return response


@blueprint.get(
    "/exercises/<slug:exercise>/regrades",
    operation_id="listRegrades",
    security=allowed(Act.REGRADE),
    responses={"200": answer("A page of regrades.", json=RegradesPage, headers=NEXT_LINK)},
)
def regrades(path: ExercisePath, query: PageQuery) -> Response:
    """List the regrades of an exercise, newest first, with their progress."""
    context().read.exercise(path.exercise, caller())
    found = context().store.regrades
    page = found.page(path.exercise, cursor=query.cursor, limit=query.limit)
    following = next_page(page.next_cursor)
    items = tuple(RegradeBody.of(item) for item in page.items)
    return page_answer(RegradesPage(items=items, next=following), following)


@blueprint.get(
    "/regrades/<slug:regrade>",
    operation_id="getRegrade",
    security=allowed(Act.REGRADE),
    responses={"200": answer("The regrade.", json=RegradeBody, headers=_WAIT)},
)
def show(path: RegradePath) -> Response:
    """Get a regrade: who wanted it and why, how far it is, and how many marks changed."""
    return _regrade_answer(context().regrade.find(path.regrade, caller()))


@blueprint.get(
    "/regrades/<slug:regrade>/items",
    operation_id="listRegradeItems",
    security=allowed(Act.REGRADE),
    responses={"200": answer("A page of submissions.", json=RegradeItemsPage, headers=NEXT_LINK)},
)
def items(path: RegradePath, query: PageQuery) -> Response:
    """List the submissions of a regrade, with the points before it and after it."""
    principal = caller()
    record = context().regrade.find(path.regrade, principal)
    context().access_log.record_marks_read(principal, record.exercise, record.course)
    found = context().store.regrades
    page = found.items(record.id, cursor=query.cursor, limit=query.limit)
    following = next_page(page.next_cursor)
    bodies = tuple(RegradeItemBody.of(item) for item in page.items)
    return page_answer(RegradeItemsPage(items=bodies, next=following), following)


@blueprint.post(
    "/regrades/<slug:regrade>/cancel",
    operation_id="cancelRegrade",
    security=allowed(Act.REGRADE),
    responses={
        "200": answer("The regrade.", json=RegradeBody),
        **problems("conflict"),
    },
)
def cancel(path: RegradePath) -> Response:
    """Take what waits out of the queue; what has its new report keeps it."""
    principal = caller()
    record = context().regrade.find(path.regrade, principal)
    return _regrade_answer(context().regrade.cancel(record, principal))


@blueprint.post(
    "/regrades/<slug:regrade>/undo",
    operation_id="undoRegrade",
    security=allowed(Act.REGRADE),
    description="What still waits is cancelled. A submission that was graded once more since is "
    "left as it is, and counted as `kept`. Where a score was sent again, the old one is sent.",
    responses={
        "200": answer("The regrade.", json=RegradeBody),
        **problems("conflict"),
    },
)
def undo(path: RegradePath) -> Response:
    """Give the submissions of a regrade their old reports back, in one action."""
    principal = caller()
    record = context().regrade.find(path.regrade, principal)
    return _regrade_answer(context().regrade.undo(record, principal))


def _regrade_answer(record: RegradeRecord, status: int = 200) -> Response:
    """Return ``record`` as JSON; while submissions of it wait, with ``Retry-After``."""
    response = json_answer(RegradeBody.of(record), status)
    if record.progress.waiting:
        response.headers["Retry-After"] = str(RETRY_SECONDS)
    return response
