"""The edges of HTTP, against the real server over plain sockets."""

from __future__ import annotations

import os
import resource
import signal
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest

from tests.e2e.api_process import Api, is_closed_soon, receive
from tests.e2e.running import EXERCISE, PATIENCE, archive
from tests.processes import wait_until

MEGABYTE = 1 << 20
MAX_REQUEST = 12 * MEGABYTE
#: Room for two of the longest bodies with a token, and one without.
MAX_SPOOL = 2 * MAX_REQUEST
HOST = "Host: grader\r\n"
TOKEN = "Authorization: Bearer {token}\r\n"
ZIP = "Content-Type: application/zip\r\n"
UPLOAD = f"POST {EXERCISE}?student=ada HTTP/1.1\r\n"


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    folder = tmp_path_factory.mktemp("edges")
    (folder / "tmp").mkdir()
    own = Api(folder, THREADS="4", MAX_SPOOL=str(MAX_SPOOL), MAX_REQUEST=str(MAX_REQUEST))
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("TMPDIR", str(folder / "tmp"))
        with own.running() as running:
            yield running


def length(size: int) -> str:
    return f"Content-Length: {size}\r\n"


def spooled(api: Api) -> int:
    """Return the bytes that the process keeps in temporary files; they have no name any more."""
    assert api.process is not None
    total = 0
    for entry in Path(f"/proc/{api.process.pid}/fd").iterdir():
        try:
            target, size = os.readlink(entry), entry.stat().st_size
        except FileNotFoundError:
            continue
        total += size if "/tmp/" in target and "(deleted)" in target else 0
    return total


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ("GET /healthz HTTP/1.1\r\n\r\n", "exactly one header Host"),
        ("GET /healthz HTTP/1.1\r\nHost:\r\n\r\n", "exactly one header Host"),
        ("GET /healthz HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", "exactly one header Host"),
        (
            f"{UPLOAD}{HOST}{TOKEN}{ZIP}{length(5)}Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            "not both",
        ),
        (
            f"{UPLOAD}{HOST}Transfer-Encoding: chunked\r\n{length(5)}\r\n0\r\n\r\n",
            "not both",
        ),
        (
            "POST /healthz HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            "cannot have the header Transfer-Encoding",
        ),
    ],
)
def test_an_ambiguous_head_is_refused_and_the_connection_closed(
    api: Api, said: str, sentence: str
) -> None:
    # What follows could be a request that somebody smuggles in.
    reply, closed = api.ask(said + "GET /readyz HTTP/1.1\r\nHost: grader\r\n\r\n")
    assert (reply.status, reply.problem["type"], closed) == (400, "/problems/bad-request", True)
    assert sentence in reply.problem["detail"]


@pytest.mark.parametrize("version", ["1.0", "1.1"])
def test_an_ordinary_head_is_accepted(api: Api, version: str) -> None:
    host = HOST if version == "1.1" else ""
    reply, closed = api.ask(f"GET /healthz HTTP/{version}\r\n{host}\r\n")
    assert (reply.status, closed) == (200, version == "1.0")


@pytest.mark.parametrize(
    ("headers", "size", "status", "kind"),
    [
        (TOKEN + ZIP, MAX_REQUEST + 1, 413, "request-too-large"),
        (TOKEN + ZIP, 5 * MAX_REQUEST, 413, "request-too-large"),
        (TOKEN + ZIP, 11 * MEGABYTE, 413, "upload-too-large"),
        (ZIP, MEGABYTE, 401, "unauthorized"),
        ("Authorization: Bearer grader_x\r\n" + ZIP, MEGABYTE, 401, "unauthorized"),
    ],
)
def test_who_waits_for_a_word_is_refused_at_once(
    api: Api, headers: str, size: int, status: int, kind: str
) -> None:
    said = f"{UPLOAD}{HOST}{headers}{length(size)}Expect: 100-continue\r\n\r\n"
    reply, closed = api.ask(said)
    assert (reply.status, reply.problem["type"], closed) == (status, f"/problems/{kind}", True)
    if kind == "request-too-large":
        assert f"at most {MAX_REQUEST} bytes" in reply.problem["detail"]


@pytest.mark.parametrize("size", [1_000, 5 * MEGABYTE])
def test_who_may_hand_in_is_told_to_go_on(api: Api, size: int) -> None:
    data = archive(1).ljust(size, b"x")
    said = f"{UPLOAD}{HOST}{TOKEN}{ZIP}{length(len(data))}Expect: 100-continue\r\n\r\n"
    with api.connect(said) as opened:
        assert opened.recv(65_536) == b"HTTP/1.1 100 Continue\r\n\r\n"
        opened.sendall(data)
        reply = receive(opened)
        assert (reply.status, reply.problem["type"]) == (422, "/problems/trailing-data")
        assert not is_closed_soon(opened)
        # The connection goes on.
        opened.sendall(b"GET /healthz HTTP/1.1\r\nHost: grader\r\n\r\n")
        assert receive(opened).status == 200


