"""Notifications over a real Redis: they arrive, are bounded, and fail without raising."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.infra.broker import MAX_UNREAD_MESSAGES, QUEUES, CeleryNotifier, make_celery
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


def unread(redis: RedisForTests, lane: Lane) -> int:
    with redis.client() as client:
        return int(client.llen(QUEUES[lane]))


def subscribers(redis: RedisForTests) -> int:
    with redis.client() as client:
        return len(client.pubsub_channels())


def test_a_queue_holds_a_bounded_number_of_unread_messages(
    redis: RedisForTests, notifier: CeleryNotifier
) -> None:
    for _ in range(3):
        notifier.notify(Lane.LIVE)
    assert unread(redis, Lane.LIVE) == 3
    for _ in range(2 * MAX_UNREAD_MESSAGES):
        notifier.notify(Lane.LIVE)
    notifier.notify(Lane.REGRADE)
    assert unread(redis, Lane.LIVE) == MAX_UNREAD_MESSAGES
    assert unread(redis, Lane.REGRADE) == 1


def test_subscribers_receive_finished_ids_also_after_an_outage_of_redis(
    redis: RedisForTests, notifier: CeleryNotifier
) -> None:
    received: list[str] = []
    notifier.subscribe(received.append)
    wait_until(lambda: subscribers(redis) == 1, 30, "the thread subscribed")
    notifier.notify_finished("first")
    wait_until(lambda: received == ["first"], 30, "the first id arrived")
    redis.stop()
    notifier.notify_finished("lost")
    redis.start()
    wait_until(lambda: subscribers(redis) == 1, 30, "the thread subscribed again")

    def arrived() -> bool:
        notifier.notify_finished("last")
        return "last" in received

    wait_until(arrived, 30, "the last id arrived")
    assert "lost" not in received


def test_notifying_while_redis_is_down_raises_nothing(
    redis: RedisForTests, notifier: CeleryNotifier
) -> None:
    redis.stop()
    notifier.notify(Lane.LIVE)
    notifier.notify_delivery()
    notifier.notify_finished("one")


def test_a_frozen_redis_and_a_busy_pool_raise_nothing(
    redis: RedisForTests, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each is waited for a few seconds; without a limit this test would never end."""
    app = make_celery(redis.url)
    app.conf.broker_pool_limit = 1
    notifier = CeleryNotifier(app)
    redis.freeze()
    notifier.notify(Lane.LIVE)
    redis.thaw()

    monkeypatch.setattr("grader.infra.broker.FREE_SECONDS", 0.1)
    monkeypatch.setattr("grader.infra.broker.RETRY_AFTER_FAILURE", 0.0)
    with app.pool.acquire():
        CeleryNotifier(app).notify(Lane.LIVE)
    assert unread(redis, Lane.LIVE) == 0
    CeleryNotifier(app).notify(Lane.LIVE)
    assert unread(redis, Lane.LIVE) == 1
