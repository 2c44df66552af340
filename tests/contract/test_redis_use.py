"""The check of Redis says what is wrong with a real one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import redis as redis_library

from grader.infra.redis_use import check_redis
from grader.service.readiness import NotReady
from tests.servers_redis import RedisForTests, redis_server


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[RedisForTests]:
    with redis_server(tmp_path / "redis") as server:
        yield server


@pytest.fixture
def admin(redis: RedisForTests) -> Iterator[redis_library.Redis]:
    """Return a client with one connection, which stays open."""
    with redis_library.Redis.from_url(redis.url, single_connection_client=True) as client:
        client.ping()
        yield client


def problem(url: str) -> str:
    """Return what the check says is wrong, or an empty text."""
    try:
        check_redis(url)
    except NotReady as error:
        return error.detail
    return ""


def test_a_sound_redis_keeps_nothing_of_the_check(
    redis: RedisForTests, admin: redis_library.Redis
) -> None:
    assert problem(redis.url) == ""
    assert admin.dbsize() == 0


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"maxmemory": "1", "maxmemory-policy": "noeviction"}, "Redis is full."),
        ({"min-replicas-to-write": "1"}, "Redis accepts no writes: it has too few replicas."),
        ({"requirepass": "another"}, "Redis refuses the password."),
        ({"maxclients": "1"}, "Redis takes no more connections."),
    ],
)
def test_a_redis_that_refuses_writes_or_clients_is_told(
    redis: RedisForTests, admin: redis_library.Redis, settings: dict[str, str], said: str
) -> None:
    for name, value in settings.items():
        admin.config_set(name, value)
    assert problem(redis.url) == said


def test_a_read_only_replica_is_told(redis: RedisForTests, admin: redis_library.Redis) -> None:
    admin.replicaof("127.0.0.1", "1")
    assert problem(redis.url) == "Redis is read-only."


def test_a_redis_that_is_frozen_or_gone_is_told(redis: RedisForTests) -> None:
    redis.freeze()
    assert problem(redis.url) == "Redis does not answer."
    redis.thaw()
    assert problem(redis.url) == ""
    redis.stop()
    assert problem(redis.url) == "Redis is unreachable."
