"""The API context: the use cases that the routes of one application call."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from flask import Flask, current_app

from grader.http.waiting import Waiting
from grader.service.access_log import AccessLog
from grader.service.drafts import Drafts
from grader.service.ports import Clock, LintRubric, Store
from grader.service.preview import Preview
from grader.service.publish import Publish
from grader.service.queue_positions import QueuePositions
from grader.service.rate_limits import RateLimits
from grader.service.read import Read
from grader.service.readiness import Readiness
from grader.service.receive import Receive
from grader.service.regrade import Regrade
from grader.service.retry import Retry
from grader.service.samples import Samples
from grader.service.submit import Submit
from grader.service.tokens import Tokens
from grader.service.versions import Versions

_KEY = "grader.api_context"


@dataclass(frozen=True)
class Sandbox:
    """The sandbox of the child process that inspects students' files, as ``/readyz`` shows it.

    It follows from the settings of this process; the workers should have the same. ``confinement``
    names the sandbox level; ``memory_bytes`` limits the memory of the child, ``seconds`` its CPU
    time for a submission and ``pair_seconds`` that for one check on one file.
    """

    confinement: str
    memory_bytes: int
    seconds: float
    pair_seconds: float


@dataclass(frozen=True)
class ApiContext:
    """What the routes of an application work with: its store, clock, limits and use cases.

    :func:`grader.http.app.create_app` makes it, and :func:`context` returns it to a route.
    ``waiting`` lets requests wait for a report; ``sandbox`` is only shown.
    """

    store: Store
    clock: Clock
    tokens: Tokens
    read: Read
    queue_positions: QueuePositions
    submit: Submit
    publish: Publish
    drafts: Drafts
    preview: Preview
    versions: Versions
    lint: LintRubric
    samples: Samples
    retry: Retry
    regrade: Regrade
    receive: Receive
    access_log: AccessLog
    limits: RateLimits
    readiness: Readiness
    waiting: Waiting
    sandbox: Sandbox


def install_context(app: Flask, given: ApiContext) -> None:
    """Store ``given`` in ``app``; :func:`context` returns it during the requests of ``app``."""
    app.extensions[_KEY] = given


def context_of(app: Flask) -> ApiContext:
    """Return the API context that :func:`install_context` stored in ``app``."""
    return cast(ApiContext, app.extensions[_KEY])


def context() -> ApiContext:
    """Return the API context of the application that handles the current request.

    Raises:
        RuntimeError: there is neither a request nor an application context.
        KeyError: :func:`install_context` was not called for the application.
    """
    return cast(ApiContext, current_app.extensions[_KEY])
