"""Celery, as clients and workers configure it, and the wake-up calls that clients send.

A message is only a wake-up call for a lane and carries no submission, so nothing is lost with it:
messages are acknowledged early, kept nowhere else, and sent once, without retries.
"""

from __future__ import annotations

from contextlib import suppress
from time import monotonic

import structlog
from celery import Celery
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from grader.service.records import Lane

log = structlog.get_logger(__name__)

GRADE_TASK = "grader.grade"
DELIVER_TASK = "grader.deliver"
#: Queue names, live work first.
QUEUES = {Lane.LIVE: "live", Lane.REGRADE: "regrade"}
DELIVERY_QUEUE = "delivery"
#: After a failed call none is tried for so long: the sweep wakes the lanes anyway.
REST_SECONDS = 2.0
#: A call that nobody heard for so long is void: the sweep has long sent others.
WAKE_SECONDS = 300


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
            "queue_order_strategy": "priority",
        },
        worker_hijack_root_logger=False,
        worker_send_task_events=False,
        timezone="UTC",
    )
    return app


class CeleryWaker:
    """Sends wake-up calls, at best effort: a Redis that is down never delays an upload twice."""

    def __init__(self, app: Celery) -> None:
        self._app = app
        self._resting_until = 0.0

    def wake(self, lane: Lane) -> None:
        """Wake a worker for a lane."""
        self._send(GRADE_TASK, [lane.value], QUEUES[lane])

    def wake_delivery(self) -> None:
        """Wake a worker to send scores."""
        self._send(DELIVER_TASK, [], DELIVERY_QUEUE)

    def _send(self, task: str, args: list[str], queue: str) -> None:
        if monotonic() < self._resting_until:
            return
        try:
            self._app.send_task(
                task, args=args, queue=queue, retry=False, ignore_result=True, expires=WAKE_SECONDS
            )
        except (OperationalError, RedisError, OSError) as error:
            self._resting_until = monotonic() + REST_SECONDS
            log.warning("wake_failed", queue=queue, error=str(error))

    def close(self) -> None:
        """Let go of connections."""
        with suppress(Exception):
            self._app.close()


class NoWaker:
    """For an installation without a broker: the sweep of a worker finds the rows by itself."""

    def wake(self, lane: Lane) -> None:
        """Nothing to wake."""

    def wake_delivery(self) -> None:
        """Nothing to wake."""
