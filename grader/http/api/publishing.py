"""What all routes that publish a rubric share: waiting for golden samples, and the answer."""

from __future__ import annotations

from collections.abc import Callable

from flask import Response

from grader.domain.errors import SamplesNotMeasured
from grader.http.api.answers import json_answer
from grader.http.api.rubric_bodies import tagged
from grader.http.api.rubric_models import RubricBody
from grader.http.context import context
from grader.http.openapi import PREFIX
from grader.http.waiting import wanted_wait
from grader.service.publish import Published

#: The problems of every route that publishes.
PUBLISHING = (
    "forbidden",
    "conflict",
    "samples-differ",
    "precondition-failed",
    "invalid-rubric",
    "samples-not-measured",
)


def when_measured(publish: Callable[[], Published], prefer: str) -> Published:
    """Return the result of ``publish``; first wait until golden samples are measured, if asked.

    ``prefer`` is the request's header ``Prefer``, e.g. ``wait=30``. While ``publish`` raises
    SamplesNotMeasured, it is called again after that time, or as soon as they are measured.

    Raises:
        SamplesNotMeasured: they are not measured in time, or too many requests wait.
    """
    seconds = wanted_wait(prefer)
    try:
        return publish()
    except SamplesNotMeasured as error:
        if not seconds:
            raise
        missing = error
    context().waiting.until(
        missing.probes, lambda: context().publish.gate.is_over(missing), seconds
    )
    return publish()


def published_answer(published: Published) -> Response:
    """Return the answer to a publication: 201 for a new exercise, else 200."""
    record = published.record
    is_created = published.is_new and record.version == 1
    response = json_answer(RubricBody.from_record(record), 201 if is_created else 200)
    response.headers["Location"] = f"{PREFIX}/exercises/{record.exercise}/rubric"
    return tagged(response, record)
