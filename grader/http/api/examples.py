"""Examples of bodies in the OpenAPI document: of every request, and of every success.

``examples.json`` has them by the name of their schema, e.g. ``SubmissionBody``, or by operation and
media type, e.g. ``submit application/zip``. They were recorded from a service, so that they fit
together: one submission, its facts and its report. A test holds each against its schema.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from importlib import resources
from typing import Any

from grader.domain.report import Report
from grader.exports.formats import FORMATS

#: A part of the OpenAPI document.
Described = dict[str, Any]


def add_examples(document: Described) -> None:
    """Give each body in ``document`` its example: of requests, and of responses of status 2xx.

    A body of which no example is known is left as it is.
    """
    known = _examples()
    for item in document["paths"].values():
        for operation in item.values():
            for media_type, body in _bodies(operation):
                by_operation = f"{operation['operationId']} {media_type}"
                key = body["schema"].get("$ref", by_operation).rpartition("/schemas/")[2]
                if key in known:
                    body["example"] = known[key]


def _bodies(operation: Described) -> Iterator[tuple[str, Described]]:
    """Yield (media type, description) of each body of the request and of the responses 2xx."""
    yield from operation.get("requestBody", {}).get("content", {}).items()
    for status, response in operation["responses"].items():
        if status.startswith("2"):
            yield from response.get("content", {}).items()


@cache
def _examples() -> dict[str, Any]:
    """Return every example by key; the forms of a report are rendered from the one in JSON."""
    text = resources.files("grader.http.api").joinpath("examples.json").read_text("utf-8")
    known: dict[str, Any] = json.loads(text)
    report = Report.model_validate(known["Report"])
    for form in FORMATS.values():
        if form.media_type != "application/json":
            for operation in ("submit", "getReport", "getOldReport"):
                known[f"{operation} {form.media_type}"] = form.render(report)
    return known
