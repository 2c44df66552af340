"""The guard against server-side request forgery in front of every outgoing request.

A URL from outside may point at a server that only this service can reach. So it must be https, its
host must be in the list of allowed hosts if there is one, its name is resolved once, every address
must be public, and the request goes to exactly those addresses. Hosts that the administrator names
for development are exempt from https and public addresses. One deadline covers everything from name
resolution to the last byte.
"""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from math import inf
from queue import Empty, Queue
from time import monotonic

import httpx

from grader.lms.outgoing.addresses import is_public
from grader.lms.outgoing.http_exchange import (
    SOCKET_TIMEOUT,
    Response,
    Target,
    Unreachable,
    exchange,
)

#: Most seconds that a request may take, from name resolution to the last byte (chosen by hand).
REQUEST_TIMEOUT = 15.0
#: Most bytes of the response to a score (chosen by hand); the body is not used.
MAX_SCORE_RESPONSE = 65_536
USER_AGENT = "grader"
_DEFAULT_PORTS = {"http": 80, "https": 443}

#: A function from (host, port) to IP addresses.
Resolve = Callable[[str, int], tuple[str, ...]]
Tls = Callable[[], ssl.SSLContext]


class UrlRefused(Exception):
    """Raised by ``Outgoing`` for a URL that this service must not call; the message says why."""


