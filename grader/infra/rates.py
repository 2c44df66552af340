"""Counts of the last minute in Redis, where every API process finds them; else in this process.

Each key has a window that begins when it is first asked for, then another after it as long as it is
asked for. What counts is all of the present window and, of the one before, the share that a minute
back from now still reaches into: a sliding window in two numbers.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from threading import Lock
from time import monotonic

import structlog
from redis import ConnectionPool, Redis, RedisError
from redis.backoff import NoBackoff
from redis.retry import Retry

from grader.service.rate_limits import WINDOW, Rate, Standing, Taken, Wanted

log = structlog.get_logger(__name__)

#: How long Redis may take to answer, in seconds: it counts, it must not hold up.
PATIENCE = 0.5
#: After a failure Redis is left alone for so long, and this process counts for itself.
REST_SECONDS = 5.0
#: A process that counts for itself knows so many keys; of more the one longest unused is forgotten.
MOST_KEYS = 50_000
_PREFIX = "grader-rates"
_LENGTH = WINDOW * 1_000
#: Looks at every key first and counts only where none is used up. By Redis's own clock.
#: ``ARGV``: the length of a window in milliseconds, then the limit of each key.
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
    """What was counted in the present window and in the one before; ``elapsed`` is in ms."""

    current: int
    previous: int
    elapsed: int

    @property
    def used(self) -> int:
        """What counts."""
        return self.previous * (_LENGTH - self.elapsed) // _LENGTH + self.current

    def standing(self, rate: Rate) -> Standing:
        """What is left of a rate, and how soon there is one more."""
        left = max(0, rate.most - self.used)
        milliseconds = self._until(min(self.used, rate.most))
        return Standing(rate, left, max(-(-milliseconds // 1_000), 1))

    def _until(self, fewer: int) -> int:
        """Milliseconds until less than ``fewer`` count, if nothing more is taken."""
        if not fewer:
            return 0
        room = fewer - self.current
        if room > 0:
            return _LENGTH - self.elapsed - room * _LENGTH // self.previous + 1
        # Not before the present window is the one before.
        return 2 * _LENGTH - self.elapsed - fewer * _LENGTH // self.current + 1


class ProcessCounter:
    """Counts of one process. ``clock`` gives seconds that never go back."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._counted: OrderedDict[Wanted, tuple[int, int, int]] = OrderedDict()
        self._lock = Lock()

    def take(self, wanted: Sequence[Wanted]) -> Taken:
        """See :class:`grader.service.rate_limits.Counter`."""
        with self._lock:
            now = int(self._clock() * 1_000)
            windows = [self._window(one, now) for one in wanted]
            pairs = zip(wanted, windows, strict=True)
            refused = next((one for one, window in pairs if window.used >= one.rate.most), None)
            if refused is None:
                windows = [replace(window, current=window.current + 1) for window in windows]
                self._keep(wanted, windows, now)
        return refused, _standings(wanted, windows)

    def _window(self, wanted: Wanted, now: int) -> Window:
        start, current, previous = self._counted.get(wanted, (now, 0, 0))
        age = now - start
        if age < _LENGTH:
            return Window(current, previous, age)
        return Window(0, current, age - _LENGTH) if age < 2 * _LENGTH else Window(0, 0, 0)

    def _keep(self, wanted: Sequence[Wanted], windows: Sequence[Window], now: int) -> None:
        for one, window in zip(wanted, windows, strict=True):
            self._counted[one] = now - window.elapsed, window.current, window.previous
            self._counted.move_to_end(one)
        while len(self._counted) > MOST_KEYS:
            self._counted.popitem(last=False)


class SharedCounter:
    """Counts in Redis. While it is away, those of this process: nobody is refused for that."""

    def __init__(self, redis_url: str) -> None:
        pool = ConnectionPool.from_url(
            redis_url.replace("redis+socket://", "unix://", 1),
            socket_timeout=PATIENCE,
            socket_connect_timeout=PATIENCE,
            retry=Retry(NoBackoff(), 0),
        )
        self._script = Redis(connection_pool=pool).register_script(_TAKE)
        self._own = ProcessCounter()
        self._resting_until = 0.0

    def take(self, wanted: Sequence[Wanted]) -> Taken:
        """See :class:`grader.service.rate_limits.Counter`."""
        if monotonic() >= self._resting_until:
            try:
                return self._shared(wanted)
            except (RedisError, OSError) as error:
                self._resting_until = monotonic() + REST_SECONDS
                log.warning("rates_counted_alone", error=type(error).__name__)
        return self._own.take(wanted)

    def _shared(self, wanted: Sequence[Wanted]) -> Taken:
        keys = [f"{_PREFIX}:{one.rate.name}:{one.key}" for one in wanted]
        limits = [one.rate.most for one in wanted]
        refused, counted = self._script(keys, [_LENGTH, *limits])
        windows = [Window(*one) for one in counted]
        return wanted[refused - 1] if refused else None, _standings(wanted, windows)


def _standings(wanted: Sequence[Wanted], windows: Sequence[Window]) -> list[Standing]:
    return [window.standing(one.rate) for one, window in zip(wanted, windows, strict=True)]
