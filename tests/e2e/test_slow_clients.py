"""Slow clients occupy connections for a while and delay no other client; real sockets."""

from __future__ import annotations

import json
import re
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from threading import Event, Thread

import httpx
import pytest

from grader.http.server import MAX_HEAD
from tests.e2e.api_process import Api
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


class SlowApi(Api):
    """``grader api``, which waits 2 seconds for a head and 4 for a request."""

    def check_service(self, student: str) -> None:
        """Assert that an upload and a read are answered normally."""
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/zip"}
        url = f"{self.url}{EXERCISE}?student={student}"
        taken = httpx.post(url, content=archive(), headers=headers, timeout=PATIENCE)
        assert taken.status_code == 202, taken.text
        shown = httpx.get(self.url + taken.json()["links"]["self"], headers=headers)
        assert shown.json()["state"] == "queued"


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SlowApi]:
    limits = {"HEAD_SECONDS": "2", "REQUEST_SECONDS": "4", "MAX_CONNECTIONS": str(MOST)}
    slow = SlowApi(tmp_path_factory.mktemp("slow"), THREADS=str(THREADS), **limits)
    with slow.running():
        yield slow


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


def test_fifty_slow_clients_hold_up_nobody_and_are_dropped_in_the_end(api: SlowApi) -> None:
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


def test_clients_that_do_not_read_hold_up_nobody(api: SlowApi) -> None:
    question = "GET /api/v1/openapi.json HTTP/1.1\r\nHost: grader\r\n\r\n"
    with ExitStack() as stack:
        for _ in range(SLOW):
            stack.enter_context(api.connect(question))
        api.check_service("reader")


def test_where_connections_run_out_the_slowest_make_room(api: SlowApi) -> None:
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
            f"POST {EXERCISE} HTTP/1.1\r\nHost: a\r\nContent-Length: 60000000\r\n\r\n",
            413,
            "/problems/request-too-large",
        ),
        ("GET / HTTP/1.1\r\nbroken\r\n\r\n", 400, "/problems/bad-request"),
        ("GET / HTTP/1.1\r\nTransfer-Encoding: gzip\r\n\r\n", 501, "about:blank"),
    ],
)
def test_what_the_server_refuses_is_a_problem_document(
    api: SlowApi, said: str, status: int, kind: str
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
    assert status != 413 or "at most 12582912 bytes" in problem["detail"]
