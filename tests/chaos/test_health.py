"""The watcher of a chaos run counts late and untrue answers, and answers that never come."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler

import pytest

from tests.chaos.book import Book
from tests.chaos.health import MOST_SECONDS, Answer, Health
from tests.chaos.verdict import Tables, judge
from tests.lms_server import Lms
from tests.processes import wait_until

NOTHING = Tables({}, {}, {}, {}, {}, {})


def answered(*failed: str, after: float = 0.0, seconds: float = 0.1, margin: float = 0.0) -> Answer:
    """Return an answer of ``/readyz`` that names ``failed``, asked ``after`` seconds from now."""
    return Answer("/readyz", time.monotonic() + after, seconds, margin, frozenset(failed))


def idle() -> Health:
    """Return a watcher that asks nobody, of an API that has been answering for long."""
    health = Health("", lambda: [os.getpid()])
    health.judge(answered())
    return health


def broken(health: Health) -> list[str]:
    """Return the promises that the verdict on ``health`` says are broken, without examples."""
    return [said.partition(":")[0] for said in judge(Book(), NOTHING, [], [], health).broken]


def test_an_answer_is_late_after_two_seconds_and_what_the_machine_was_behind() -> None:
    health = idle()
    health.judge(answered(seconds=MOST_SECONDS + 0.3, margin=0.4))
    assert broken(health) == []
    health.judge(answered(seconds=MOST_SECONDS + 0.3, margin=0.2))
    assert len(health.late) == 1 and broken(health) == ["late answers"]


def test_an_answer_that_waited_for_a_new_api_is_counted_apart() -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as api:
        health = Health("", lambda: [api.pid])
        late = answered(seconds=5)
        health.judge(late)
        health.judge(late)
        assert (health.waited, health.late) == (2, [])
        health.judge(answered())
        health.judge(late)
        assert (health.waited, len(health.late)) == (2, 1)
        api.communicate()


def test_an_answer_that_never_comes_is_late() -> None:
    health = idle()
    health.judge(Answer("/healthz", 0.0, 0.0, margin=100.0, failed=None))
    assert len(health.late) == 1


def test_ready_while_a_part_is_in_trouble_is_untrue() -> None:
    health = idle()
    with health.trouble("fill_redis", ("redis", "disk")):
        health.judge(answered(after=2.9))
        health.judge(answered("redis", "queue", after=3.1))
        assert (health.telling, health.untrue) == (1, [])
        health.judge(answered(after=3.1))
        health.judge(answered("queue", after=3.1))
    assert len(health.untrue) == 2 and broken(health) == ["untrue answers of /readyz"]


def test_not_ready_a_minute_after_a_trouble_is_untrue() -> None:
    health = idle()
    with health.trouble("fill_logs"):
        health.judge(answered("queue", after=3.1))
        health.judge(answered(after=3.1))
    health.judge(answered("queue", after=59))
    health.judge(answered(after=61))
    assert health.untrue == []
    health.judge(answered("queue", after=61))
    assert health.untrue == ["queue 61 s after fill_logs"]


@pytest.fixture
def ended() -> Iterator[threading.Event]:
    """Yield an event that ends the threads of a watcher, and set it."""
    event = threading.Event()
    yield event
    event.set()


def test_the_watcher_asks_a_server_until_it_is_well(ended: threading.Event) -> None:
    asked: list[str] = []

    def script(request: BaseHTTPRequestHandler) -> None:
        asked.append(request.path)
        is_well = request.path == "/healthz" or asked.count("/readyz") > 1
        request.send_response(200 if is_well else 503)
        body = b'{"parts": [{"name": "redis", "status": "%s"}]}' % (b"ok" if is_well else b"failed")
        request.send_header("Content-Length", str(len(body)))
        request.end_headers()
        request.wfile.write(body)

    with Lms().running() as server:
        server.script = script
        health = Health(server.url)
        with health.trouble("fill_redis", ("redis",)):
            pass
        health.begin(ended)
        health.wait_until_well()
        assert asked.count("/readyz") >= 2
        wait_until(lambda: "/healthz" in asked, 60, "/healthz was asked")
    assert health.untrue == []


def test_silence_is_late_and_a_refused_connection_is_not(ended: threading.Event) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    health = Health(f"http://127.0.0.1:{port}")
    assert health.ask("/healthz") is None
    with socket.create_server(("127.0.0.1", port)):  # takes the connection, and says nothing
        answer = health.ask("/readyz", patience=0.1)
    assert answer is not None and answer.is_late
