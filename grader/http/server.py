"""The HTTP server: Waitress, which reads a whole request before a thread handles it.

A slow client therefore occupies a connection, not a thread. A request that is not complete in time
is dropped. If there are too many connections, a new connection closes the connection that has
waited longest for its client.
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

#: The most bytes of request line and headers together. Chosen by hand: a token and the headers of
#: a browser need a small part of it.
MAX_HEAD = 32_768
#: Bytes of a request that are kept in memory; a longer one goes to a temporary file. By hand.
MAX_IN_MEMORY = 131_072
#: File descriptors of a connection at most: its socket, a request and a response in files.
_DESCRIPTORS_EACH = 3
#: File descriptors for everything else: the database, Redis, logs. Chosen by hand.
_OTHER_DESCRIPTORS = 200


@dataclass(frozen=True)
class ClientLimits:
    """The most connections, and time limits for a client in seconds. Defaults chosen by hand.

    ``head`` and ``request`` limit how long the headers and the whole request may take, from the
    first byte. ``idle`` limits how long a connection may be silent, also between requests. While a
    request arrives, it counts from the first byte as well, so that it also limits ``request``;
    while one is being answered, it does not count.
    """

    connections: int = 1_000
    head: float = 20.0
    request: float = 120.0
    idle: float = 60.0


class ProblemTask(ErrorTask):  # type: ignore[misc]
    """Answers with a problem document a request that Waitress refuses, e.g. for its length."""

    def execute(self) -> None:
        """Send the refusal as a problem document; the connection is closed afterwards."""
        error = self.request.error
        body = refused_by_server(error.code, self.channel.adj.max_request_body_size).encode()
        self.status = f"{error.code} {error.reason}"
        self.response_headers.append(("Content-Type", MEDIA_TYPE))
        self.set_close_on_finish()
        self.content_length = len(body)
        self.write(body)


class Channel(HTTPChannel):  # type: ignore[misc]
    """A connection whose request must be complete in time, even if bytes keep arriving.

    Waitress alone closes silent connections only, so a client could send a byte a minute for ever.
    If there are more connections than ``limits`` allows, a new one closes the one that has waited
    longest for its client. A connection whose request is being answered is never chosen.
    """

    error_task_class = ProblemTask
    limits = ClientLimits()
    #: When the current request began, or the client last read a part of a response.
    last_activity: float

    def __init__(self, server: Any, *arguments: Any, **keywords: Any) -> None:
        super().__init__(server, *arguments, **keywords)
        if len(server.active_channels) > self.limits.connections:
            _close_longest_waiting(server.active_channels.values())

    def handle_read(self) -> None:
        """Read bytes from the client; more bytes of one request do not extend its time limit."""
        request, began = self.request, self.last_activity
        super().handle_read()
        if request is not None and self.request is request:
            self.last_activity = began

    def readable(self) -> bool:
        """Return whether Waitress should read from the client.

        A connection whose request takes too long is marked to be closed, and the result is false.
        Waitress calls this in every round of its loop, at least once a second.
        """
        if self.request is not None and not self.requests:
            in_head = not self.request.headers_finished
            limit = self.limits.head if in_head else self.limits.request
            if time.time() - self.last_activity > limit:
                self.will_close = True
        return bool(super().readable())


def _close_longest_waiting(channels: Any) -> None:
    """Mark the connection of ``channels`` with the oldest ``last_activity`` to be closed.

    Connections with a complete request that is still being answered are left alone; if that is
    true of all, none is closed.
    """
    waiting = [one for one in channels if not one.requests and not one.will_close]
    if waiting:
        min(waiting, key=lambda one: one.last_activity).will_close = True


def make_server(
    app: Flask, listening: socket.socket, *, threads: int, longest_body: int, limits: ClientLimits
) -> Any:
    """Return a Waitress server for ``app`` on ``listening``, an open socket; ``run()`` starts it.

    ``threads`` threads run the routes. A request whose body is declared to have ``longest_body``
    bytes or more is refused before the body is read, a chunked one when it has as many. A client
    that reads slowly occupies no thread: up to 16 MiB of a response are buffered. ``limits`` are
    those of every :class:`Channel`. This process's limit of open files is raised as far as
    ``limits.connections`` needs and the system allows.
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
        max_request_body_size=longest_body,
        inbuf_overflow=MAX_IN_MEMORY,
        # Clients disconnect at any time; that is no error of the service.
        log_socket_errors=False,
        asyncore_use_poll=True,
        ident=None,
    )
    server.channel_class = type("Channel", (Channel,), {"limits": limits})
    return server


def _allow_descriptors(wanted: int) -> None:
    """Raise this process's soft limit of open files to ``wanted``, if the hard limit allows it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY:
        wanted = min(wanted, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
