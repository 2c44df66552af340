"""Request counts of the last minute: in Redis, shared by all API processes, or in one process.

The algorithm is the sliding-window counter. Each key has a window of one minute that begins with
its first request, followed by further windows as long as requests come. The count of the last
minute is estimated as the whole count of the current window plus, of the previous window, the
fraction that the last minute still overlaps. E.g. 30 requests in the previous window and 5 in the
current one, which is 20 s old: 30 * 40 / 60 + 5 = 25.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from threading import Lock
from time import monotonic

import structlog
from redis import RedisError

from grader.infra.redis_use import redis_client
from grader.service.rate_limits import WINDOW, Decision, LimitKey, Rate, Remaining

log = structlog.get_logger(__name__)

#: Seconds that Redis may take to connect or to answer (chosen by hand): counting must not delay
#: requests noticeably.
SOCKET_TIMEOUT = 0.5
#: Seconds without further attempts after Redis failed; the process counts alone (chosen by hand).
RETRY_AFTER_FAILURE = 5.0
#: Most keys that one process counts (chosen by hand); the least recently used ones are dropped.
MAX_KEYS = 50_000
_PREFIX = "grader-rates"
_WINDOW_MS = WINDOW * 1_000
#: The Lua script that reads the windows of all ``KEYS`` and increments them only if none of them is
#: used up, by the clock of Redis. ``ARGV``: the length of a window in milliseconds, then the limit
#: of each key. Returns the 1-based number of the first key that is used up (0: none), and for each
#: key the current count, the previous count and the age of the current window in milliseconds.
_TAKE = """
local length = tonumber(ARGV[1])
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local refused = 0
local starts = {}
local windows = {}
for i, key in ipairs(KEYS) do
    local found = redis.call('HMGET', key, 'start', 'current', 'previous')
    local start = tonumber(found[1]) or now
    local current, previous = tonumber(found[2]) or 0, tonumber(found[3]) or 0
    local age = now - start
    if age < 0 or age >= 2 * length then
        start, current, previous = now, 0, 0
    elseif age >= length then
        start, current, previous = start + length, 0, current
    end
    local elapsed = now - start
    local used = math.floor(previous * (length - elapsed) / length) + current
    if refused == 0 and used >= tonumber(ARGV[i + 1]) then
        refused = i
    end
    starts[i] = start
    windows[i] = {current, previous, elapsed}
end
if refused == 0 then
    for i, key in ipairs(KEYS) do
        local window = windows[i]
        window[1] = window[1] + 1
        redis.call('HSET', key, 'start', starts[i], 'current', window[1], 'previous', window[2])
        redis.call('PEXPIRE', key, 2 * length)
    end
