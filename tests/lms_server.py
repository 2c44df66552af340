"""A real HTTP server on the loopback that plays an LMS, also a rude one."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

#: A key and a certificate that it signed itself, for the host lms.test; good for nothing else.
PEM = Path(__file__).with_name("lms.test.pem")

Script = Callable[[BaseHTTPRequestHandler], None]


class Lms:
    """A real HTTP server on a free port: answers as told, remembers what it was sent."""

    def __init__(self, tls: bool = False) -> None:
        self.script: Script = answer(200)
        self.seen: list[tuple[str, dict[str, str], bytes]] = []
        #: The names by which TLS clients called it.
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
                except OSError:  # the client has had enough, as it should
                    self.close_connection = True

            do_GET = do_POST = handle_one

            def log_message(self, format: str, *args: object) -> None:
                """Quiet."""

        return Handler

    @contextmanager
    def running(self) -> Iterator[Lms]:
        thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self._server.shutdown()
            self._server.server_close()
            thread.join()


def answer(status: int, body: bytes = b"", **headers: str) -> Script:
    def script(request: BaseHTTPRequestHandler) -> None:
        request.send_response(status)
        for name, value in headers.items():
            request.send_header(name.replace("_", "-"), value)
        request.send_header("Content-Length", str(len(body)))
        request.end_headers()
        request.wfile.write(body)

    return script


def endless(request: BaseHTTPRequestHandler) -> None:
    """A body without a declared length that never ends."""
    request.send_response(200)
    request.end_headers()
    while True:
        request.wfile.write(bytes(65_536))


def dripping(request: BaseHTTPRequestHandler) -> None:
    """A byte now and then, for ever."""
    request.send_response(200)
    request.send_header("Content-Length", "1000000")
    request.end_headers()
    _drip(request, b".")


def dripping_headers(request: BaseHTTPRequestHandler) -> None:
    request.wfile.write(b"HTTP/1.1 200 OK\r\n")
    _drip(request, b"X-More: 1\r\n")


def endless_headers(request: BaseHTTPRequestHandler) -> None:
    request.wfile.write(b"HTTP/1.1 200 OK\r\n")
    while True:
        request.wfile.write(b"X-More: 1\r\n" * 1_000)


def never_final(request: BaseHTTPRequestHandler) -> None:
    """One answer after the other that promises another one."""
    _drip(request, b"HTTP/1.1 103 Early Hints\r\n\r\n")


def _drip(request: BaseHTTPRequestHandler, piece: bytes) -> None:
    while True:
        request.wfile.write(piece)
        request.wfile.flush()
        threading.Event().wait(0.02)
