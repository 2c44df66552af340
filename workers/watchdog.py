"""The consumer watchdog: ends a worker whose consumer has stalled, so that it is restarted.

If a connection to Redis breaks while a message is being acknowledged, Celery's consumer can stay
up without ever receiving a message again. Such a worker looks healthy from inside. It is detected
by its queues: messages wait in them for longer than any task runs, and this worker receives none.
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

#: The exit code of a worker that ended itself: "temporary failure" in sysexits.
EXIT_STALLED = 75
#: How often the queues are checked within the time after which a consumer counts as stalled.
#: Chosen by hand: every 15 s for the default of 120 s.
_CHECKS = 8


@dataclass
class StallDetector:
    """The time of a consumer's last activity: a message received, or a check with empty queues.

    ``stalled_after`` is in seconds; ``clock`` returns seconds that never go back.
    """

    stalled_after: float
    clock: Callable[[], float] = monotonic
    _last_activity: float = field(init=False)

    def __post_init__(self) -> None:
        self._last_activity = self.clock()

    def record_activity(self) -> None:
        """Record activity now."""
        self._last_activity = self.clock()

    def is_stalled(self, waiting: int) -> bool:
        """Return whether ``waiting`` messages are in the queues and none was received for too long.

        E.g. three messages after 121 s without activity; none after 121 s counts as activity.
        """
        if waiting == 0:
            self.record_activity()
        return self.clock() - self._last_activity > self.stalled_after


def watch(app: Celery, queues: Sequence[str], detector: StallDetector) -> Event:
    """Check ``queues`` in a thread, and exit the process if its consumer has stalled.

    The exit code is :data:`EXIT_STALLED`. Return an event that ends the thread when it is set.
    """
    ended = Event()
    arguments = (app, tuple(queues), detector, ended)
    Thread(target=_watch, args=arguments, name="watchdog", daemon=True).start()
    return ended


def _watch(app: Celery, queues: Sequence[str], detector: StallDetector, ended: Event) -> None:
    while not ended.wait(detector.stalled_after / _CHECKS):
        waiting = _count_waiting(app, queues)
        if detector.is_stalled(waiting):
            log.critical("worker_stalled", waiting=waiting, queues=list(queues))
            # A regular shutdown of the consumer may hang as well. Its pool processes die with it.
            os._exit(EXIT_STALLED)


def _count_waiting(app: Celery, queues: Sequence[str]) -> int:
    """Return how many messages are in ``queues``; 0 if Redis is down: then no worker receives."""
    with suppress(OperationalError, RedisError, OSError):
        with app.connection_for_read(connect_timeout=2) as connection:
            client = connection.default_channel.client
            return sum(client.llen(queue) for queue in queues)
    return 0
