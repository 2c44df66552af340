"""The main functions of the API process and of the scheduler process."""

from __future__ import annotations

import signal
import socket
from threading import Event
from types import FrameType

import structlog

from grader.bootstrap import Service, build_service
from grader.cli.serve.listening import listen
from grader.http.app import create_app, head_decision
from grader.http.context import context_of
from grader.http.server import Bodies, ClientLimits, Spool, make_server, serve, stop
from grader.infra.logs import log_json
from grader.isolation import sandbox_level_of
from grader.settings import Settings

#: Seconds after SIGTERM in which requests that have begun to arrive are still answered. By hand:
#: most take a small part of it, and ``grader serve`` waits longer before it kills a process.
DRAIN_SECONDS = 5.0
#: Threads that only answer these paths. Chosen by hand: one answers at once; requests for
#: ``/readyz`` share one answer, so two threads answer any number of them.
HEALTH_THREADS = {"/healthz": 1, "/readyz": 2}

log = structlog.get_logger(__name__)


def run_api(settings: Settings, fd: int | None = None) -> None:
    """Serve HTTP until SIGTERM, then close all resources and return.

    At SIGTERM, requests that wait for a report are answered with 202, and others that have begun to
    arrive are answered, too.

    ``fd`` is the descriptor of a listening socket; ``None`` opens the configured address. Logging
    is configured first.

    Raises:
        Conflict: the configured address cannot be used.
        BadSettings: this host does not offer the configured sandbox, or the URL of the database is
            neither a SQLite file nor PostgreSQL.
    """
    log_json()
    service = build_service(settings)
    listening = listen(settings.host, settings.port) if fd is None else socket.socket(fileno=fd)
    app = create_app(service)
    server = make_server(
        app,
        listening,
        threads=settings.threads,
        own_threads=HEALTH_THREADS,
        bodies=Bodies(settings.max_request, Spool(settings.max_spool), head_decision(app)),
        limits=ClientLimits(
            connections=settings.max_connections,
            head=settings.head_seconds,
            request=settings.request_seconds,
        ),
    )

    def handle(number: int, frame: FrameType | None) -> None:
        """Handle a signal: end the waits, and let the server stop."""
        context_of(app).waiting.end()
        stop(server)

    signal.signal(signal.SIGTERM, handle)
    log.info("api_started", sandbox=sandbox_level_of(settings).value)
    try:
        serve(server, DRAIN_SECONDS)
    finally:
        server.close()
        service.close()


def run_scheduler(settings: Settings) -> None:
    """Run a sweep every ``settings.sweep_every`` seconds until SIGTERM, then return.

    A sweep recovers lost submissions, see :func:`sweep_once`. The first one comes after that time,
    too. If a sweep fails, that is logged, and the next one follows. Logging is configured first.

    Raises:
        BadSettings: the URL of the database is neither a SQLite file nor PostgreSQL.
    """
    log_json()
    stopping = Event()
    signal.signal(signal.SIGTERM, lambda number, frame: stopping.set())
    service = build_service(settings)
    log.info("scheduler_started")
    try:
        while not stopping.wait(settings.sweep_every):
            sweep_once(service)
    finally:
        service.close()


def sweep_once(service: Service) -> None:
    """Run one sweep; log how many submissions it queued again or parked, if any.

    It queues submissions of lost workers again, parks those without a try left (they need
    attention), and notifies workers of due work. An exception is logged and not raised.
    """
    try:
        swept = service.sweep()
    except Exception:  # e.g. a locked database: the next sweep repeats the work
        log.exception("sweep_failed")
        return
    if swept.requeued or swept.parked:
        log.warning("swept", requeued=swept.requeued, parked=swept.parked)
