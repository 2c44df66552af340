"""The guard in front of every request that this service makes to somebody else's address.

A URL comes from outside, so it may try to make this service talk to what only this service can
reach. It must be https, its host must be allowed where hosts are listed, its name is looked up
once, every address must be public, and the request goes to exactly those addresses. Hosts that
an operator names for development are excepted from https and from public addresses. One clock
runs from the look-up to the last byte.
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
from grader.lms.outgoing.http_exchange import PATIENCE, Answer, Target, Unreachable, exchange

#: The longest a request may take, from looking its host up to the last byte, in seconds.
SECONDS = 15.0
#: What an answer to a score may say; nothing in it is used.
SMALL = 65_536
USER_AGENT = "grader"
_USUAL = {"http": 80, "https": 443}

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
        deadline = monotonic() + self.seconds
        target = self.target(url, deadline=deadline)
        return self._exchange("POST", target, headers, body, SMALL, deadline)

    def get(self, url: str, hosts: Collection[str], max_bytes: int) -> Answer:
        """Fetch bytes from one of the allowed hosts. Raises Refused, Unreachable or TooMuch.

        A host that is listed without a port is allowed at the port of its scheme alone.
        """
        deadline = monotonic() + self.seconds
        target = self.target(url, hosts, deadline=deadline)
        plain = {"Accept-Encoding": "identity"}
        return self._exchange("GET", target, plain, b"", max_bytes, deadline)

    def target(
        self, url: str, hosts: Collection[str] | None = None, *, deadline: float = inf
    ) -> Target:
        """Where a URL leads, once looked up, which ends at a deadline of ``time.monotonic``.

        Raises:
            Refused: not allowed. Unreachable: its name is not known just now.
        """
        parsed = _parse(url)
        scheme, host = parsed.scheme, parsed.raw_host.decode("ascii").strip("[]").lower()
        port = parsed.port or _USUAL.get(scheme, 0)
        place = f"{host}:{port}"
        is_open = _among(self.open_hosts, host, place)
        if scheme != "https" and not (scheme == "http" and is_open):
            raise Refused("only https URLs are called")
        if hosts is not None:
            _refuse_unlisted(hosts, place, host if port == _USUAL[scheme] else place)
        addresses = _in_time(lambda: self.resolve(host, port), deadline)
        if not is_open and not all(is_public(address) for address in addresses):
            raise Refused(f"the host {host} is not a public address")
        return Target(scheme, host, port, parsed.raw_path.decode("ascii"), addresses)

    def _exchange(
        self,
        method: str,
        target: Target,
        headers: Mapping[str, str],
        body: bytes,
        most: int,
        deadline: float,
    ) -> Answer:
        return exchange(
            method,
            target,
            {"User-Agent": USER_AGENT, **headers},
            body,
            max_bytes=most,
            deadline=deadline,
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


def _among(entries: Collection[str], *names: str) -> bool:
    return not {entry.lower() for entry in entries}.isdisjoint(names)


def _refuse_unlisted(hosts: Collection[str], *names: str) -> None:
    if not _among(hosts, *names):
        raise Refused(f"the host {names[0]} is not one of the allowed hosts")


def _in_time(look_up: Callable[[], tuple[str, ...]], deadline: float) -> tuple[str, ...]:
    """What a look-up finds; the system's own knows no limit, so it is left behind when late."""
    found: Queue[tuple[str, ...] | Exception] = Queue()

    def work() -> None:
        try:
            found.put(look_up())
        except Exception as error:  # handed to whoever waits
            found.put(error)

    threading.Thread(target=work, daemon=True).start()
    try:
        answer = found.get(timeout=min(max(deadline - monotonic(), 0), PATIENCE))
    except Empty:
        raise Unreachable("its name could not be looked up in time") from None
    if isinstance(answer, Exception):
        raise answer
    return answer