end
return {refused, windows}
"""


@dataclass(frozen=True)
class Window:
    """The counts of one key in the current and the previous window of one minute.

    A key is a rate and the token, student or course that it limits. :attr:`used` estimates the
    count of the last minute, :meth:`remaining` says what is left. ``elapsed`` is the age of the
    current window in milliseconds.
    """

    current: int
    previous: int
    elapsed: int

    @property
    def used(self) -> int:
        """The estimated count of the last minute, rounded down."""
        return self.previous * (_WINDOW_MS - self.elapsed) // _WINDOW_MS + self.current

    def remaining(self, rate: Rate) -> Remaining:
        """Return how many requests ``rate`` still allows, and when one more than now is allowed.

        The latter is in seconds from now, rounded up and at least 1.
        """
        left = max(0, rate.most - self.used)
        milliseconds = self._milliseconds_until(min(self.used, rate.most))
        return Remaining(rate, left, max(-(-milliseconds // 1_000), 1))

    def _milliseconds_until(self, count: int) -> int:
        """Return the milliseconds until :attr:`used` is below ``count``, without new requests.

        ``count`` must be at most :attr:`used`; for 0 the result is 0.
        """
        if not count:
            return 0
        room = count - self.current
        if room > 0:
            # It happens in this window, when few enough of the previous one overlap.
            return _WINDOW_MS - self.elapsed - room * _WINDOW_MS // self.previous + 1
        # Not before this window has become the previous one.
        return 2 * _WINDOW_MS - self.elapsed - count * _WINDOW_MS // self.current + 1


class ProcessCounter:
    """Counts requests by key over the last minute, in this process; safe to share between threads.

    It keeps the :data:`MAX_KEYS` keys that were counted last; the count of a dropped key starts
    again at 0. ``clock`` returns seconds that never go back.
    """

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._counted: OrderedDict[LimitKey, tuple[int, int, int]] = OrderedDict()
        self._lock = Lock()

    def count(self, keys: Sequence[LimitKey]) -> Decision:
        """Count one more for each of ``keys``, unless one of them is used up: then count none.

        The decision has the first key that is used up, or ``None``, and what is left of each after
        this call. The rate of each key must have a limit: one of 0 is always used up here.
        """
        with self._lock:
            now = int(self._clock() * 1_000)
            windows = [self._window(one, now) for one in keys]
            pairs = zip(keys, windows, strict=True)
            refused = next((one for one, window in pairs if window.used >= one.rate.most), None)
            if refused is None:
                windows = [replace(window, current=window.current + 1) for window in windows]
                self._keep(keys, windows, now)
        return Decision(refused, _remaining(keys, windows))

    def _window(self, key: LimitKey, now: int) -> Window:
        """Return the window of ``key`` at ``now``, in milliseconds; a new one after two minutes."""
        start, current, previous = self._counted.get(key, (now, 0, 0))
        age = now - start
        if age < _WINDOW_MS:
            return Window(current, previous, age)
        return Window(0, current, age - _WINDOW_MS) if age < 2 * _WINDOW_MS else Window(0, 0, 0)

    def _keep(self, keys: Sequence[LimitKey], windows: Sequence[Window], now: int) -> None:
        """Store the windows of ``keys``, and drop the keys that were used longest ago."""
        for one, window in zip(keys, windows, strict=True):
            self._counted[one] = now - window.elapsed, window.current, window.previous
            self._counted.move_to_end(one)
        while len(self._counted) > MAX_KEYS:
            self._counted.popitem(last=False)


class SharedCounter:
    """Counts requests by key over the last minute, for all processes that use the same Redis.

    If Redis cannot be reached, that is logged and not raised. For the next
    :data:`RETRY_AFTER_FAILURE` seconds it counts in this process alone, so an outage of Redis by
    itself refuses no request.
    """

    def __init__(self, redis_url: str) -> None:
        self._script = redis_client(redis_url, SOCKET_TIMEOUT).register_script(_TAKE)
        self._fallback = ProcessCounter()
        self._retry_at = 0.0

    def count(self, keys: Sequence[LimitKey]) -> Decision:
        """Count one more for each of ``keys``, unless one of them is used up: then count none.

        The decision has the first key that is used up, or ``None``, and what is left of each after
        this call. The rate of each key must have a limit: one of 0 is always used up here. If Redis
        cannot be reached, this process counts alone.
        """
        if monotonic() >= self._retry_at:
            try:
                return self._count_in_redis(keys)
            except (RedisError, OSError) as error:
                self._retry_at = monotonic() + RETRY_AFTER_FAILURE
                log.warning("rates_counted_in_process", error=type(error).__name__)
        return self._fallback.count(keys)

    def _count_in_redis(self, keys: Sequence[LimitKey]) -> Decision:
        """Count by the script in Redis. Raises RedisError or OSError if Redis is unreachable."""
        names = [f"{_PREFIX}:{one.rate.name}:{one.subject}" for one in keys]
        limits = [one.rate.most for one in keys]
        refused, counted = self._script(names, [_WINDOW_MS, *limits])
        windows = [Window(*one) for one in counted]
        return Decision(keys[refused - 1] if refused else None, _remaining(keys, windows))


def _remaining(keys: Sequence[LimitKey], windows: Sequence[Window]) -> list[Remaining]:
    """Return what is left of each of ``keys``, in their order."""
    return [window.remaining(one.rate) for one, window in zip(keys, windows, strict=True)]
