"""Routes of the draft of a rubric: the next version, by which nothing is graded yet."""

from __future__ import annotations

from contextlib import suppress

from flask import Response, request
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag

from grader.domain.errors import Conflict
from grader.http.api.answers import json_answer
from grader.http.api.parameters import (
    DraftQuery,
    ExercisePath,
    PublishHeaders,
    RubricGetHeaders,
    RubricPutHeaders,
)
from grader.http.api.publishing import PUBLISHING, published_answer, when_measured
from grader.http.api.regrade_bodies import regrade_links
from grader.http.api.rubric_bodies import (
    ETAG,
    PATCH_BODY,
    RUBRIC_BODY,
    YAML,
    described,
    read_json,
    read_merge_patch,
    read_sent_rubric,
    rubric_answer,
    tagged,
)
from grader.http.api.rubric_models import DiffBody, DraftBody, PublishDraft, RubricBody
from grader.http.auth import authenticate, caller
from grader.http.context import context
from grader.http.openapi import PREFIX, allowed, answer, problems
from grader.service.access import Act
from grader.service.records import DraftRecord

_EDITING = problems(
    "forbidden",
    "conflict",
    "precondition-failed",
    "invalid-rubric",
    "precondition-required",
    "request-too-large",
    "unsupported-media-type",
)

_REGRADE = {"Grader-Regrade": "The regrade that was asked for, if anybody has a report."}

blueprint = APIBlueprint(
    "drafts",
    __name__,
    url_prefix=f"{PREFIX}/exercises/<slug:exercise>/rubric/draft",
    abp_tags=[Tag(name="rubrics")],
    abp_responses=problems(
        "bad-request", "unauthorized", "not-found", "too-many-requests", "store-unavailable"
    ),
)
blueprint.before_request(authenticate)


@blueprint.get(
    "",
    operation_id="getDraft",
    security=allowed(Act.READ_VERSIONS),
    responses={
        "200": answer("The draft.", YAML, json=DraftBody, headers=ETAG),
        "304": answer("The draft is known already.", headers=ETAG),
        **problems("forbidden", "not-acceptable"),
    },
)
def show(path: ExercisePath, header: RubricGetHeaders) -> Response:
    """Get the draft of a rubric: its text as it was sent, or JSON; staff only."""
    draft = context().drafts.get(path.exercise, caller())
    return rubric_answer(draft, DraftBody.from_record(draft))


@blueprint.put(
    "",
    operation_id="putDraft",
    security=allowed(Act.PUBLISH),
    description="It must be a valid rubric. A new draft begins from the newest version.",
    openapi_extensions=RUBRIC_BODY,
    responses={
        "200": answer("The draft.", json=DraftBody, headers=ETAG),
        "201": answer("A new draft.", json=DraftBody, headers=ETAG | {"Location": "It."}),
        **_EDITING,
    },
)
def put(path: ExercisePath, query: DraftQuery, header: RubricPutHeaders) -> Response:
    """Store the draft of a rubric, also for an exercise that does not exist yet."""
    text, principal = read_sent_rubric(), caller()
    draft = context().drafts.put(
        path.exercise,
        text,
        if_match=header.if_match,
        rebase=query.rebase,
        principal=principal,
    )
    return _answer(draft)


@blueprint.patch(
    "",
    operation_id="patchDraft",
    security=allowed(Act.PUBLISH),
    description="Only the values that are named change in the text. Without a draft, one is begun "
    "from the newest version.",
    openapi_extensions=PATCH_BODY,
    responses={
        "200": answer("The draft.", json=DraftBody, headers=ETAG),
        "201": answer("A new draft.", json=DraftBody, headers=ETAG | {"Location": "It."}),
        **_EDITING,
    },
)
def patch(path: ExercisePath, header: RubricPutHeaders) -> Response:
    """Change the draft of a rubric by a merge patch."""
    changes, principal = read_merge_patch(), caller()
    draft = context().drafts.patch(
        path.exercise, changes, if_match=header.if_match, principal=principal
    )
    return _answer(draft)


@blueprint.delete(
    "",
    operation_id="deleteDraft",
    security=allowed(Act.PUBLISH),
    responses={
        "204": answer("It is deleted."),
        **problems("forbidden", "precondition-failed", "precondition-required"),
    },
)
def delete(path: ExercisePath, header: RubricPutHeaders) -> Response:
    """Delete the draft of a rubric."""
    context().drafts.delete(path.exercise, if_match=header.if_match, principal=caller())
    return Response(status=204)


@blueprint.get(
    "/diff",
    operation_id="diffDraft",
    security=allowed(Act.READ_VERSIONS),
    responses={
        "200": answer("What differs.", json=DiffBody),
        **problems("forbidden", "invalid-rubric"),
    },
)
def diff(path: ExercisePath) -> Response:
    """Compare the draft of a rubric with the newest version; staff only."""
    draft = context().drafts.get(path.exercise, caller())
    newest = context().versions.get(path.exercise, 0, caller())
    return json_answer(DiffBody.of(context().versions.compare(newest, draft)))


@blueprint.post(
    "/publish",
    operation_id="publishDraft",
    security=allowed(Act.PUBLISH),
    description="The draft is gone then. Where another version was published since it was begun, "
    "the answer is 412: put that into the draft and send it with `?rebase=true`. With `regrade` "
    "what was graded is graded again by the new version.",
    openapi_extensions=described(PublishDraft, "How."),
    responses={
        "200": answer("The newest version.", json=RubricBody, headers=ETAG | _REGRADE),
        "201": answer("A new exercise.", json=RubricBody, headers=ETAG | {"Location": "It."}),
        **problems(*PUBLISHING, "request-too-large", "unsupported-media-type"),
    },
)
def publish(path: ExercisePath, header: PublishHeaders) -> Response:
    """Publish the draft of a rubric as its next version."""
    asked, principal = read_json(PublishDraft), caller()
    published = when_measured(
        lambda: context().drafts.publish_draft(
            path.exercise,
            if_match=header.if_match,
            principal=principal,
            message=asked.message,
            override=asked.override,
        ),
        header.prefer,
    )
    response = published_answer(published)
    if asked.regrade is not None:
        with suppress(Conflict):  # nobody has a report yet
            regrade = context().regrade(
                published.record, asked.regrade.scope, asked.regrade.reason, caller()
            )
            response.headers["Grader-Regrade"] = regrade_links(regrade)["self"]
    return response


def _answer(draft: DraftRecord) -> Response:
    """Return the answer to a change of ``draft``: 201 for its first revision, else 200."""
    response = json_answer(DraftBody.from_record(draft), 201 if draft.revision == 1 else 200)
    response.headers["Location"] = request.path
    return tagged(response, draft)
