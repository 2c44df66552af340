"""One HTTP exchange, with a peer whose addresses are settled and a clock that runs out.

The HTTP library alone would look the host up again (so that a name could point elsewhere the
second time), and would wait anew for every byte of a peer that sends one now and then.
"""

from __future__ import annotations

import ssl
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from time import monotonic
from typing import Any

import httpcore

#: No single wait is longer than this, in seconds.
PATIENCE = 5.0


class Unreachable(Exception):
    """The peer could not be reached, broke off, broke the protocol, or took too long."""


@dataclass(frozen=True)
class Target:
    """Where a request goes. ``path`` is the path with the query, as it goes over the wire."""

    scheme: str
    host: str
    port: int
    path: str
    addresses: tuple[str, ...]


@dataclass(frozen=True)
class Answer:
    """What came back; names of headers are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class TooMuch(Exception):
    """The peer sent more than was asked for. ``answer`` has its status and its headers."""

    def __init__(self, answer: Answer) -> None:
        super().__init__("the answer is too long")
        self.answer = answer


def exchange(
    method: str,
    target: Target,
    headers: Mapping[str, str],
    body: bytes,
    *,
    max_bytes: int,
    deadline: float,
    tls: ssl.SSLContext,
) -> Answer:
    """Send one request and read the answer; redirects are an answer like any other.

    Raises:
        Unreachable: no complete answer before the deadline (of ``time.monotonic``).
        TooMuch: the answer's body is longer than ``max_bytes``.
    """
    backend = _Pinned(target.addresses, deadline)
    url = httpcore.URL(scheme=target.scheme, host=target.host, port=target.port, target=target.path)
    waits = {"connect": PATIENCE, "read": PATIENCE, "write": PATIENCE}
    try:
        with (
            httpcore.ConnectionPool(tls, network_backend=backend) as pool,
            pool.stream(
                method,
                url,
                headers=list({"Host": _host(target), **headers}.items()),
                content=body,
                extensions={"timeout": waits},
            ) as response,
        ):
            return _read(response, max_bytes)
    except (httpcore.TimeoutException, httpcore.NetworkError, httpcore.ProtocolError) as error:
        raise Unreachable(str(error) or type(error).__name__) from error


def _host(target: Target) -> str:
    name = f"[{target.host}]" if ":" in target.host else target.host
    usual = {"http": 80, "https": 443}[target.scheme]
    return name if target.port == usual else f"{name}:{target.port}"


def _read(response: httpcore.Response, max_bytes: int) -> Answer:
    pairs = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in response.headers]
    headers = {name.lower(): value for name, value in pairs}
    start = Answer(response.status, headers, b"")
    length = headers.get("content-length", "")
    if length.isdecimal() and int(length) > max_bytes:
        raise TooMuch(start)
    body = bytearray()
    for chunk in response.iter_stream():
        body += chunk
        if len(body) > max_bytes:
            raise TooMuch(start)
    return replace(start, body=bytes(body))


class _Pinned(httpcore.NetworkBackend):
    """Connects to the given addresses only, one after the other, until one answers."""

    def __init__(self, addresses: tuple[str, ...], deadline: float) -> None:
        self._addresses = addresses
        self._deadline = deadline
        self._real = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        failure: Exception = httpcore.ConnectError(f"{host} has no address")
        for address in self._addresses:
            try:
                wait = _left(self._deadline, timeout)
                stream = self._real.connect_tcp(address, port, wait, None, socket_options)
                return _Bounded(stream, self._deadline)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        raise failure


class _Bounded(httpcore.NetworkStream):
    """A stream on which nothing waits beyond a deadline, however slowly bytes drip."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: float) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, _left(self._deadline, timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        for start in range(0, len(buffer), 65_536):
            piece = buffer[start : start + 65_536]
            self._stream.write(piece, _left(self._deadline, timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        wait = _left(self._deadline, timeout)
        secured = self._stream.start_tls(ssl_context, server_hostname, wait)
        return _Bounded(secured, self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def _left(deadline: float, timeout: float | None) -> float:
    left = deadline - monotonic()
    if left <= 0:
        raise httpcore.ReadTimeout("took too long")
    return min(left, PATIENCE if timeout is None else timeout)
