"""Slow clients occupy connections for a while and delay no other client; real sockets."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from threading import Event, Thread

import httpx
import pytest

from grader.bootstrap import build_service, migrate
from grader.http.server import MAX_HEAD
from grader.infra.broker import NoNotifier
from grader.service.records import Role
from grader.settings import Settings
from tests.e2e.running import EXERCISE, PATIENCE, archive
from tests.processes import wait_until

#: Threads of the server: far fewer than there are slow clients.
THREADS = 2
SLOW = 50
MOST = 120
UPLOAD_HEAD = (
    f"POST {EXERCISE} HTTP/1.1\r\nHost: grader\r\nAuthorization: Bearer {{token}}\r\n"
    "Content-Type: application/zip\r\nContent-Length: 100000\r\n\r\nPK"
)


class Api:
    """``grader api`` on a free port, which waits 2 seconds for a head and 4 for a request."""

    def __init__(self, folder: Path) -> None:
        settings = Settings(data_dir=folder, database_url="", redis_url="")
        migrate(settings)
        service = build_service(settings, notifier=NoNotifier())
        service.seed()
        self.token, _ = service.tokens.create(
            name="test", role=Role.INSTRUCTOR, course="mlops", actor="test"
        )
        service.close()
        self._folder = folder
        self.listening = socket.create_server(("127.0.0.1", 0), backlog=1024)
        self.place = self.listening.getsockname()
        self.url = f"http://127.0.0.1:{self.place[1]}"

    @contextmanager
    def running(self) -> Iterator[Api]:
        """Run the process during the block."""
        environment = {
            **os.environ,
            "GRADER_DATA_DIR": str(self._folder),
            "GRADER_REDIS_URL": "",
            "GRADER_DATABASE_URL": "",
            "GRADER_THREADS": str(THREADS),
            "GRADER_HEAD_SECONDS": "2",
            "GRADER_REQUEST_SECONDS": "4",
            "GRADER_MAX_CONNECTIONS": str(MOST),
        }
        fd = self.listening.fileno()
        with (self._folder / "api.log").open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "grader", "api", "--fd", str(fd)],
                env=environment,
                pass_fds=(fd,),
                stdout=log,
                stderr=log,
            )
            try:
                wait_until(self.answers, PATIENCE, "the API answered")
                yield self
            finally:
                process.terminate()
                process.wait(PATIENCE)

    def answers(self) -> bool:
        """Return whether the service answers."""
        with suppress(httpx.TransportError):
            return httpx.get(f"{self.url}/healthz", timeout=2).status_code == 200
        return False

    def connect(self, said: str) -> socket.socket:
        """Return a new connection on which ``said``, the start of a request, was sent."""
        opened = socket.create_connection(self.place, timeout=PATIENCE)
        opened.sendall(said.format(token=self.token).encode())
        return opened

    def check_service(self, student: str) -> None:
        """Assert that an upload and a read are answered normally."""
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/zip"}
        url = f"{self.url}{EXERCISE}?student={student}"
        taken = httpx.post(url, content=archive(), headers=headers, timeout=PATIENCE)
        assert taken.status_code == 202, taken.text
        shown = httpx.get(self.url + taken.json()["links"]["self"], headers=headers)
        assert shown.json()["state"] == "queued"


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    with Api(tmp_path_factory.mktemp("slow")).running() as running:
        yield running


def is_closed(connection: socket.socket) -> bool:
    """Return whether the server has closed ``connection``."""
    connection.settimeout(0.01)
    try:
        return connection.recv(1) == b""
    except TimeoutError:
        return False
    except OSError:
        return True


@contextmanager
def trickling(connections: list[socket.socket]) -> Iterator[None]:
    """Send a byte on each of ``connections`` every 0.2 s during the block, like slow clients."""
    ended = Event()

    def trickle() -> None:
        while not ended.wait(0.2):
            for one in connections:
                with suppress(OSError):
                    one.send(b"x")

    thread = Thread(target=trickle)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def test_fifty_slow_clients_hold_up_nobody_and_are_dropped_in_the_end(api: Api) -> None:
    with ExitStack() as stack:
        heads = [
            stack.enter_context(api.connect("GET / HTTP/1.1\r\nX: ")) for _ in range(SLOW // 2)
        ]
        bodies = [stack.enter_context(api.connect(UPLOAD_HEAD)) for _ in range(SLOW // 2)]
        with trickling(heads + bodies):
            for number in range(3):
                api.check_service(f"s{number}")
            slow = heads + bodies
            wait_until(lambda: all(map(is_closed, slow)), PATIENCE, "they were dropped")
    api.check_service("afterwards")


def test_clients_that_do_not_read_hold_up_nobody(api: Api) -> None:
    question = "GET /api/v1/openapi.json HTTP/1.1\r\nHost: grader\r\n\r\n"
    with ExitStack() as stack:
        for _ in range(SLOW):
            stack.enter_context(api.connect(question))
        api.check_service("reader")


def test_where_connections_run_out_the_slowest_make_room(api: Api) -> None:
    with ExitStack() as stack:
        slow = [stack.enter_context(api.connect("GET / HTTP/1.1\r\n")) for _ in range(MOST + 20)]
        api.check_service("newcomer")
        assert sum(map(is_closed, slow)) >= 20
        assert not is_closed(slow[-1])


@pytest.mark.parametrize(
    ("said", "status", "kind"),
    [
        ("GET / HTTP/1.1\r\nX: ".ljust(MAX_HEAD, "x"), 431, "about:blank"),
        (
            f"POST {EXERCISE} HTTP/1.1\r\nContent-Length: 60000000\r\n\r\n",
            413,
            "/problems/request-too-large",
        ),
        ("GET / HTTP/1.1\r\nbroken\r\n\r\n", 400, "/problems/bad-request"),
        ("GET / HTTP/1.1\r\nTransfer-Encoding: gzip\r\n\r\n", 501, "about:blank"),
    ],
)
def test_what_the_server_refuses_is_a_problem_document(
    api: Api, said: str, status: int, kind: str
) -> None:
    with socket.create_connection(api.place, timeout=PATIENCE) as opened:
        opened.sendall(said.encode())
        answer = b""
        while piece := opened.recv(65_536):
            answer += piece
    head, _, body = answer.partition(b"\r\n\r\n")
    assert re.match(rb"HTTP/1\.[01] %d " % status, head), head
    assert b"content-type: application/problem+json" in head.lower()
    problem = json.loads(body)
    assert (problem["status"], problem["type"]) == (status, kind)
    assert status != 413 or "50331648 bytes" in problem["detail"]
