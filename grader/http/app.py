"""The Flask application: its context, blueprints, error handlers, and decisions on heads."""

from __future__ import annotations

from typing import Any

from flask import Flask, Response, g, request
from flask_openapi3.openapi import OpenAPI

from grader.bootstrap import Service
from grader.checks.catalog import CATALOG
from grader.engine.intake import REFUSALS
from grader.http import auth, problems
from grader.http.api import (
    audit,
    document,
    drafts,
    exercises,
    health,
    linting,
    metrics,
    observing,
    previews,
    problem_kinds,
    queries,
    regrades,
    rubrics,
    samples,
    schemas,
    submissions,
    webhooks,
)
from grader.http.api.examples import add_examples
from grader.http.api.parameters import SlugConverter
from grader.http.auth import PRINCIPAL
from grader.http.context import ApiContext, Sandbox, install_context
from grader.http.pages import reference
from grader.http.problems.kinds import all_kinds
from grader.http.server import Answer, Decide, Decision
from grader.http.waiting import Waiting
from grader.isolation import sandbox_level_of
from grader.settings import Settings

#: The endpoint of uploads, the only one that knows by the head whether a body is too long.
_UPLOAD = "exercises.submit"


def create_app(service: Service) -> OpenAPI:
    """Return the HTTP application of ``service``; the caller must close ``service`` afterwards.

    This also subscribes to the notifier of ``service``, so that requests that wait for a report
    learn early of the end of a grading.

    Raises:
        BadSettings: this host does not offer the configured sandbox, or there is no such one.
    """
    app = document.new_app(__name__, CATALOG)
    app.config["MAX_CONTENT_LENGTH"] = service.settings.max_request
    app.url_map.converters["slug"] = SlugConverter
    request_metrics = metrics.Metrics(service.store.submissions.queue, service.clock)
    install_context(app, _api_context(service))
    observing.install(app, request_metrics, reference.policy())
    problems.install(app)
    for module in (
        exercises,
        submissions,
        rubrics,
        drafts,
        previews,
        linting,
        samples,
        regrades,
        audit,
        webhooks,
    ):
        app.register_api(module.blueprint)
    # One address answers with JSON or a page, and the API does not import the pages.
    app.register_api(health.blueprint(page=reference.ready_page))
    kinds, page, list_page = all_kinds(REFUSALS), reference.problem_page, reference.problems_page
    app.register_api(problem_kinds.blueprint(kinds, page=page, list_page=list_page))
    app.register_api(metrics.blueprint(request_metrics))
    app.register_api(schemas.blueprint(CATALOG))
    app.register_api(document.blueprint(app))
    api_document = app.api_doc
    add_examples(api_document)
    queries.install(app, api_document)
    auth.install(app, api_document)
    reference.install(app, api_document, CATALOG)
    return app


def head_decision(app: Flask) -> Decide:
    """Return a function that decides on the head of a request to ``app``.

    It refuses what the route would refuse without the body: an unknown address or method, a token
    or role that does not suffice, an upload that the exercise does not take. A refusal is logged
    and counted as any answer. A request that is let in keeps its principal, so that its token is
    counted once.
    """

    def decide(environ: dict[str, Any]) -> Decision:
        with app.request_context(environ):
            try:
                answer = _refusal(app)
            except Exception as error:
                answer = app.make_response(app.handle_user_exception(error))
            if answer is not None:
                return Decision(_whole(app.process_response(answer)))
            principal = g.get("principal")
            kept = {PRINCIPAL: principal} if principal is not None else {}
            return Decision(environ=kept, is_known=principal is not None)

    return decide


def _refusal(app: Flask) -> Response | None:
    """Return the answer that what runs before every route gives, if it gives one.

    Raises:
        Exception: the errors of those functions, of the address, and of :func:`admit_upload`.
    """
    early = app.preprocess_request()
    if early is not None:
        return app.make_response(early)
    if request.routing_exception is not None:
        raise request.routing_exception
    if request.endpoint == _UPLOAD:
        exercises.admit_upload((request.view_args or {})["exercise"])
    return None


def _whole(response: Response) -> Answer:
    """Return ``response`` as the server sends it."""
    return Answer(response.status, [*response.headers.items()], response.get_data())


def _api_context(service: Service) -> ApiContext:
    """Return the API context with the use cases of ``service``, subscribed to its notifier."""
    # Half of the threads at most wait for reports, so that the others can always answer.
    waiting = Waiting(service.settings.threads // 2)
    service.notifier.subscribe(waiting.ended)
    return ApiContext(
        store=service.store,
        clock=service.clock,
        tokens=service.tokens,
        read=service.read,
        queue_positions=service.queue_positions,
        submit=service.submit,
        publish=service.publish,
        drafts=service.drafts,
        preview=service.preview,
        versions=service.versions,
        lint=service.lint,
        samples=service.samples,
        retry=service.retry,
        regrade=service.regrade,
        receive=service.receive,
        access_log=service.access_log,
        limits=service.limits,
        readiness=service.readiness,
        waiting=waiting,
        sandbox=_sandbox(service.settings),
    )


def _sandbox(settings: Settings) -> Sandbox:
    """Return the sandbox that ``/readyz`` shows; raise BadSettings if this host lacks it."""
    return Sandbox(
        confinement=sandbox_level_of(settings).value,
        memory_bytes=settings.child_memory,
        seconds=settings.child_seconds,
        pair_seconds=settings.child_pair_seconds,
    )
