"""A worker that no longer hears its wake-up calls ends, so that whoever keeps it starts it again.

After a connection to Redis breaks at an unlucky moment (while a message is being acknowledged),
Celery's consumer can stay up without ever taking a message again. From inside, such a worker looks
well; from the queue it does not: calls wait in it for longer than any task takes, and this worker
takes none.
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
#: How often the queues are checked within the time after which a worker counts as stalled.
_LOOKS = 8


@dataclass
class StallDetector:
    """When something was heard last. ``clock`` gives seconds that never go back."""

    patience: float
    clock: Callable[[], float] = monotonic
    _since: float = field(init=False)

    def __post_init__(self) -> None:
        self._since = self.clock()

    def record_activity(self) -> None:
        """A call was taken, or there is none to take."""
        self._since = self.clock()

    def is_stalled(self, waiting: int) -> bool:
        """Whether ``waiting`` calls have gone unheard for too long."""
        if waiting == 0:
            self.record_activity()
        return self.clock() - self._since > self.patience


def watch(app: Celery, queues: Sequence[str], detector: StallDetector) -> Event:
    """Watch in a thread of its own; set the event to end it."""
    ended = Event()
    arguments = (app, tuple(queues), detector, ended)
    Thread(target=_watch, args=arguments, name="watchdog", daemon=True).start()
    return ended


def _watch(app: Celery, queues: Sequence[str], detector: StallDetector, ended: Event) -> None:
    while not ended.wait(detector.patience / _LOOKS):
        waiting = _waiting(app, queues)
        if detector.is_stalled(waiting):
            log.critical("worker_stalled", waiting=waiting, queues=list(queues))
            # The consumer's own way out may hang as well. Its pool processes die with it.
            os._exit(EXIT_STALLED)


def _waiting(app: Celery, queues: Sequence[str]) -> int:
    """Calls in the queues; 0 where Redis does not answer, for then nobody hears."""
    with suppress(OperationalError, RedisError, OSError):
        with app.connection_for_read(connect_timeout=2) as connection:
            client = connection.default_channel.client
            return sum(client.llen(queue) for queue in queues)
    return 0
