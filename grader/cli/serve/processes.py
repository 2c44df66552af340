"""The bodies of the API process and of the scheduler process."""

from __future__ import annotations

import signal
import socket
import sys
from threading import Event
from types import FrameType

import structlog

from grader.bootstrap import Service, build_service
from grader.cli.serve.listening import listen
from grader.http.app import create_app
from grader.http.server import Patience, make_server
from grader.infra.logs import log_json
from grader.isolation import sandbox_level_of
from grader.settings import Settings

#: So many times the longest request is read to the end before it is refused, for clients that
#: listen only once they have sent everything. What is longer than that is refused by its head.
READ_TO_TELL = 4

log = structlog.get_logger(__name__)


def run_api(settings: Settings, fd: int | None = None) -> None:
    """Serve HTTP until SIGTERM, on an open listening socket or on the configured address."""
    log_json()
    service = build_service(settings)
    listening = listen(settings.host, settings.port) if fd is None else socket.socket(fileno=fd)
    server = make_server(
        create_app(service),
        listening,
        threads=settings.threads,
        longest_body=settings.max_request * READ_TO_TELL,
        patience=Patience(
            connections=settings.max_connections,
            head=settings.head_seconds,
            request=settings.request_seconds,
        ),
    )
    signal.signal(signal.SIGTERM, _leave)
    log.info("api_started", sandbox=sandbox_level_of(settings).value)
    try:
        server.run()
    finally:
        server.close()
        service.close()


def run_scheduler(settings: Settings) -> None:
    """Sweep every ``settings.sweep_every`` seconds until SIGTERM, whatever goes wrong."""
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
    """One sweep; what goes wrong is logged and tried again with the next."""
    try:
        swept = service.sweep()
    except Exception:  # the scheduler is the last one standing: nothing may end it
        log.exception("sweep_failed")
        return
    if swept.requeued or swept.parked:
        log.warning("swept", requeued=swept.requeued, parked=swept.parked)


def _leave(number: int, frame: FrameType | None) -> None:
    sys.exit(0)
