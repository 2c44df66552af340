"""The bodies of the API process and of the scheduler process."""

from __future__ import annotations

import signal
import socket
import sys
from threading import Event
from types import FrameType
from typing import Any

import structlog
from waitress.server import create_server

from grader.app import create_app
from grader.bootstrap import Service, build_service, sandbox_of
from grader.logs import log_json
from grader.settings import Settings

#: What waitress reads before the application answers 413 with a problem document; beyond it
#: waitress itself refuses. In bytes.
LONGEST_BODY = 134_217_728

log = structlog.get_logger(__name__)


def run_api(settings: Settings, fd: int | None = None) -> None:
    """Serve HTTP until SIGTERM, on an open listening socket or on the configured address."""
    log_json()
    service = build_service(settings)
    place: dict[str, Any] = {"host": settings.host, "port": settings.port}
    if fd is not None:
        place = {"sockets": [socket.socket(fileno=fd)]}
    server = create_server(
        create_app(service),
        threads=settings.threads,
        max_request_body_size=LONGEST_BODY,
        connection_limit=1_000,
        asyncore_use_poll=True,
        ident=None,
        **place,
    )
    signal.signal(signal.SIGTERM, _leave)
    log.info("api_started", sandbox=sandbox_of(settings).value)
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