@pytest.mark.parametrize(
    ("path", "token", "status"),
    [
        (f"POST {EXERCISE}?student=ada", "", 401),
        (f"POST {EXERCISE}?student=ada&student=bob", TOKEN, 400),
        ("POST /nowhere", TOKEN, 404),
        ("POST /api/v1/exercises/nothing/submissions?student=ada", TOKEN, 404),
        ("DELETE /api/v1/exercises", TOKEN, 405),
    ],
)
def test_a_body_that_the_head_refuses_is_read_and_kept_nowhere(
    api: Api, path: str, token: str, status: int
) -> None:
    head = f"{path} HTTP/1.1\r\n{HOST}{token}{ZIP}{length(8 * MEGABYTE)}\r\n"
    with api.connect(head) as opened:
        for _ in range(8):
            opened.sendall(bytes(MEGABYTE))
            assert spooled(api) == 0
        assert receive(opened).status == status


def test_a_body_of_unknown_length_is_kept_up_to_the_limit(api: Api) -> None:
    head = f"{UPLOAD}{HOST}{TOKEN}{ZIP}Transfer-Encoding: chunked\r\n\r\n"
    with api.connect(head) as opened:
        for _ in range(14):
            opened.sendall(b"100000\r\n" + bytes(MEGABYTE) + b"\r\n")
        opened.sendall(b"0\r\n\r\n")
        reply = receive(opened)
        assert (reply.status, reply.problem["type"]) == (413, "/problems/request-too-large")
        assert f"at most {MAX_REQUEST} bytes" in reply.problem["detail"]
    assert spooled(api) == 0


def test_the_room_for_bodies_is_bounded_and_given_back(api: Api) -> None:
    size = MAX_REQUEST - 2 * MEGABYTE
    head = f"{UPLOAD}{HOST}{TOKEN}{ZIP}{length(size)}\r\n"
    with ExitStack() as stack:
        for _ in range(2):
            opened = stack.enter_context(api.connect(head))
            opened.sendall(bytes(MEGABYTE))
        wait_until(lambda: spooled(api) == 2 * MEGABYTE, PATIENCE, "both were let in")
        waiting, closed = api.ask(head.replace("\r\n\r\n", "\r\nExpect: 100-continue\r\n\r\n"))
        assert (waiting.status, closed) == (503, True)
        assert waiting.problem["type"] == "/problems/overloaded"
        assert "retry-after: 5" in waiting.head and "no room" in waiting.problem["detail"]
        # A short one needs no room.
        headers = {"Authorization": f"Bearer {api.token}", "Content-Type": "application/zip"}
        url = f"{api.url}{EXERCISE}?student=bob"
        assert httpx.post(url, content=archive(2), headers=headers).status_code == 202
    wait_until(lambda: spooled(api) == 0, PATIENCE, "closed connections gave their room back")
    large = httpx.post(url, content=bytes(size), headers=headers, timeout=PATIENCE)
    assert large.status_code == 422


def test_strangers_leave_room_for_those_with_a_token(api: Api) -> None:
    webhook = f"POST /api/v1/webhooks/any HTTP/1.1\r\n{HOST}{length(MAX_REQUEST - 1)}\r\n"
    expecting = webhook.replace("\r\n\r\n", "\r\nExpect: 100-continue\r\n\r\n")
    with api.connect(webhook) as first:
        first.sendall(bytes(MEGABYTE))
        wait_until(lambda: spooled(api) == MEGABYTE, PATIENCE, "it was let in")
        assert api.ask(expecting)[0].status == 503
        with api.connect(f"{UPLOAD}{HOST}{TOKEN}{ZIP}{length(MEGABYTE)}\r\n") as own:
            own.sendall(bytes(MEGABYTE))
            assert receive(own).status == 422
    wait_until(lambda: spooled(api) == 0, PATIENCE, "it gave its room back")


