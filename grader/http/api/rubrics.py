"""Routes of published rubrics, which are read and sent as the text that an instructor writes."""

from __future__ import annotations

from collections.abc import Callable

from flask import Response
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag

from grader.http.api.answers import json_answer, next_page, page_answer
from grader.http.api.parameters import (
    DiffQuery,
    ExercisePath,
    OverrideQuery,
    PageQuery,
    PublishHeaders,
    PublishQuery,
    RubricGetHeaders,
    VersionPath,
)
from grader.http.api.publishing import PUBLISHING, published_answer, when_measured
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
from grader.http.api.rubric_models import (
    CopyRubric,
    DiffBody,
    DraftBody,
    RubricBody,
    VersionBody,
    VersionsPage,
    VersionTextBody,
)
from grader.http.auth import authenticate, caller
from grader.http.context import context
from grader.http.openapi import NEXT_LINK, PREFIX, allowed, answer, problems
from grader.service.access import Act
from grader.service.publish import Published

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
        "200": answer("The newest version.", YAML, json=RubricBody, headers=ETAG),
        "304": answer("The version that is known already.", headers=ETAG),
        **problems("not-acceptable"),
    },
)
def show(path: ExercisePath, header: RubricGetHeaders) -> Response:
    """Get the newest version of a rubric: its text as it was sent, or JSON with its version."""
    record = context().read.exercise(path.exercise, caller())
    return rubric_answer(record, RubricBody.from_record(record))


@blueprint.put(
    "/<slug:exercise>/rubric",
    operation_id="putRubric",
    security=allowed(Act.PUBLISH),
    description="The next grading uses it; reports that there are stay as they are. The text is "
    "stored as it is sent: YAML with its comments, or JSON. The text of the newest version makes "
    "no new one.",
    openapi_extensions=RUBRIC_BODY,
    responses={
        "200": answer("The newest version.", json=RubricBody, headers=ETAG),
        "201": answer("A new exercise.", json=RubricBody, headers=ETAG | {"Location": "It."}),
        **problems(
            *PUBLISHING, "precondition-required", "request-too-large", "unsupported-media-type"
        ),
    },
)
def publish(path: ExercisePath, query: PublishQuery, header: PublishHeaders) -> Response:
    """Publish the next version of a rubric, or a new exercise; for instructors and admins."""
    text, principal = read_sent_rubric(), caller()
    return _published(
        lambda: context().publish(
            path.exercise,
            text,
            if_match=header.if_match,
            principal=principal,
            message=query.message,
            override=query.override,
        ),
        header,
    )


@blueprint.patch(
    "/<slug:exercise>/rubric",
    operation_id="patchRubric",
    security=allowed(Act.PUBLISH),
    description="Only the values that are named change in the text; comments, order and quotes of "
    "all the rest stay. A new key is added behind the others of its mapping.",
    openapi_extensions=PATCH_BODY,
    responses={
        "200": answer("The newest version.", json=RubricBody, headers=ETAG),
        **problems(
            *PUBLISHING, "precondition-required", "request-too-large", "unsupported-media-type"
        ),
    },
)
def patch(path: ExercisePath, query: PublishQuery, header: PublishHeaders) -> Response:
    """Publish the next version of a rubric by a merge patch: only what differs is sent."""
    changes, principal = read_merge_patch(), caller()
    return _published(
        lambda: context().publish.patch(
            path.exercise,
            changes,
            if_match=header.if_match,
            principal=principal,
            message=query.message,
            override=query.override,
        ),
        header,
    )


@blueprint.get(
    "/<slug:exercise>/rubric/versions",
    operation_id="listRubricVersions",
    security=allowed(Act.READ_VERSIONS),
    responses={
        "200": answer("A page of versions.", json=VersionsPage, headers=NEXT_LINK),
        **problems("forbidden"),
    },
)
def versions(path: ExercisePath, query: PageQuery) -> Response:
    """List the versions of a rubric, newest first; staff only."""
    newest, page = context().versions.page(
        path.exercise, caller(), cursor=query.cursor, limit=query.limit
    )
    following = next_page(page.next_cursor)
    items = tuple(VersionBody.of(record, newest.version) for record in page.items)
    return page_answer(VersionsPage(items=items, next=following), following)


@blueprint.get(
    "/<slug:exercise>/rubric/versions/<int:version>",
    operation_id="getRubricVersion",
    security=allowed(Act.READ_VERSIONS),
    responses={
        "200": answer("That version.", YAML, json=VersionTextBody, headers=ETAG),
        "304": answer("The version is known already.", headers=ETAG),
        **problems("forbidden", "not-acceptable"),
    },
)
def version(path: VersionPath, header: RubricGetHeaders) -> Response:
    """Get a version of a rubric: its text as it was sent, or JSON; staff only."""
    newest = context().versions.get(path.exercise, 0, caller())
    record = context().versions.get(path.exercise, path.version, caller())
    return rubric_answer(record, VersionTextBody.of(record, newest.version))


@blueprint.get(
    "/<slug:exercise>/rubric/versions/<int:version>/diff",
    operation_id="diffRubricVersions",
    security=allowed(Act.READ_VERSIONS),
    responses={
        "200": answer("What differs.", json=DiffBody),
        **problems("forbidden", "invalid-rubric"),
    },
)
def diff(path: VersionPath, query: DiffQuery) -> Response:
    """Compare a version with another, in words by criterion and as text; staff only."""
    found = context().versions.diff(path.exercise, path.version, query.against, caller())
    return json_answer(DiffBody.of(found))


@blueprint.post(
    "/<slug:exercise>/rubric/versions/<int:version>/restore",
    operation_id="restoreRubricVersion",
    security=allowed(Act.PUBLISH),
    responses={
        "200": answer("The newest version.", json=RubricBody, headers=ETAG),
        **problems(*PUBLISHING, "precondition-required"),
    },
)
def restore(path: VersionPath, query: OverrideQuery, header: PublishHeaders) -> Response:
    """Publish the text of an earlier version as the next one."""
    principal = caller()
    return _published(
        lambda: context().versions.restore(
            path.exercise,
            path.version,
            if_match=header.if_match,
            principal=principal,
            override=query.override,
        ),
        header,
    )


@blueprint.post(
    "/<slug:exercise>/rubric/copy",
    operation_id="copyRubric",
    security=allowed(Act.PUBLISH),
    description="Only the exercise and the course change in the text. The other exercise need not "
    "exist yet.",
    openapi_extensions=described(CopyRubric, "Where to."),
    responses={
        "201": answer("The draft.", json=DraftBody, headers=ETAG | {"Location": "It."}),
        **problems(
            "forbidden", "conflict", "invalid-rubric", "unsupported-media-type", "request-too-large"
        ),
    },
)
def copy(path: ExercisePath) -> Response:
    """Copy a rubric to the draft of another exercise, also of another course."""
    asked, principal = read_json(CopyRubric), caller()
    source = context().versions.get(path.exercise, asked.version, principal)
    course = asked.course or source.course
    draft = context().drafts.copy(source, asked.exercise, course, principal)
    response = json_answer(DraftBody.from_record(draft), 201)
    response.headers["Location"] = f"{PREFIX}/exercises/{draft.exercise}/rubric/draft"
    return tagged(response, draft)


def _published(publish: Callable[[], Published], header: PublishHeaders) -> Response:
    """Return the answer to ``publish``, which waits for golden samples if ``header`` asks so."""
    return published_answer(when_measured(publish, header.prefer))
