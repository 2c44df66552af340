"""The consumer watchdog: ends a worker whose consumer has stalled, so that it is restarted.

If a connection to Redis breaks while a message is being acknowledged, Celery's consumer can keep
running without ever receiving a message again, and notices nothing. Such a worker is detected by
its queues: messages wait in them for long, the worker receives none, and none of its processes
is at work.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from threading import Event, Thread
from time import monotonic

import structlog
from celery import Celery
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

log = structlog.get_logger(__name__)

#: The exit code of a worker whose consumer has stalled: "temporary failure" in ``sysexits.h``.
EXIT_STALLED = 75
#: How many times the queues are checked within ``stalled_after`` seconds. Chosen by hand: every
#: 15 s for the default of 120 s.
_CHECKS = 8


@dataclass
class StallDetector:
    """Keeps the time of a consumer's last activity, and decides whether it has stalled.

    Activity is a received message, or a check that finds the queues empty; creating the detector
    counts too, and so does a process that is at work: ``busy_at`` returns when one last was, by
    ``clock``, which returns seconds that never go back. ``stalled_after`` is in seconds.
    """

    stalled_after: float
    clock: Callable[[], float] = monotonic
    busy_at: Callable[[], float] = float
    _last_activity: float = field(init=False)

    def __post_init__(self) -> None:
        self._last_activity = self.clock()

    def record_activity(self) -> None:
        """Store the present time as the time of the last activity."""
        self._last_activity = self.clock()

    def is_stalled(self, waiting: int) -> bool:
        """Return whether messages wait, without activity for more than ``stalled_after`` seconds.

        ``waiting`` is the number of messages in the queues. If it is 0, that is recorded as
        activity, and the consumer has not stalled. E.g. for ``stalled_after`` 120: it has stalled
        with 3 messages waiting, 121 s after the last activity.
        """
        if waiting == 0:
            self.record_activity()
        active_at = max(self._last_activity, self.busy_at())
        return self.clock() - active_at > self.stalled_after


def watch(app: Celery, queues: Sequence[str], detector: StallDetector) -> Event:
    """Start a thread that checks ``queues`` and exits the process if its consumer has stalled.

    ``queues`` are names of queues in Redis, checked 8 times in the detector's ``stalled_after``
    seconds. The process exits at once, without cleaning up, with the code :data:`EXIT_STALLED`.
    While Redis is unreachable the queues count as empty. Return an event; set it to end the thread.
    """
    ended = Event()
    arguments = (app, tuple(queues), detector, ended)
    Thread(target=_watch, args=arguments, name="watchdog", daemon=True).start()
    return ended


def _watch(app: Celery, queues: Sequence[str], detector: StallDetector, ended: Event) -> None:
    """Check ``queues`` until ``ended`` is set; exit the process if the consumer has stalled."""
    while not ended.wait(detector.stalled_after / _CHECKS):
        waiting = _count_waiting(app, queues)
        if detector.is_stalled(waiting):
            log.critical("worker_stalled", waiting=waiting, queues=list(queues))
            # A regular shutdown of the consumer may hang as well. Its pool processes die with it.
            os._exit(EXIT_STALLED)


def _count_waiting(app: Celery, queues: Sequence[str]) -> int:
    """Return the number of messages in ``queues``; 0 if Redis is down, as no worker can receive."""
    with suppress(OperationalError, RedisError, OSError):
        with app.connection_for_read(connect_timeout=2) as connection:
            client = connection.default_channel.client
            return sum(client.llen(queue) for queue in queues)
    return 0
