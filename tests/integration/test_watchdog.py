"""A worker whose consumer has stalled exits."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.servers_redis import RedisForTests, redis_server
from workers.watchdog import EXIT_STALLED, StallDetector

#: A process that has a watchdog and, like a stalled worker, never takes a message.
STALLED_WORKER = """
import sys
from time import sleep
from grader.infra.broker import make_celery
from workers.watchdog import StallDetector, watch

watch(make_celery(sys.argv[1]), ["live", "regrade"], StallDetector(1.0))
sleep(float(sys.argv[2]))
"""


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[RedisForTests]:
    with redis_server(tmp_path) as server:
        yield server


def run(redis: RedisForTests, seconds: float) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", STALLED_WORKER, redis.url, str(seconds)],
        capture_output=True,
        text=True,
        timeout=90,
    )


def test_a_consumer_is_stalled_only_while_calls_wait() -> None:
    clock = Clock()
    detector = StallDetector(10, clock)
    clock.now = 11
    assert not detector.is_stalled(0)
    clock.now = 20
    assert not detector.is_stalled(3)
    clock.now = 22
    assert detector.is_stalled(3)
    detector.record_activity()
    assert not detector.is_stalled(3)


def test_a_worker_ends_where_calls_go_unheard(redis: RedisForTests) -> None:
    with redis.client() as client:
        client.lpush("regrade", "a call")
    done = run(redis, 60)
    assert done.returncode == EXIT_STALLED
    assert "worker_stalled" in done.stdout + done.stderr


def test_a_worker_stays_where_nothing_waits(redis: RedisForTests) -> None:
    assert run(redis, 4).returncode == 0


def test_a_worker_stays_where_redis_is_down(redis: RedisForTests) -> None:
    with redis.client() as client:
        client.lpush("live", "a call")
    redis.stop()
    assert run(redis, 4).returncode == 0
