"""Calls over a real Redis: heard by whoever listens, never too many, and never in the way."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.infra.broker import ENOUGH_CALLS, QUEUES, CeleryNotifier, make_celery
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
def notifier(redis: RedisForTests) -> CeleryNotifier:
    return CeleryNotifier(make_celery(redis.url))


def calls(redis: RedisForTests, lane: Lane) -> int:
    with redis.client() as client:
        return int(client.llen(QUEUES[lane]))


def listeners(redis: RedisForTests) -> int:
    with redis.client() as client:
        return len(client.pubsub_channels())


def test_a_lane_is_called_as_often_as_is_of_use(
    redis: RedisForTests, notifier: CeleryNotifier
) -> None:
    for _ in range(3):
        notifier.notify(Lane.LIVE)
    assert calls(redis, Lane.LIVE) == 3
    for _ in range(2 * ENOUGH_CALLS):
        notifier.notify(Lane.LIVE)
    notifier.notify(Lane.REGRADE)
    assert calls(redis, Lane.LIVE) == ENOUGH_CALLS
    assert calls(redis, Lane.REGRADE) == 1


def test_an_end_is_heard_also_after_redis_was_away(
    redis: RedisForTests, notifier: CeleryNotifier
) -> None:
    heard: list[str] = []
    notifier.subscribe(heard.append)
    wait_until(lambda: listeners(redis) == 1, 30, "somebody listened")
    notifier.notify_finished("first")
    wait_until(lambda: heard == ["first"], 30, "the first was heard")
    redis.stop()
    notifier.notify_finished("lost")
    redis.start()
    wait_until(lambda: listeners(redis) == 1, 30, "somebody listened again")

    def told() -> bool:
        notifier.notify_finished("last")
        return "last" in heard

    wait_until(told, 30, "the last was heard")
    assert "lost" not in heard


def test_nobody_to_call_is_no_error(redis: RedisForTests, notifier: CeleryNotifier) -> None:
    redis.stop()
    notifier.notify(Lane.LIVE)
    notifier.notify_delivery()
    notifier.notify_finished("one")
