"""The HTTP server: whole requests are read before a thread looks at them.

So a slow client costs a connection and no thread, and that only for so long: what does not arrive
whole in time is dropped, and where connections run out the one that has waited longest for the
rest of its request makes room for a new one.
"""

from __future__ import annotations

import resource
import socket
import time
from dataclasses import dataclass
from typing import Any

from flask import Flask
from waitress.channel import HTTPChannel
from waitress.server import create_server
from waitress.task import ErrorTask

from grader.http.problems import MEDIA_TYPE, refused_by_server

#: The longest request line and headers together, in bytes: a token, and room for a browser's.
LONGEST_HEAD = 32_768
#: What is kept of a request in memory, in bytes; the rest lies in a temporary file.
IN_MEMORY = 131_072
#: Descriptors that a connection may need: the socket, a request and an answer in files.
_DESCRIPTORS = 3
#: Descriptors for everything else: the database, Redis, logs.
_OTHERS = 200


@dataclass(frozen=True)
class Patience:
    """How long a client may take, in seconds, and how many may be connected.

    ``head`` and ``request`` are counted from the first byte; ``idle`` is for a connection on which
    nothing comes, between requests too.
    """

    connections: int = 1_000
    head: float = 20.0
    request: float = 120.0
    idle: float = 60.0


class ProblemTask(ErrorTask):  # type: ignore[misc]
    """What the server refuses by itself is told as everywhere: by a problem document."""

    def execute(self) -> None:
        """Answer, and close the connection."""
        error = self.request.error
        body = refused_by_server(error.code, self.channel.adj.max_request_body_size).encode()
        self.status = f"{error.code} {error.reason}"
        self.response_headers.append(("Content-Type", MEDIA_TYPE))
        self.set_close_on_finish()
        self.content_length = len(body)
        self.write(body)


class Channel(HTTPChannel):  # type: ignore[misc]
    """A connection whose request must arrive in time, however busily it trickles in."""

    error_task_class = ProblemTask
    patience = Patience()
    #: When it was last of use: a request began, or some of an answer was taken.
    last_activity: float

    def __init__(self, server: Any, *given: Any, **named: Any) -> None:
        super().__init__(server, *given, **named)
        if len(server.active_channels) > self.patience.connections:
            _make_room(server.active_channels.values())

    def handle_read(self) -> None:
        """Read; the rest of a request that has begun does not make its time begin anew."""
        begun, since = self.request, self.last_activity
        super().handle_read()
        if begun is not None and self.request is begun:
            self.last_activity = since

    def readable(self) -> bool:
        """Asked in every round of the server's loop, at least once a second."""
        if self.request is not None and not self.requests:
            in_head = not self.request.headers_finished
            limit = self.patience.head if in_head else self.patience.request
            if time.time() - self.last_activity > limit:
                self.will_close = True
        return bool(super().readable())


def _make_room(channels: Any) -> None:
    """Close the connection that has waited longest for its client, if any does."""
    waiting = [one for one in channels if not one.requests and not one.will_close]
    if waiting:
        min(waiting, key=lambda one: one.last_activity).will_close = True


def make_server(
    app: Flask, listening: socket.socket, *, threads: int, longest_body: int, patience: Patience
) -> Any:
    """Waitress on an open listening socket; ``longest_body`` is in bytes.

    What is longer is refused by its head. Answers are buffered as well, so that a client that
    does not read holds no thread either.
    """
    _allow_descriptors(patience.connections * _DESCRIPTORS + _OTHERS)
    server = create_server(
        app,
        sockets=[listening],
        threads=threads,
        # One that is let in beyond the limit has another one closed.
        connection_limit=patience.connections + threads + _OTHERS,
        channel_timeout=int(patience.idle),
        cleanup_interval=max(1, min(10, int(patience.idle))),
        max_request_header_size=LONGEST_HEAD,
        max_request_body_size=longest_body,
        inbuf_overflow=IN_MEMORY,
        # A client that leaves in the midst of something is its own affair.
        log_socket_errors=False,
        asyncore_use_poll=True,
        ident=None,
    )
    server.channel_class = type("Channel", (Channel,), {"patience": patience})
    return server


def _allow_descriptors(wanted: int) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY:
        wanted = min(wanted, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
