"""The HTTP server: Waitress, which reads a whole request before a thread handles it.

A slow client therefore occupies a connection, not a thread. A request that is not complete in time
is dropped. If there are too many connections, a new connection closes the connection that has
waited longest for its client. A body that is not short is read only after its head (address, token,
length) was decided on; it then goes to a temporary file, as far as there is room.
"""

from __future__ import annotations

import resource
import socket
from collections.abc import Mapping
from typing import Any

from flask import Flask
from waitress.server import create_server

from grader.http.server.channel import Channel, ClientLimits
from grader.http.server.dispatcher import Dispatcher
from grader.http.server.request import (
    MAX_IN_MEMORY,
    REFUSED_BODY_FACTOR,
    Answer,
    Bodies,
    Decide,
    Decision,
    Request,
)
from grader.http.server.running import serve, stop
from grader.http.server.spool import Spool

__all__ = [
    "MAX_HEAD",
    "Answer",
    "Bodies",
    "ClientLimits",
    "Decide",
    "Decision",
    "Spool",
    "make_server",
    "serve",
    "stop",
]

#: The most bytes of request line and headers together. Chosen by hand: a token and the headers of
#: a browser need a small part of it.
MAX_HEAD = 32_768
#: File descriptors of a connection at most: its socket, a request and a response in files.
_DESCRIPTORS_EACH = 3
#: File descriptors for everything else: the database, Redis, logs. Chosen by hand.
_OTHER_DESCRIPTORS = 200


def make_server(
    app: Flask,
    listening: socket.socket,
    *,
    threads: int,
    bodies: Bodies,
    limits: ClientLimits,
    own_threads: Mapping[str, int],
) -> Any:
    """Return a Waitress server for ``app`` on ``listening``, an open socket, for :func:`serve`.

    ``threads`` threads run the routes, and ``bodies.decide`` for heads. The paths of
    ``own_threads`` have as many threads of their own, and are answered whatever the others do. A
    body longer than ``bodies.longest`` is refused, and nothing of it kept; if it is declared to be
    several times as long, before it is read. A client that reads slowly occupies no thread: up to
    16 MiB of a response are buffered. ``limits`` are those of every :class:`Channel`. This
    process's limit of open files is raised as far as ``limits.connections`` needs and the system
    allows.
    """
    _allow_descriptors(limits.connections * _DESCRIPTORS_EACH + _OTHER_DESCRIPTORS)
    server = create_server(
        app,
        sockets=[listening],
        threads=threads,
        # Above the limit each new connection closes an old one, so Waitress needs some headroom.
        connection_limit=limits.connections + threads + _OTHER_DESCRIPTORS,
        channel_timeout=int(limits.idle),
        cleanup_interval=max(1, min(10, int(limits.idle))),
        max_request_header_size=MAX_HEAD,
        max_request_body_size=bodies.longest * REFUSED_BODY_FACTOR,
        inbuf_overflow=MAX_IN_MEMORY + 1,
        # Clients disconnect at any time; that is no error of the service.
        log_socket_errors=False,
        asyncore_use_poll=True,
        ident=None,
    )
    server.is_stopping = False
    server.task_dispatcher = Dispatcher(server.task_dispatcher, own_threads)
    parser = type("Request", (Request,), {"bodies": bodies})
    members = {"limits": limits, "bodies": bodies, "parser_class": parser}
    server.channel_class = type("Channel", (Channel,), members)
    return server


def _allow_descriptors(wanted: int) -> None:
    """Raise this process's soft limit of open files to ``wanted``, if the hard limit allows it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY:
        wanted = min(wanted, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
