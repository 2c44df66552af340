"""The Flask application: blueprints and error handlers, nothing else."""

from __future__ import annotations

from flask_openapi3.openapi import OpenAPI

from grader.bootstrap import Service
from grader.checks.catalog import CATALOG
from grader.engine.intake import REFUSALS
from grader.http import auth, context, problems
from grader.http.api import (
    audit,
    document,
    exercises,
    health,
    metrics,
    observing,
    problem_kinds,
    rubrics,
    submissions,
    webhooks,
)
from grader.http.api.parameters import SlugConverter
from grader.http.pages import reference
from grader.http.problems.kinds import all_kinds
from grader.http.waiting import Waiting
from grader.isolation import sandbox_level_of
from grader.settings import Settings


def create_app(service: Service) -> OpenAPI:
    """The HTTP side of a service. It owns no resource: closing the service is the caller's.

    Raises:
        BadSettings: this host does not offer the configured sandbox.
    """
    app = document.new_app(__name__)
    app.config["MAX_CONTENT_LENGTH"] = service.settings.max_request
    app.url_map.converters["slug"] = SlugConverter
    counted = metrics.Metrics(service.store.submissions.queue, service.clock)
    context.install(app, _doors_of(service))
    observing.install(app, counted, reference.policy())
    problems.install(app)
    for room in (exercises, submissions, rubrics, audit, webhooks, health, problem_kinds):
        app.register_api(room.blueprint)
    app.register_api(metrics.blueprint(counted))
    app.register_api(document.blueprint(app))
    described = app.api_doc
    auth.install(app, described)
    reference.install(app, described, CATALOG)
    return app


def _doors_of(service: Service) -> context.Doors:
    return context.Doors(
        store=service.store,
        clock=service.clock,
        tokens=service.tokens,
        read=service.read,
        places=service.places,
        submit=service.submit,
        publish=service.publish,
        retry=service.retry,
        receive=service.receive,
        witness=service.witness,
        limits=service.limits,
        waiting=_waiting(service),
        kinds=all_kinds(REFUSALS),
        problem_page=reference.problem_page,
        problems_page=reference.problems_page,
        sandbox=_sandbox(service.settings),
    )


def _waiting(service: Service) -> Waiting:
    waiting = Waiting(service.settings.threads // 2)
    service.notifier.subscribe(waiting.ended)
    return waiting


def _sandbox(settings: Settings) -> context.Sandbox:
    return context.Sandbox(
        confinement=sandbox_level_of(settings).value,
        memory_bytes=settings.child_memory,
        seconds=settings.child_seconds,
        pair_seconds=settings.child_pair_seconds,
    )
