"""The audit log: who changed or saw what."""

from __future__ import annotations

from flask import Response
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag

from grader.http.api.answers import next_page, page_answer
from grader.http.api.bodies import AuditBody, AuditPage
from grader.http.api.parameters import AuditParameters
from grader.http.auth import authenticate, caller
from grader.http.context import context
from grader.http.openapi import NEXT_LINK, PREFIX, allowed, answer, problems
from grader.service.access import Act, course_of
from grader.service.records import AuditQuery

blueprint = APIBlueprint(
    "audit",
    __name__,
    url_prefix=f"{PREFIX}/audit",
    abp_tags=[Tag(name="audit", description="Who changed or saw what.")],
    abp_responses=problems("bad-request", "unauthorized", "too-many-requests", "store-unavailable"),
)
blueprint.before_request(authenticate)


@blueprint.get(
    "",
    operation_id="listAudit",
    security=allowed(Act.READ_AUDIT),
    responses={
        "200": answer("A page of entries.", json=AuditPage, headers=NEXT_LINK),
        **problems("forbidden", "not-found"),
    },
)
def entries(query: AuditParameters) -> Response:
    """List the entries of the audit log, newest first; instructors see only their course."""
    wanted = AuditQuery(
        course=course_of(caller(), query.course),
        actor=query.actor,
        action=query.action,
        subject=query.subject,
        since=query.since,
        until=query.until,
    )
    page = context().store.audit_log.page(wanted, query.cursor, query.limit)
    following = next_page(page.next_cursor)
    items = tuple(AuditBody.from_record(entry) for entry in page.items)
    return page_answer(AuditPage(items=items, next=following), following)
