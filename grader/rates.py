"""Counts of the last minute in Redis, where every API process finds them; else in this process."""

from __future__ import annotations

import math
import time
from time import monotonic

import structlog
from limits import RateLimitItemPerSecond
from limits.storage import MemoryStorage, RedisStorage
from limits.strategies import SlidingWindowCounterRateLimiter
from redis import ConnectionPool, RedisError
from redis.backoff import NoBackoff
from redis.retry import Retry

from grader.service.limits import WINDOW, Rate, Standing

log = structlog.get_logger(__name__)

#: How long Redis may take to answer, in seconds: it counts, it must not hold up.
PATIENCE = 0.5
#: After a failure Redis is left alone for so long, and this process counts for itself.
REST_SECONDS = 5.0
_PREFIX = "grader-rates"


class ProcessCounter:
    """Counts of one process: for an installation without Redis."""

    def __init__(self) -> None:
        self._limiter = SlidingWindowCounterRateLimiter(MemoryStorage())

    def take(self, rate: Rate, key: str) -> bool:
        """See :class:`grader.service.limits.Counter`."""
        return _take(self._limiter, rate, key)

    def standing(self, rate: Rate, key: str) -> Standing:
        """See :class:`grader.service.limits.Counter`."""
        return _standing(self._limiter, rate, key)


class SharedCounter:
    """Counts in Redis. While it is away, those of this process: nobody is refused for that."""

    def __init__(self, redis_url: str) -> None:
        pool = ConnectionPool.from_url(
            redis_url.replace("redis+socket://", "unix://", 1),
            socket_timeout=PATIENCE,
            socket_connect_timeout=PATIENCE,
            retry=Retry(NoBackoff(), 0),
        )
        # The pool knows where Redis is; the storage only wants to see a scheme that it knows.
        storage = RedisStorage("redis://", connection_pool=pool, key_prefix=_PREFIX)
        self._shared = SlidingWindowCounterRateLimiter(storage)
        self._own = SlidingWindowCounterRateLimiter(MemoryStorage())
        self._resting_until = 0.0

    def take(self, rate: Rate, key: str) -> bool:
        """See :class:`grader.service.limits.Counter`."""
        if monotonic() >= self._resting_until:
            try:
                return _take(self._shared, rate, key)
            except (RedisError, OSError) as error:
                self._rest(error)
        return _take(self._own, rate, key)

    def standing(self, rate: Rate, key: str) -> Standing:
        """See :class:`grader.service.limits.Counter`."""
        if monotonic() >= self._resting_until:
            try:
                return _standing(self._shared, rate, key)
            except (RedisError, OSError) as error:
                self._rest(error)
        return _standing(self._own, rate, key)

    def _rest(self, error: Exception) -> None:
        self._resting_until = monotonic() + REST_SECONDS
        log.warning("rates_counted_alone", error=type(error).__name__)


def _take(limiter: SlidingWindowCounterRateLimiter, rate: Rate, key: str) -> bool:
    return limiter.hit(_item(rate), rate.name, key)


def _standing(limiter: SlidingWindowCounterRateLimiter, rate: Rate, key: str) -> Standing:
    stats = limiter.get_window_stats(_item(rate), rate.name, key)
    seconds = min(max(math.ceil(stats.reset_time - time.time()), 1), WINDOW)
    return Standing(rate, stats.remaining, seconds)


def _item(rate: Rate) -> RateLimitItemPerSecond:
    return RateLimitItemPerSecond(rate.most, WINDOW)
