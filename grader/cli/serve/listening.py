"""The listening socket of the API."""

from __future__ import annotations

import socket

from grader.domain.errors import Conflict


def listen(host: str, port: int) -> socket.socket:
    """Return a TCP socket that listens on ``host`` and ``port``.

    ``host`` is an IPv4 or IPv6 address, or a name with an IPv4 address. Port 0 picks a free one.
    The caller closes the socket.

    Raises:
        Conflict: the address cannot be used, e.g. because another process listens on it.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=1024)
    except OSError as error:
        raise Conflict(
            f"Port {port} of {host} cannot be used: {error.strerror or error}.",
            how_to_fix="Choose another --port, or 0 for a free one.",
        ) from None
