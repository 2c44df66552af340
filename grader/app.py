"""The Flask application: blueprints and error handlers, nothing else."""

from __future__ import annotations

from flask_openapi3.openapi import OpenAPI

from grader.api import (
    audit,
    auth,
    document,
    doors,
    exercises,
    health,
    metrics,
    observing,
    problem_pages,
    problems,
    rubrics,
    submissions,
    webhooks,
)
from grader.api.bodies import SandboxBody
from grader.api.parameters import SlugConverter
from grader.api.problem_kinds import all_kinds
from grader.api.waiting import Waiting
from grader.bootstrap import Service
from grader.checks.catalog import CATALOG
from grader.engine.intake_refusals import REFUSALS
from grader.exports.formats import FORMATS
from grader.exports.marks import marks_table
from grader.isolation import sandbox_of
from grader.settings import Settings
from grader.web import pages


def create_app(service: Service) -> OpenAPI:
    """The HTTP side of a service. It owns no resource: closing the service is the caller's.

    Raises:
        BadSettings: this host does not offer the configured sandbox.
    """
    app = document.new_app(__name__)
    app.config["MAX_CONTENT_LENGTH"] = service.settings.max_request
    app.url_map.converters["slug"] = SlugConverter
    counted = metrics.Metrics(service.store.submissions.queue, service.clock)
    doors.install(app, _doors_of(service))
    observing.install(app, counted, pages.policy())
    problems.install(app)
    for room in (exercises, submissions, rubrics, audit, webhooks, health, problem_pages):
        app.register_api(room.blueprint)
    app.register_api(metrics.blueprint(counted))
    app.register_api(document.blueprint(app))
    described = app.api_doc
    auth.install(app, described)
    pages.install(app, described, CATALOG)
    return app


def _doors_of(service: Service) -> doors.Doors:
    return doors.Doors(
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
        formats=FORMATS,
        marks_table=marks_table,
        waiting=_waiting(service),
        kinds=all_kinds(REFUSALS),
        problem_page=pages.problem_page,
        problems_page=pages.problems_page,
        sandbox=_sandbox(service.settings),
    )


def _waiting(service: Service) -> Waiting:
    waiting = Waiting(service.settings.threads // 2)
    service.waker.listen(waiting.ended)
    return waiting


def _sandbox(settings: Settings) -> SandboxBody:
    return SandboxBody(
        confinement=sandbox_of(settings).value,
        memory_bytes=settings.child_memory,
        seconds=settings.child_seconds,
        pair_seconds=settings.child_pair_seconds,
    )
