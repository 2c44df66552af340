"""What the routes are given: use cases, renderings and a way to wait; they look nothing up."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import cast

from flask import Flask, current_app

from grader.http.problems.kinds import ProblemKind
from grader.http.waiting import Waiting
from grader.service.access_log import Witness
from grader.service.ports import Clock, Store
from grader.service.publish import Publish
from grader.service.queue_positions import Places
from grader.service.rate_limits import RateLimits
from grader.service.read import Read
from grader.service.receive import Receive
from grader.service.retry import Retry
from grader.service.submit import Submit
from grader.service.tokens import Tokens

_KEY = "grader.doors"


@dataclass(frozen=True)
class Sandbox:
    """The sandbox level of the child that reads a student's source, and its limits."""

    confinement: str
    memory_bytes: int
    seconds: float
    pair_seconds: float


@dataclass(frozen=True)
class Doors:
    """The use cases behind the routes.

    ``kinds`` is every kind of problem by its code; ``problem_page`` and
    ``problems_page`` render one, or all of them, as HTML;
    ``sandbox`` says in which confinement students' source is looked at.
    """

    store: Store
    clock: Clock
    tokens: Tokens
    read: Read
    places: Places
    submit: Submit
    publish: Publish
    retry: Retry
    receive: Receive
    witness: Witness
    limits: RateLimits
    waiting: Waiting
    kinds: Mapping[str, ProblemKind]
    problem_page: Callable[[ProblemKind], str]
    problems_page: Callable[[Iterable[ProblemKind]], str]
    sandbox: Sandbox


def install(app: Flask, given: Doors) -> None:
    """Hand the doors to an application."""
    app.extensions[_KEY] = given


def doors() -> Doors:
    """The doors of the application that answers this request."""
    return cast(Doors, current_app.extensions[_KEY])