def test_two_requests_in_one_go_are_answered_in_order(api: Api) -> None:
    body = archive(3).ljust(MEGABYTE, b"x")
    large = f"{UPLOAD}{HOST}{TOKEN}{ZIP}{length(len(body))}\r\n".format(token=api.token).encode()
    small = b"GET /healthz HTTP/1.1\r\nHost: grader\r\n\r\n"
    with api.connect(small + large + body + large + body + small) as opened:
        answers = b""
        while answers.count(b"HTTP/1.1 ") < 4:
            answers += opened.recv(65_536)
    found = [part.split(b" ")[0] for part in answers.split(b"HTTP/1.1 ")[1:]]
    assert found == [b"200", b"422", b"422", b"200"]


def test_a_request_counts_once_for_its_token(tmp_path: Path) -> None:
    with Api(tmp_path, REQUESTS_PER_TOKEN="3").running() as api:
        headers = {"Authorization": f"Bearer {api.token}", "Content-Type": "application/zip"}
        url = f"{api.url}{EXERCISE}?student=ada"
        send = [httpx.post(url, content=bytes(MEGABYTE), headers=headers) for _ in range(4)]
        assert [one.status_code for one in send] == [422, 422, 422, 429]


def test_a_disk_without_room_is_503(tmp_path: Path) -> None:
    """The file size limit of the process stands for a full disk: writing fails with an OSError."""
    with Api(tmp_path).running() as api:
        assert api.process is not None
        resource.prlimit(api.process.pid, resource.RLIMIT_FSIZE, (MEGABYTE, MEGABYTE))
        head = f"{UPLOAD}{HOST}{TOKEN}{ZIP}{length(3 * MEGABYTE)}\r\n"
        with api.connect(head) as opened:
            opened.sendall(bytes(3 * MEGABYTE))
            reply = receive(opened)
        assert (reply.status, reply.problem["type"]) == (503, "/problems/overloaded")
        assert "Traceback" not in api.log()
        assert httpx.get(f"{api.url}/healthz").status_code == 200


def test_who_waits_for_a_report_is_answered_when_the_server_stops(tmp_path: Path) -> None:
    with Api(tmp_path, THREADS="4").running() as api, ExitStack() as stack:
        assert api.process is not None
        data = archive(4)
        head = f"{UPLOAD}{HOST}{TOKEN}{ZIP}Prefer: wait=60\r\n{length(len(data))}\r\n"
        said = head.format(token=api.token).encode() + data
        waiting = [
            stack.enter_context(api.connect(said.replace(b"=ada", b"=%d" % number)))
            for number in range(2)
        ]
        wait_until(lambda: queued(api) == 2, PATIENCE, "both are stored")
        api.process.send_signal(signal.SIGTERM)
        replies = [receive(one) for one in waiting]
        assert [one.status for one in replies] == [202, 202]
        assert all("location: /api/v1/submissions/" in one.head for one in replies)
        assert api.process.wait(PATIENCE) == 0


def test_who_has_begun_to_ask_is_answered_when_the_server_stops(tmp_path: Path) -> None:
    whole = b"GET /healthz HTTP/1.1\r\nHost: grader\r\n\r\n"
    with Api(tmp_path).running() as api, ExitStack() as stack:
        assert api.process is not None
        asking = {at: stack.enter_context(api.connect(whole[:at])) for at in (0, 10, 40)}
        idle = stack.enter_context(api.connect(whole))
        assert receive(idle).status == 200
        api.process.send_signal(signal.SIGTERM)
        for at, opened in asking.items():
            opened.sendall(whole[at:])
        assert [receive(opened).status for opened in asking.values()] == [200, 200, 200]
        assert idle.recv(1) == b""
        assert api.process.wait(PATIENCE) == 0


def queued(api: Api) -> int:
    """Return how many submissions are queued."""
    headers = {"Authorization": f"Bearer {api.token}"}
    listed = httpx.get(f"{api.url}{EXERCISE}", headers=headers).json()
    return sum(one["state"] == "queued" for one in listed["items"])


def test_a_client_that_leaves_before_the_decision_leaves_nothing(api: Api) -> None:
    for _ in range(20):
        with api.connect(f"{UPLOAD}{HOST}{TOKEN}{ZIP}{length(10 * MEGABYTE)}\r\n") as opened:
            opened.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    wait_until(lambda: spooled(api) == 0, PATIENCE, "nothing was kept")
    with api.connect(f"{UPLOAD}{HOST}{TOKEN}{ZIP}{length(10 * MEGABYTE)}\r\n") as one:
        with api.connect(f"{UPLOAD}{HOST}{TOKEN}{ZIP}{length(10 * MEGABYTE)}\r\n") as two:
            one.sendall(bytes(MEGABYTE))
            two.sendall(bytes(MEGABYTE))
            wait_until(lambda: spooled(api) == 2 * MEGABYTE, PATIENCE, "there is room for two")
