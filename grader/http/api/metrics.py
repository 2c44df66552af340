"""Metrics for Prometheus, in one registry for each application, and the route that serves them."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import structlog
from flask import Response
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag
from prometheus_client import CollectorRegistry, Counter, Histogram
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.registry import Collector

from grader.http.openapi import answer, problems
from grader.infra.logs import SINK
from grader.service.ports import Clock
from grader.service.records import QueueState

log = structlog.get_logger(__name__)

#: The methods that get a label of their own.
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class _Queue(Collector):
    """Gauges of the queue, read from the database at each scrape."""

    def __init__(self, read: Callable[[], QueueState], clock: Clock) -> None:
        self._read = read
        self._clock = clock

    def describe(self) -> Iterable[Metric]:
        """Return no metrics, so that registering this collector does not query the database."""
        return ()

    def collect(self) -> Iterable[Metric]:
        """Yield the gauges; none while the database cannot be reached (see ``/readyz``)."""
        try:
            queue = self._read()
        except Exception as error:  # other metrics must still be served
            log.error("queue_unknown", error=type(error).__name__)
            return
        gauge = GaugeMetricFamily
        yield gauge("grader_submissions_queued", "Submissions that wait.", queue.queued)
        yield gauge("grader_submissions_running", "Submissions in work.", queue.running)
        yield gauge(
            "grader_submissions_needs_attention",
            "Submissions that wait for an instructor.",
            queue.needs_attention,
        )
        yield gauge(
            "grader_oldest_queued_seconds",
            "How long the oldest queued submission has been waiting.",
            queue.seconds_waited(self._clock.now()),
        )


class _Logs(Collector):
    """The number of log lines that this process could not write."""

    def collect(self) -> Iterable[Metric]:
        """Yield the counter."""
        yield CounterMetricFamily(
            "grader_log_lines_dropped",
            "Log lines of this process that could not be written.",
            SINK.dropped,
        )


class Metrics:
    """Collects the metrics of one application: requests, their durations, the queue, the log.

    :meth:`observe` adds a request; :func:`blueprint` serves everything in ``registry``.
    ``read_queue`` is called whenever metrics are read; if it raises, that is logged, and the gauges
    are left out. ``clock`` is for the age of the oldest queued submission.
    """

    def __init__(self, read_queue: Callable[[], QueueState], clock: Clock) -> None:
        self.registry = CollectorRegistry()
        self.registry.register(_Queue(read_queue, clock))
        self.registry.register(_Logs())
        self._requests = Counter(
            "grader_requests",
            "Requests by route, method and status.",
            ("route", "method", "status"),
            registry=self.registry,
        )
        self._seconds = Histogram(
            "grader_request_seconds",
            "How long requests took, waiting for a report included.",
            ("route", "method"),
            registry=self.registry,
        )

    def observe(self, route: str, method: str, status: int, seconds: float) -> None:
        """Count a request with the response ``status``, and record that it took ``seconds``.

        ``route`` is the rule that matched, e.g. ``/healthz``, not the address; ``unmatched`` for
        none. Unknown methods share the label ``other``, so that clients cannot create more labels.
        """
        method = method if method in _METHODS else "other"
        self._requests.labels(route, method, str(status)).inc()
        self._seconds.labels(route, method).observe(seconds)


def blueprint(metrics: Metrics) -> APIBlueprint:
    """Return a blueprint with the public route ``/metrics``, which serves ``metrics``."""
    routes = APIBlueprint("metrics", __name__, abp_tags=[Tag(name="operation")])

    @routes.get(
        "/metrics",
        operation_id="metrics",
        responses={"200": answer("Prometheus text.", "text/plain"), **problems("bad-request")},
    )
    def show() -> Response:
        """Get metrics for Prometheus: requests, their durations and the size of the queue."""
        return Response(generate_latest(metrics.registry), content_type=CONTENT_TYPE_LATEST)

    return routes
