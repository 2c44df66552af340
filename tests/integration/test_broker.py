"""Calls over a real Redis: heard by whoever listens, never too many, and never in the way."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.infra.broker import ENOUGH_CALLS, QUEUES, CeleryWaker, make_celery
from grader.service.lanes import Lane
from tests.processes import wait_until
from tests.servers_redis import RedisForTests


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[RedisForTests]:
    server = RedisForTests(tmp_path)
    server.start()
    yield server
    server.stop()


@pytest.fixture
def waker(redis: RedisForTests) -> CeleryWaker:
    return CeleryWaker(make_celery(redis.url))


def calls(redis: RedisForTests, lane: Lane) -> int:
    with redis.client() as client:
        return int(client.llen(QUEUES[lane]))


def listeners(redis: RedisForTests) -> int:
    with redis.client() as client:
        return len(client.pubsub_channels())


def test_a_lane_is_called_as_often_as_is_of_use(redis: RedisForTests, waker: CeleryWaker) -> None:
    for _ in range(3):
        waker.wake(Lane.LIVE)
    assert calls(redis, Lane.LIVE) == 3
    for _ in range(2 * ENOUGH_CALLS):
        waker.wake(Lane.LIVE)
    waker.wake(Lane.REGRADE)
    assert calls(redis, Lane.LIVE) == ENOUGH_CALLS
    assert calls(redis, Lane.REGRADE) == 1


def test_an_end_is_heard_also_after_redis_was_away(
    redis: RedisForTests, waker: CeleryWaker
) -> None:
    heard: list[str] = []
    waker.listen(heard.append)
    wait_until(lambda: listeners(redis) == 1, 30, "somebody listened")
    waker.ended("first")
    wait_until(lambda: heard == ["first"], 30, "the first was heard")
    redis.stop()
    waker.ended("lost")
    redis.start()
    wait_until(lambda: listeners(redis) == 1, 30, "somebody listened again")

    def told() -> bool:
        waker.ended("last")
        return "last" in heard

    wait_until(told, 30, "the last was heard")
    assert "lost" not in heard


def test_nobody_to_call_is_no_error(redis: RedisForTests, waker: CeleryWaker) -> None:
    redis.stop()
    waker.wake(Lane.LIVE)
    waker.wake_delivery()
    waker.ended("one")
