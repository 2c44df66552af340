"""Routes for health checks: of this process, and of every part that the service needs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict

from flask import Response
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag

from grader.http.api.answers import best_of, json_answer
from grader.http.api.bodies import HealthBody, PartBody, ReadinessBody, SandboxBody
from grader.http.context import context
from grader.http.openapi import answer, problems
from grader.service.readiness import PartState

#: Routes that a machine asks every few seconds.
PROBES = frozenset({"/healthz", "/readyz"})
_FORMS = ("application/json", "text/html")


def blueprint(*, page: Callable[[Sequence[PartState]], str]) -> APIBlueprint:
    """Return a blueprint with the public routes ``/healthz`` and ``/readyz``.

    ``page`` renders the state of all parts as HTML. It is passed in because this package does not
    import ``http/pages``. The server answers both routes in threads of their own.
    """
    routes = APIBlueprint(
        "health",
        __name__,
        abp_tags=[Tag(name="operation", description="For operators of the service.")],
        abp_responses=problems(),
    )

    @routes.get(
        "/healthz",
        operation_id="health",
        responses={"200": answer("The process is up.", json=HealthBody)},
    )
    def health() -> Response:
        """Check that this process answers; it checks nothing else, such as the database.

        A query is ignored, so that a parameter against caches does no harm.
        """
        return json_answer(HealthBody(status="ok"))

    @routes.get(
        "/readyz",
        operation_id="readiness",
        responses={
            "200": answer("Every part works.", "text/html", json=ReadinessBody),
            "503": answer("A part does not work.", "text/html", json=ReadinessBody),
            **problems("not-acceptable"),
        },
    )
    def ready() -> Response:
        """Check each part that the service needs; get the sandbox's limits.

        Parts that do not answer within a second or so count as not working. A query is ignored.
        """
        form = best_of(_FORMS)
        parts = context().readiness.states()
        status = 200 if all(part.is_ready for part in parts) else 503
        if form == "text/html":
            return Response(page(parts), status, mimetype="text/html")
        return json_answer(_body(parts), status)

    return routes


def _body(parts: Sequence[PartState]) -> ReadinessBody:
    return ReadinessBody(
        status="ready" if all(part.is_ready for part in parts) else "unavailable",
        parts=tuple(
            PartBody.from_record(part, status="ok" if part.is_ready else "failed") for part in parts
        ),
        sandbox=SandboxBody(**asdict(context().sandbox)),
    )