def resolve(host: str, port: int) -> tuple[str, ...]:
    """Return the IP addresses of ``host``, in the operating system's order of preference.

    No address occurs twice. There is no time limit.

    Raises:
        Unreachable: the name cannot be resolved.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise Unreachable(f"the name {host} is not known: {error}") from error
    return tuple(dict.fromkeys(str(entry[4][0]) for entry in found))


@lru_cache(maxsize=1)
def public_tls() -> ssl.SSLContext:
    """Return a TLS context that verifies public certificates (``SSL_CERT_FILE`` is honoured).

    It is created at the first call and then shared.
    """
    return httpx.create_ssl_context()


@dataclass(frozen=True)
class Outgoing:
    """Sends requests, but only to https URLs whose host has public addresses only.

    A URL from outside could otherwise make this service call a server that only it can reach.
    ``open_hosts`` are the development exceptions, each a host (any port) or ``host:port``, which
    may be called by http and at private addresses. ``resolve`` and ``tls`` can be replaced for
    tests. ``seconds`` is the limit of one request, from name resolution to the last byte.
    """

    open_hosts: Collection[str] = ()
    resolve: Resolve = field(default=resolve, repr=False)
    tls: Tls = field(default=public_tls, repr=False)
    seconds: float = REQUEST_TIMEOUT

    def post(self, url: str, headers: Mapping[str, str], body: bytes) -> Response:
        """POST ``body`` to ``url`` and return the response, whatever its status.

        Any public host is allowed, and any of ``open_hosts``. Redirects are not followed.

        Raises:
            UrlRefused: :meth:`target` rejects the URL.
            Unreachable: the host cannot be reached, or gives no complete response in time.
            ResponseTooLarge: the response's body has more than :data:`MAX_SCORE_RESPONSE` bytes.
        """
        deadline = monotonic() + self.seconds
        target = self.target(url, deadline=deadline)
        return self._exchange("POST", target, headers, body, MAX_SCORE_RESPONSE, deadline)

    def get(self, url: str, hosts: Collection[str], max_bytes: int) -> Response:
        """GET ``url`` and return the response, whatever its status; redirects are not followed.

        ``hosts`` are the allowed hosts, also for ``open_hosts``; an entry without a port allows the
        scheme's default port only.

        Raises:
            UrlRefused: :meth:`target` rejects the URL, e.g. because its host is not in ``hosts``.
            Unreachable: the host cannot be reached, or gives no complete response in time.
            ResponseTooLarge: the response's body has more than ``max_bytes`` bytes.
        """
        deadline = monotonic() + self.seconds
        target = self.target(url, hosts, deadline=deadline)
        headers = {"Accept-Encoding": "identity"}
        return self._exchange("GET", target, headers, b"", max_bytes, deadline)

    def target(
        self, url: str, hosts: Collection[str] | None = None, *, deadline: float = inf
    ) -> Target:
        """Return the target of a request to ``url``, with the addresses of its host.

        ``hosts`` are the allowed hosts (``None``: any), of which one without a port means the
        default port; ``deadline`` is a time of ``time.monotonic`` by which the name must be
        resolved.

        Raises:
            UrlRefused: ``url`` is no URL or has a user name, or its host is not in ``hosts``. It
                must be https and have public addresses only, but for a host of ``open_hosts`` http
                and any address will do.
            Unreachable: its host cannot be resolved in time.
        """
        parsed = _parse(url)
        scheme, host = parsed.scheme, parsed.raw_host.decode("ascii").strip("[]").lower()
        port = parsed.port or _DEFAULT_PORTS.get(scheme, 0)
        host_and_port = f"{host}:{port}"
        is_open = _contains_any(self.open_hosts, host, host_and_port)
        if scheme != "https" and not (scheme == "http" and is_open):
            raise UrlRefused("only https URLs are called")
        if hosts is not None:
            _refuse_unlisted(
                hosts, host_and_port, host if port == _DEFAULT_PORTS[scheme] else host_and_port
            )
        addresses = _resolve_in_time(lambda: self.resolve(host, port), deadline)
        if not is_open and not all(is_public(address) for address in addresses):
            raise UrlRefused(f"the host {host} is not a public address")
        return Target(scheme, host, port, parsed.raw_path.decode("ascii"), addresses)

    def _exchange(
        self,
        method: str,
        target: Target,
        headers: Mapping[str, str],
        body: bytes,
        max_bytes: int,
        deadline: float,
    ) -> Response:
        return exchange(
            method,
            target,
            {"User-Agent": USER_AGENT, **headers},
            body,
            max_bytes=max_bytes,
            deadline=deadline,
            tls=self.tls(),
        )


def _parse(url: str) -> httpx.URL:
    """Return the parsed ``url``.

    Raises:
        UrlRefused: it is no URL, has no host, a user name, a password or an impossible port.
    """
    try:
        parsed = httpx.URL(url)
    except (httpx.InvalidURL, ValueError) as error:
        raise UrlRefused(f"not a URL: {error}") from error
    if not parsed.host or parsed.userinfo:
        raise UrlRefused("a URL needs a host and may not carry a user name or password")
    if parsed.port is not None and not 0 < parsed.port < 65_536:
        raise UrlRefused(f"there is no port {parsed.port}")
    return parsed


def _contains_any(entries: Collection[str], *names: str) -> bool:
    """Return whether ``entries``, in lower case, contain one of ``names``."""
    return not {entry.lower() for entry in entries}.isdisjoint(names)


def _refuse_unlisted(hosts: Collection[str], *names: str) -> None:
    """Raise UrlRefused unless one of ``names``, all of the same host, is in ``hosts``."""
    if not _contains_any(hosts, *names):
        raise UrlRefused(f"the host {names[0]} is not one of the allowed hosts")


def _resolve_in_time(look_up: Callable[[], tuple[str, ...]], deadline: float) -> tuple[str, ...]:
    """Return the result of ``look_up``, called in a thread.

    The operating system's resolver has no time limit, so a late thread is abandoned. An exception
    of ``look_up`` is raised here.

    Raises:
        Unreachable: there is no result by ``deadline`` or within :data:`SOCKET_TIMEOUT`.
    """
    found: Queue[tuple[str, ...] | Exception] = Queue()

    def work() -> None:
        try:
            found.put(look_up())
        except Exception as error:  # raised again in the calling thread
            found.put(error)

    threading.Thread(target=work, daemon=True).start()
    try:
        result = found.get(timeout=min(max(deadline - monotonic(), 0), SOCKET_TIMEOUT))
    except Empty:
        raise Unreachable("its name could not be looked up in time") from None
    if isinstance(result, Exception):
        raise result
    return result
