"""Routes for health checks: of this process, and of the service with its database."""

from __future__ import annotations

from dataclasses import asdict

import structlog
from flask import Response
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag

from grader.http.api.answers import json_answer
from grader.http.api.bodies import HealthBody, QueueBody, ReadinessBody, SandboxBody
from grader.http.api.metrics import oldest_seconds
from grader.http.context import context
from grader.http.openapi import answer, problems

log = structlog.get_logger(__name__)

blueprint = APIBlueprint(
    "health",
    __name__,
    abp_tags=[Tag(name="operation", description="For operators of the service.")],
    abp_responses=problems(),
)


@blueprint.get(
    "/healthz",
    operation_id="health",
    responses={"200": answer("The process is up.", json=HealthBody)},
)
def health() -> Response:
    """Check that this process answers; it checks nothing else, such as the database."""
    return json_answer(HealthBody(status="ok"))


@blueprint.get(
    "/readyz",
    operation_id="readiness",
    responses={
        "200": answer("Ready.", json=ReadinessBody),
        "503": answer("The database is out of reach.", json=ReadinessBody),
    },
)
def ready() -> Response:
    """Check that the database answers; get the size of the queue and the sandbox's limits."""
    queue = _queue()
    body = ReadinessBody(
        status="ready" if queue else "unavailable",
        database="ok" if queue else "unreachable",
        queue=queue,
        sandbox=SandboxBody(**asdict(context().sandbox)),
    )
    return json_answer(body, 200 if queue else 503)


def _queue() -> QueueBody | None:
    """Return the counts and the longest wait of the queue; ``None`` without a database."""
    try:
        context().store.ping()
        queue = context().store.submissions.queue()
    except Exception as error:  # whatever the driver raises, the answer is the same
        log.error("database_unreachable", error=type(error).__name__)
        return None
    return QueueBody(
        queued=queue.queued,
        running=queue.running,
        needs_attention=queue.needs_attention,
        oldest_queued_seconds=round(oldest_seconds(queue, context().clock), 3),
    )
