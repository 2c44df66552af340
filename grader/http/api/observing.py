"""For every request: a request id, safe response headers, a log line, and metrics."""

from __future__ import annotations

import time
import uuid
from http import HTTPStatus

import structlog
from flask import Flask, Response, g, request

from grader.exports.page_policy import NOTHING
from grader.http.api.health import PROBES
from grader.http.api.metrics import Metrics

log = structlog.get_logger(__name__)

#: Headers of every response that keep browsers from guessing types and sharing with other sites.
_SAFE = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}


def install(app: Flask, metrics: Metrics, page_policy: str) -> None:
    """Log every request of ``app``, count it in ``metrics``, and add headers to its response.

    Health checks that succeed are not logged. The headers are a request id and those for browsers'
    security. ``page_policy`` is the Content-Security-Policy of HTML responses; others may load
    nothing. A policy or ``Cache-Control`` that a route has set stays; without one, responses are
    not cached.
    """

    def finish(response: Response) -> Response:
        """Count and log the request, and return ``response`` with safe headers."""
        seconds = time.perf_counter() - g.started
        route = request.url_rule.rule if request.url_rule else "unmatched"
        metrics.observe(route, request.method, response.status_code, seconds)
        # One proxy and one health check would write 17,000 lines a day.
        if route not in PROBES or response.status_code >= HTTPStatus.BAD_REQUEST:
            log.info(
                "request",
                method=request.method,
                route=route,
                status=response.status_code,
                seconds=round(seconds, 4),
            )
        return _with_safe_headers(response, page_policy)

    app.before_request(_begin)
    app.after_request(finish)
    app.teardown_request(_end)


def _begin() -> None:
    """Start the clock of a request, and add a new request id to its log lines."""
    g.started = time.perf_counter()
    g.request_id = uuid.uuid4().hex
    structlog.contextvars.bind_contextvars(request_id=g.request_id)


def _end(error: BaseException | None) -> None:
    """Remove the request id from log lines; ``error`` is ignored, as Flask has handled it."""
    structlog.contextvars.unbind_contextvars("request_id")


def _with_safe_headers(response: Response, page_policy: str) -> Response:
    """Return ``response`` with its request id, safe headers, no caching and a content policy.

    A ``Content-Security-Policy`` or ``Cache-Control`` that the route has set stays.
    """
    headers = response.headers
    html = response.mimetype == "text/html"
    headers["X-Request-Id"] = g.request_id
    headers.update(_SAFE)
    headers.setdefault("Content-Security-Policy", page_policy if html else NOTHING)
    headers.setdefault("Cache-Control", "no-store")
    return response
