"""A connection: its requests must arrive in time, and long bodies wait for a decision."""

from __future__ import annotations

import time
from dataclasses import dataclass
from http import HTTPStatus
from io import BytesIO
from threading import RLock
from typing import Any

import structlog
from waitress.channel import HTTPChannel
from waitress.task import ErrorTask, WSGITask

from grader.http.problems import MEDIA_TYPE, refused_by_server
from grader.http.server.request import (
    NO_HOST,
    NO_ROOM,
    OLD_ENCODING,
    RETRY_AFTER,
    TWO_LENGTHS,
    Answer,
    Bodies,
    Decision,
    Request,
)

log = structlog.get_logger(__name__)

#: The sentences about a refused request that a client gets to read. Those of Waitress quote it.
_SENTENCES = frozenset({NO_HOST, TWO_LENGTHS, OLD_ENCODING, NO_ROOM})


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
    """Answers a request that this server or its head refused, and closes the connection."""

    def execute(self) -> None:
        """Send the answer of the head, or else the refusal as a problem document."""
        answer = getattr(self.request.error, "answer", None) or self._problem()
        self.status = answer.status
        kept = (pair for pair in answer.headers if pair[0].lower() != "content-length")
        self.response_headers.extend(kept)
        self.set_close_on_finish()
        self.content_length = len(answer.body)
        self.write(answer.body)

    def _problem(self) -> Answer:
        """Return the problem document, e.g. that the body is longer than allowed."""
        error = self.request.error
        detail = error.body if error.body in _SENTENCES else ""
        body = refused_by_server(error.code, self.channel.bodies.longest, detail)
        headers = [("Content-Type", MEDIA_TYPE)]
        if error.code == HTTPStatus.SERVICE_UNAVAILABLE:
            headers.append(("Retry-After", str(RETRY_AFTER)))
        return Answer(f"{error.code} {error.reason}", headers, body.encode())


class BodyTask(WSGITask):  # type: ignore[misc]
    """Runs the application for a whole request, with what its head has decided."""

    def get_environment(self) -> dict[str, Any]:
        """Return the WSGI environment; it includes that of the decision."""
        environ: dict[str, Any] = super().get_environment()
        return {**environ, **self.request.environ}

    def build_response_header(self) -> bytes:
        """Return the head of the response, which says so if it is the last on its connection."""
        if self.channel.server.is_stopping:
            self.set_close_on_finish()
        return bytes(super().build_response_header())


class HeadTask:
    """A task that decides on the head of ``request``, whose body waits for that."""

    def __init__(self, channel: Channel, request: Request) -> None:
        self._channel, self._request = channel, request

    def service(self) -> None:
        """Decide, in a thread of the application, and go on with the request."""
        task = BodyTask(self._channel, self._request)
        environ = {**task.get_environment(), "wsgi.input": BytesIO()}
        try:
            decision = self._channel.bodies.decide(environ)
        except Exception:
            log.exception("head_failed")
            decision = Decision()  # The application will fail in the same way, and answer that.
        self._channel.decided(self._request, decision)

    def cancel(self) -> None:
        """Close the connection: the server ends."""
        self._channel.cancel()


class Channel(HTTPChannel):  # type: ignore[misc]
    """A connection whose request must be complete in time, even if bytes keep arriving.

    A body that is not short is read only after a thread has decided on its head.

    Waitress alone closes silent connections only, so a client could send a byte a minute for ever.
    If there are more connections than ``limits`` allows, a new one closes the one that has waited
    longest for its client. A connection whose request is being answered is never chosen.
    """

    task_class = BodyTask
    error_task_class = ProblemTask
    limits = ClientLimits()
    bodies: Bodies
    request: Request | None
    #: Whether a thread is about to decide on a head, and nothing more is read until then.
    _deciding = False
    #: When the current request began, or the client last read a part of a response.
    last_activity: float

    def __init__(self, server: Any, *arguments: Any, **keywords: Any) -> None:
        super().__init__(server, *arguments, **keywords)
        # Sending in the midst of receiving can end in handle_close(), which needs the lock too.
        self.requests_lock = RLock()
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
        if self._deciding:
            return False
        if self.request is not None and not self.requests:
            in_head = not self.request.headers_finished
            limit = self.limits.head if in_head else self.limits.request
            if time.time() - self.last_activity > limit:
                self.will_close = True
        return bool(super().readable())

    def received(self, data: bytes) -> bool:
        """Receive ``data``, and have a thread decide if a head needs it; return whether it did."""
        used = bool(super().received(data))
        self._ask()
        return used

    def _ask(self) -> None:
        """Start to decide on the head of the request that is being received, if it waits for it."""
        request = self.request
        if request is not None and request.undecided:
            self._deciding = True
            self.server.add_task(HeadTask(self, request))

    def decided(self, request: Request, decision: Decision) -> None:
        """Go on with ``request`` after the ``decision`` on its head; called in a thread."""
        with self.requests_lock:
            if self.will_close or self.close_when_flushed or not self.connected:
                request.close()
                return
            held = request.decided(decision)
            self._go_on(request)
        if held:
            super().received(held)
        if self.request is not None and self.request.undecided:
            self._ask()  # Held back was a next request, too.
        else:
            self._deciding = False
        self.server.pull_trigger()

    def _go_on(self, request: Request) -> None:
        """Have ``request`` answered if it is complete, else ask for a body that waits."""
        if request.completed:  # refused, and the client waits for the answer
            self.requests.append(request)
            self.request = None
            if len(self.requests) == 1:
                self.server.add_task(self)
        elif request.expect_continue and not self.requests and not self.sent_continue:
            self.send_continue()

    def handle_close(self) -> None:
        """Close the connection, and give back the room for a body that was being received."""
        super().handle_close()
        with self.requests_lock:
            if self.request is not None:
                self.request.close()


def _close_longest_waiting(channels: Any) -> None:
    """Mark the connection of ``channels`` with the oldest ``last_activity`` to be closed.

    Connections with a complete request that is still being answered are left alone; if that is
    true of all, none is closed.
    """
    waiting = [one for one in channels if not one.requests and not one.will_close]
    if waiting:
        min(waiting, key=lambda one: one.last_activity).will_close = True
