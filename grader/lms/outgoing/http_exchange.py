"""One HTTP request and its response, over given IP addresses and with a deadline.

The HTTP library alone would resolve the host a second time, when the name may point to another
address, and it would restart its timeout with every byte that a slow peer sends.
"""

from __future__ import annotations

import ssl
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from time import monotonic
from typing import Any

import httpcore

#: Most seconds of one wait on a socket: to connect, read or write (chosen by hand).
SOCKET_TIMEOUT = 5.0


class Unreachable(Exception):
    """Raised if the peer cannot be reached, closes early, breaks the protocol or takes too long."""


@dataclass(frozen=True)
class Target:
    """The target of a request, as the guard allowed it: a URL in parts, and its host's addresses.

    Requests go only to the IP ``addresses``; the name is not resolved again. ``path`` is the
    encoded path with the query.
    """

    scheme: str
    host: str
    port: int
    path: str
    addresses: tuple[str, ...]


@dataclass(frozen=True)
class Response:
    """The response to a request: HTTP status, headers (names in lower case) and body.

    If a header occurs several times, the last one counts. A content encoding of ``body``, such as
    gzip, is not decoded.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes


class ResponseTooLarge(Exception):
    """Raised for a response body over the limit; ``response`` is the response without its body."""

    def __init__(self, response: Response) -> None:
        super().__init__("the answer is too long")
        self.response = response


def exchange(
    method: str,
    target: Target,
    headers: Mapping[str, str],
    body: bytes,
    *,
    max_bytes: int,
    deadline: float,
    tls: ssl.SSLContext,
) -> Response:
    """Send one request to ``target`` and return the response; redirects are not followed.

    Its addresses are tried in turn, until one accepts the connection. The header ``Host`` is added
    unless ``headers`` has it. ``tls`` is for https only.

    Raises:
        Unreachable: no address accepts, the peer breaks off or breaks the protocol, there is no
            complete response before ``deadline`` (a time of ``time.monotonic``), or there is a
            pause of more than :data:`SOCKET_TIMEOUT`.
        ResponseTooLarge: the body is longer than ``max_bytes``, or is declared to be.
    """
    backend = _PinnedBackend(target.addresses, deadline)
    url = httpcore.URL(scheme=target.scheme, host=target.host, port=target.port, target=target.path)
    timeouts = {"connect": SOCKET_TIMEOUT, "read": SOCKET_TIMEOUT, "write": SOCKET_TIMEOUT}
    try:
        with (
            httpcore.ConnectionPool(tls, network_backend=backend) as pool,
            pool.stream(
                method,
                url,
                headers=list({"Host": _host(target), **headers}.items()),
                content=body,
                extensions={"timeout": timeouts},
            ) as response,
        ):
            return _read(response, max_bytes)
    except (httpcore.TimeoutException, httpcore.NetworkError, httpcore.ProtocolError) as error:
        raise Unreachable(str(error) or type(error).__name__) from error


def _host(target: Target) -> str:
    """Return the Host header of ``target``, with the port if it is not the default."""
    name = f"[{target.host}]" if ":" in target.host else target.host
    default = {"http": 80, "https": 443}[target.scheme]
    return name if target.port == default else f"{name}:{target.port}"


def _read(response: httpcore.Response, max_bytes: int) -> Response:
    """Return status, headers and body of ``response``.

    Raises:
        ResponseTooLarge: the body is longer than ``max_bytes``, or is declared to be; the rest of
            it is not read.
    """
    pairs = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in response.headers]
    headers = {name.lower(): value for name, value in pairs}
    start = Response(response.status, headers, b"")
    length = headers.get("content-length", "")
    if length.isdecimal() and int(length) > max_bytes:
        raise ResponseTooLarge(start)
    body = bytearray()
    for chunk in response.iter_stream():
        body += chunk
        if len(body) > max_bytes:
            raise ResponseTooLarge(start)
    return replace(start, body=bytes(body))


class _PinnedBackend(httpcore.NetworkBackend):
    """A network backend that connects to the first of given addresses that accepts.

    The host name is never resolved a second time.
    """

    def __init__(self, addresses: tuple[str, ...], deadline: float) -> None:
        self._addresses = addresses
        self._deadline = deadline
        self._backend = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """Connect to the given addresses in turn, and return the first connection.

        ``host`` is only named in errors, and ``local_address`` is ignored.

        Raises:
            httpcore.ConnectError, httpcore.ConnectTimeout: no address accepts; the last failure.
        """
        failure: Exception = httpcore.ConnectError(f"{host} has no address")
        for address in self._addresses:
            try:
                wait = _remaining(self._deadline, timeout)
                stream = self._backend.connect_tcp(address, port, wait, None, socket_options)
                return _DeadlineStream(stream, self._deadline)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        raise failure


class _DeadlineStream(httpcore.NetworkStream):
    """A network stream whose operations together end by one deadline, even if the peer is slow."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: float) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Read up to ``max_bytes`` bytes, before the deadline."""
        return self._stream.read(max_bytes, _remaining(self._deadline, timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Write ``buffer`` in pieces of 64 KiB, and check the deadline before each piece."""
        for start in range(0, len(buffer), 65_536):
            piece = buffer[start : start + 65_536]
            self._stream.write(piece, _remaining(self._deadline, timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        """Start TLS before the deadline, and return the encrypted stream with the same deadline."""
        wait = _remaining(self._deadline, timeout)
        secured = self._stream.start_tls(ssl_context, server_hostname, wait)
        return _DeadlineStream(secured, self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def _remaining(deadline: float, timeout: float | None) -> float:
    """Return the seconds that an operation may wait: until ``deadline``, at most ``timeout``.

    Raises:
        httpcore.ReadTimeout: the deadline has passed.
    """
    remaining = deadline - monotonic()
    if remaining <= 0:
        raise httpcore.ReadTimeout("took too long")
    return min(remaining, SOCKET_TIMEOUT if timeout is None else timeout)
