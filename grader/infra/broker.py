"""Celery, as clients and workers configure it, and the wake-up calls that clients send.

A message is only a wake-up call for a lane and carries no submission, so nothing is lost with it:
messages are acknowledged early, kept nowhere else, and sent once, without retries.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from threading import Thread
from time import monotonic, sleep

import structlog
from celery import Celery
from kombu.exceptions import OperationalError
from kombu.messaging import Producer
from redis.exceptions import RedisError

from grader.service.lanes import Lane

log = structlog.get_logger(__name__)

GRADE_TASK = "grader.grade"
DELIVER_TASK = "grader.deliver"
#: Queue names, live work first.
QUEUES = {Lane.LIVE: "live", Lane.REGRADE: "regrade"}
DELIVERY_QUEUE = "delivery"
#: After a failed call none is tried for so long: the sweep wakes the lanes anyway.
REST_SECONDS = 2.0
#: So many calls that nobody has heard yet are enough for a queue: whoever hears one of them takes
#: what is due by then, and more would have workers look for nothing long after a burst. Calls do
#: not expire: an expiry is a moment of the sender's clock, and void at once where that is behind.
ENOUGH_CALLS = 16
#: Where it is said which submissions have come to their end.
_ENDED = "grader.ended"
_LISTEN_SECONDS = 1.0
_BROKEN = (OperationalError, RedisError, OSError)


def make_celery(redis_url: str) -> Celery:
    """The Celery application for a Redis URL."""
    app = Celery("grader", broker=redis_url)
    app.conf.update(
        task_serializer="json",
        accept_content=["json"],
        result_backend=None,
        task_ignore_result=True,
        task_acks_late=False,
        worker_prefetch_multiplier=1,
        task_default_queue=QUEUES[Lane.LIVE],
        task_create_missing_queues=True,
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,
        broker_transport_options={
            "socket_connect_timeout": 1,
            "socket_timeout": 5,
            "socket_keepalive": True,
            "health_check_interval": 10,
            # Whoever finds Redis down says so at once; Celery's consumer tries again by itself.
            "max_retries": 0,
            "queue_order_strategy": "priority",
        },
        worker_hijack_root_logger=False,
        worker_send_task_events=False,
        timezone="UTC",
    )
    return app


class CeleryNotifier:
    """Sends wake-up calls, at best effort: a Redis that is down never delays an upload twice."""

    def __init__(self, app: Celery) -> None:
        self._app = app
        self._resting_until = 0.0

    def notify(self, lane: Lane) -> None:
        """Wake a worker for a lane."""
        self._send(GRADE_TASK, [lane.value], QUEUES[lane])

    def notify_delivery(self) -> None:
        """Wake a worker to send scores."""
        self._send(DELIVER_TASK, [], DELIVERY_QUEUE)

    def notify_finished(self, submission: str) -> None:
        """Tell whoever waits for a submission."""
        self._try(lambda producer: producer.channel.client.publish(_ENDED, submission), _ENDED)

    def subscribe(self, callback: Callable[[str], None]) -> None:
        """Hear of ends in a thread that lives as long as the process."""
        Thread(target=_listen, args=(self._app, callback), name="ends", daemon=True).start()

    def _send(self, task: str, args: list[str], queue: str) -> None:
        def send(producer: Producer) -> None:
            if producer.channel.client.llen(queue) < ENOUGH_CALLS:
                self._app.send_task(
                    task,
                    args=args,
                    queue=queue,
                    producer=producer,
                    retry=False,
                    ignore_result=True,
                )

        self._try(send, queue)

    def _try(self, act: Callable[[Producer], object], about: str) -> None:
        if monotonic() < self._resting_until:
            return
        try:
            with self._app.producer_pool.acquire(block=True) as producer:
                act(producer)
        except _BROKEN as error:
            self._resting_until = monotonic() + REST_SECONDS
            log.warning("wake_failed", about=about, error=str(error))

    def close(self) -> None:
        """Let go of connections."""
        with suppress(Exception):
            self._app.close()


def _listen(app: Celery, heard: Callable[[str], None]) -> None:
    while True:
        with suppress(*_BROKEN):
            _hear(app, heard)
        sleep(REST_SECONDS)


def _hear(app: Celery, heard: Callable[[str], None]) -> None:
    """Pass on what is told until the connection breaks."""
    with app.connection_for_read(connect_timeout=2) as connection:
        told = connection.default_channel.client.pubsub(ignore_subscribe_messages=True)
        told.subscribe(_ENDED)
        while True:
            message = told.get_message(timeout=_LISTEN_SECONDS)
            if message is not None:
                heard(message["data"].decode())


class NoNotifier:
    """For an installation without a broker: the sweep of a worker finds the rows by itself."""

    def notify(self, lane: Lane) -> None:
        """Nothing to wake."""

    def notify_delivery(self) -> None:
        """Nothing to wake."""

    def notify_finished(self, submission: str) -> None:
        """Nobody to tell."""

    def subscribe(self, callback: Callable[[str], None]) -> None:
        """Nothing to hear."""
