"""A real HTTP server on the loopback that acts as an LMS, also as a hostile one."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

#: A private key and its self-signed certificate for the host lms.test, used in tests only.
PEM = Path(__file__).with_name("lms.test.pem")

#: A function that answers a request.
Script = Callable[[BaseHTTPRequestHandler], None]


class Lms:
    """A real HTTP server on a free port. ``script`` answers its requests; ``seen`` records them.

    An item of ``seen`` is (method and path, headers with lower-case names, body).
    """

    def __init__(self, tls: bool = False) -> None:
        self.script: Script = answer(200)
        self.seen: list[tuple[str, dict[str, str], bytes]] = []
        #: The host names that TLS clients asked for.
        self.called: list[str | None] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        if tls:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(PEM)
            context.sni_callback = lambda _, name, __: self.called.append(name)
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self.port = self._server.server_address[1]
        self.place = f"127.0.0.1:{self.port}"
        self.url = f"http://{self.place}/scores"

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        lms = self

        class Handler(BaseHTTPRequestHandler):
            def handle_one(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                headers = {name.lower(): value for name, value in self.headers.items()}
                lms.seen.append((f"{self.command} {self.path}", headers, body))
                try:
                    lms.script(self)
                except OSError:  # the client closed the connection, as it should
                    self.close_connection = True

            do_GET = do_POST = handle_one

            def log_message(self, format: str, *args: object) -> None:
                """Log nothing."""

        return Handler

    @contextmanager
    def running(self) -> Iterator[Lms]:
        """Serve requests in a thread until the ``with`` block ends."""
        thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self._server.shutdown()
            self._server.server_close()
            thread.join()


def answer(status: int, body: bytes = b"", **headers: str) -> Script:
    """Return a script that responds with ``status``, ``body`` and ``headers``.

    An underscore in the name of a header is a hyphen, e.g. ``Retry_After``.
    """

    def script(request: BaseHTTPRequestHandler) -> None:
        request.send_response(status)
        for name, value in headers.items():
            request.send_header(name.replace("_", "-"), value)
        request.send_header("Content-Length", str(len(body)))
        request.end_headers()
        request.wfile.write(body)

    return script


def endless(request: BaseHTTPRequestHandler) -> None:
    """Respond with a body without a declared length that never ends."""
    request.send_response(200)
    request.end_headers()
    while True:
        request.wfile.write(bytes(65_536))


def dripping(request: BaseHTTPRequestHandler) -> None:
    """Respond with one byte of the body every 20 ms, for ever."""
    request.send_response(200)
    request.send_header("Content-Length", "1000000")
    request.end_headers()
    _drip(request, b".")


def dripping_headers(request: BaseHTTPRequestHandler) -> None:
    """Respond with one header every 20 ms, for ever."""
    request.wfile.write(b"HTTP/1.1 200 OK\r\n")
    _drip(request, b"X-More: 1\r\n")


def endless_headers(request: BaseHTTPRequestHandler) -> None:
    """Respond with headers that never end, as fast as the client reads."""
    request.wfile.write(b"HTTP/1.1 200 OK\r\n")
    while True:
        request.wfile.write(b"X-More: 1\r\n" * 1_000)


def never_final(request: BaseHTTPRequestHandler) -> None:
    """Send interim responses (103), and never a final one."""
    _drip(request, b"HTTP/1.1 103 Early Hints\r\n\r\n")


def _drip(request: BaseHTTPRequestHandler, piece: bytes) -> None:
    """Send ``piece`` every 20 ms, until the client closes the connection."""
    while True:
        request.wfile.write(piece)
        request.wfile.flush()
        threading.Event().wait(0.02)
