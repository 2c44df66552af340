"""The guard in front of every request that this service makes to somebody else's address.

A URL comes from outside, so it may try to make this service talk to what only this service can
reach. It must be https, its host must be allowed where hosts are listed, its name is looked up
once, every address must be public, and the request goes to exactly those addresses. Hosts that
an operator names for development are excepted from https and from public addresses.
"""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

import httpx

from grader.lms.addresses import is_public
from grader.lms.wire import Answer, Target, Unreachable, exchange

#: The longest a request may take, from connecting to the last byte, in seconds.
SECONDS = 15.0
#: What an answer to a score may say; nothing in it is used.
SMALL = 65_536
USER_AGENT = "grader"

Resolve = Callable[[str, int], tuple[str, ...]]
Tls = Callable[[], ssl.SSLContext]


class Refused(Exception):
    """A URL that this service must not call."""


def resolve(host: str, port: int) -> tuple[str, ...]:
    """Every address of a host, in the system's order of preference.

    Raises:
        Unreachable: the name is not known just now.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise Unreachable(f"the name {host} is not known: {error}") from error
    return tuple(dict.fromkeys(str(entry[4][0]) for entry in found))


@lru_cache(maxsize=1)
def public_tls() -> ssl.SSLContext:
    """Certificates that the public web is verified with (``SSL_CERT_FILE`` is honoured)."""
    return httpx.create_ssl_context()


@dataclass(frozen=True)
class Outgoing:
    """Requests to other people's addresses. ``open_hosts`` are the development exceptions.

    An entry is a host (any port) or ``host:port``.
    """

    open_hosts: Collection[str] = ()
    resolve: Resolve = field(default=resolve, repr=False)
    tls: Tls = field(default=public_tls, repr=False)
    seconds: float = SECONDS

    def post(self, url: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """Send bytes. Raises Refused, Unreachable or TooMuch."""
        target = self.target(url)
        return self._exchange("POST", target, headers, body, SMALL)

    def get(self, url: str, hosts: Collection[str], max_bytes: int) -> Answer:
        """Fetch bytes from one of the allowed hosts. Raises Refused, Unreachable or TooMuch."""
        target = self.target(url, hosts)
        return self._exchange("GET", target, {"Accept-Encoding": "identity"}, b"", max_bytes)

    def target(self, url: str, hosts: Collection[str] | None = None) -> Target:
        """Where a URL leads, once looked up.

        Raises:
            Refused: not allowed. Unreachable: its name is not known just now.
        """
        parsed = _parse(url)
        scheme, host = parsed.scheme, parsed.raw_host.decode("ascii").strip("[]").lower()
        port = parsed.port or {"http": 80, "https": 443}.get(scheme, 0)
        is_open = _named(host, port, self.open_hosts)
        if scheme != "https" and not (scheme == "http" and is_open):
            raise Refused("only https URLs are called")
        if hosts is not None and not _named(host, port, hosts):
            raise Refused(f"the host {host} is not one of the allowed hosts")
        addresses = self.resolve(host, port)
        if not is_open and not all(is_public(address) for address in addresses):
            raise Refused(f"the host {host} is not a public address")
        return Target(scheme, host, port, parsed.raw_path.decode("ascii"), addresses)

    def _exchange(
        self, method: str, target: Target, headers: Mapping[str, str], body: bytes, most: int
    ) -> Answer:
        return exchange(
            method,
            target,
            {"User-Agent": USER_AGENT, **headers},
            body,
            max_bytes=most,
            seconds=self.seconds,
            tls=self.tls(),
        )


def _parse(url: str) -> httpx.URL:
    try:
        parsed = httpx.URL(url)
    except (httpx.InvalidURL, ValueError) as error:
        raise Refused(f"not a URL: {error}") from error
    if not parsed.host or parsed.userinfo:
        raise Refused("a URL needs a host and may not carry a user name or password")
    if parsed.port is not None and not 0 < parsed.port < 65_536:
        raise Refused(f"there is no port {parsed.port}")
    return parsed


def _named(host: str, port: int, entries: Collection[str]) -> bool:
    lowered = {entry.lower() for entry in entries}
    return host in lowered or f"{host}:{port}" in lowered
