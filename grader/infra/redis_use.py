"""A client of Redis with short time limits, and the check that Redis can be written and read."""

from __future__ import annotations

import uuid

from redis import ConnectionPool, Redis, RedisError
from redis.backoff import NoBackoff
from redis.exceptions import (
    AuthenticationError,
    OutOfMemoryError,
    ReadOnlyError,
    TimeoutError,
)
from redis.retry import Retry

from grader.service.readiness import NotReady

#: Seconds for which Redis keeps what a check has written; chosen by hand.
_KEPT = 10
#: What to tell people, by the class of the error, or by words of Redis.
_CLASSES = {
    AuthenticationError: "Redis refuses the password.",
    OutOfMemoryError: "Redis is full.",
    ReadOnlyError: "Redis is read-only.",
    TimeoutError: "Redis does not answer.",
}
_WORDS = {
    "max number of clients": "Redis takes no more connections.",
    "NOAUTH": "Redis refuses the password.",
    "WRONGPASS": "Redis refuses the password.",
    "NOREPLICAS": "Redis accepts no writes: it has too few replicas.",
    "MISCONF": "Redis accepts no writes: it cannot store on its disk.",
    "LOADING": "Redis still loads its data.",
}


def redis_client(url: str, seconds: float) -> Redis:
    """Return a client of the Redis at ``url``, in Celery's spelling; it connects at first use.

    It waits ``seconds`` for a connection and for each answer, and never tries again.
    """
    pool = ConnectionPool.from_url(
        url.replace("redis+socket://", "unix://", 1),
        socket_timeout=seconds,
        socket_connect_timeout=seconds,
        retry=Retry(NoBackoff(), 0),
    )
    return Redis.from_pool(pool)


def check_redis(url: str) -> None:
    """Write a key to the Redis at ``url``, read it and delete it, over a new connection.

    Raises:
        NotReady: one of these is impossible, e.g. because Redis is full, read-only or away.
    """
    key = f"grader.ready.{uuid.uuid4().hex}"
    try:
        with redis_client(url, 1.0) as client:
            client.set(key, key, ex=_KEPT)
            found = client.get(key)
            client.delete(key)
    except (RedisError, OSError) as error:
        raise NotReady(_reason(error)) from error
    if found != key.encode():
        raise NotReady("Redis does not keep what it is given.")


def _reason(error: Exception) -> str:
    """Return a sentence about ``error``, without the address of Redis."""
    for kind, sentence in _CLASSES.items():
        if isinstance(error, kind):
            return sentence
    message = str(error)
    return next((said for word, said in _WORDS.items() if word in message), "Redis is unreachable.")
