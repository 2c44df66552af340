"""For every request: a request id, safe response headers, a log line, and metrics."""

from __future__ import annotations

import time
import uuid

import structlog
from flask import Flask, Response, g, request

from grader.exports.page_policy import NOTHING
from grader.http.api.metrics import Metrics

log = structlog.get_logger(__name__)

_SAFE = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}


def install(app: Flask, metrics: Metrics, page_policy: str) -> None:
    """Observe every request of ``app``; ``page_policy`` is the policy of its HTML pages."""

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
        return _with_safe_headers(response, page_policy)

    app.before_request(_begin)
    app.after_request(finish)
    app.teardown_request(_end)


def _begin() -> None:
    g.started = time.perf_counter()
    g.request_id = uuid.uuid4().hex
    structlog.contextvars.bind_contextvars(request_id=g.request_id)


def _end(error: BaseException | None) -> None:
    structlog.contextvars.unbind_contextvars("request_id")


def _with_safe_headers(response: Response, page_policy: str) -> Response:
    headers = response.headers
    html = response.mimetype == "text/html"
    headers["X-Request-Id"] = g.request_id
    headers.update(_SAFE)
    headers.setdefault("Content-Security-Policy", page_policy if html else NOTHING)
    headers.setdefault("Cache-Control", "no-store")
    return response
