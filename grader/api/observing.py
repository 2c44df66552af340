"""What every answer carries and leaves behind: a request id, safe headers, a log line, metrics."""

from __future__ import annotations

import time
import uuid

import structlog
from flask import Flask, Response, g, request

from grader.api.metrics import Metrics

log = structlog.get_logger(__name__)

_HTML_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)
_OTHER_POLICY = "default-src 'none'; frame-ancestors 'none'"


def install(app: Flask, metrics: Metrics) -> None:
    """Observe every request of an application."""

    def finish(response: Response) -> Response:
        seconds = time.perf_counter() - g.started
        route = request.url_rule.rule if request.url_rule else "unmatched"
        metrics.observe(route, request.method, response.status_code, seconds)
        log.info(
            "request",
            method=request.method,
            route=route,
            status=response.status_code,
            seconds=round(seconds, 4),
        )
        return _with_safe_headers(response)

    app.before_request(_begin)
    app.after_request(finish)
    app.teardown_request(_end)


def _begin() -> None:
    g.started = time.perf_counter()
    g.request_id = uuid.uuid4().hex
    structlog.contextvars.bind_contextvars(request_id=g.request_id)


def _end(error: BaseException | None) -> None:
    structlog.contextvars.unbind_contextvars("request_id")


def _with_safe_headers(response: Response) -> Response:
    headers = response.headers
    html = response.mimetype == "text/html"
    headers["X-Request-Id"] = g.request_id
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Referrer-Policy"] = "no-referrer"
    headers["Content-Security-Policy"] = _HTML_POLICY if html else _OTHER_POLICY
    headers.setdefault("Cache-Control", "no-store")
    return response
