"""Celery's configuration for clients and workers, and the notifiers.

A message only notifies the workers of a lane and carries no submission, so a lost message loses no
work: messages are acknowledged early, kept only in Redis, and sent once, without retries.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from threading import Thread
from time import monotonic, sleep
from typing import Any

import structlog
from celery import Celery
from kombu.exceptions import LimitExceeded, OperationalError
from redis.exceptions import RedisError

from grader.service.lanes import Lane

log = structlog.get_logger(__name__)

#: The names of the tasks, as they are in messages.
GRADE_TASK = "grader.grade"
DELIVER_TASK = "grader.deliver"
#: Lane -> name of its queue in Redis, in the order in which a worker prefers them.
QUEUES = {Lane.LIVE: "live", Lane.REGRADE: "regrade"}
DELIVERY_QUEUE = "delivery"
#: Seconds without further attempts after Redis failed. The sweep notifies the lanes every 2 seconds
#: by default (``Settings.sweep_every``), so a skipped notification costs about one sweep.
RETRY_AFTER_FAILURE = 2.0
#: A queue that holds this many unread messages gets no further one (chosen by hand). A worker that
#: reads one message grades everything due in its lane, so more would only start empty tasks after
#: a burst. Messages have no expiry: it would be a time of the sender's clock, and a message of a
#: host whose clock is slow would be void on arrival.
MAX_UNREAD_MESSAGES = 16
#: Seconds to wait for a connection while other threads use all of them: as long as Redis may take
#: to answer one of these. Chosen by hand.
FREE_SECONDS = 5.0
#: The Redis pub/sub channel of the ids of finished submissions.
_FINISHED_CHANNEL = "grader.ended"
#: Seconds that one read from the channel blocks. Chosen by hand.
_LISTEN_SECONDS = 1.0
#: The exceptions of kombu, the Redis client and the socket if Redis is unreachable, or if so many
#: threads wait for it that no connection becomes free.
_CONNECTION_ERRORS = (OperationalError, LimitExceeded, RedisError, OSError)


def make_celery(redis_url: str) -> Celery:
    """Return a Celery application that uses the Redis at ``redis_url``.

    It does not connect yet and has no tasks. Results of tasks are not stored.
    """
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
            # Fail at once when Redis is down: a client goes on without the message, and Celery's
            # consumer has a retry loop of its own.
            "max_retries": 0,
            "queue_order_strategy": "priority",
        },
        worker_hijack_root_logger=False,
        worker_send_task_events=False,
        timezone="UTC",
    )
    return app


class CeleryNotifier:
    """Sends notifications over Redis: due work to workers, ended gradings to API processes.

    :meth:`subscribe` receives the latter. If Redis is unreachable when one is sent, that is logged
    and not raised. After such a failure nothing is sent for :data:`RETRY_AFTER_FAILURE` seconds, so
    that while Redis is down only few uploads wait for the connection timeout.
    """

    def __init__(self, app: Celery) -> None:
        self._app = app
        self._retry_at = 0.0

    def notify(self, lane: Lane) -> None:
        """Send a message to the queue of ``lane`` in Redis: grade what is due there.

        Nothing is sent if :data:`MAX_UNREAD_MESSAGES` or more are unread there, or if Redis failed
        a moment ago. A failure is logged, not raised.
        """
        self._send(GRADE_TASK, [lane.value], QUEUES[lane])

    def notify_delivery(self) -> None:
        """Send a message to the queue of the workers that deliver scores: send what is due.

        As with :meth:`notify`, nothing is sent to a full queue or just after a failure of Redis.
        """
        self._send(DELIVER_TASK, [], DELIVERY_QUEUE)

    def notify_finished(self, submission: str) -> None:
        """Publish the id ``submission``, on which a worker has stopped working, to API processes.

        Requests may wait there for its report. Nothing is published if Redis failed a moment ago. A
        failure is logged, not raised.
        """
        self._attempt(
            lambda connection: connection.default_channel.client.publish(
                _FINISHED_CHANNEL, submission
            ),
            _FINISHED_CHANNEL,
        )

    def subscribe(self, callback: Callable[[str], None]) -> None:
        """Call ``callback`` in a daemon thread with the id of each submission after each try.

        These are the ids that :meth:`notify_finished` publishes, in any process, from then on: a
        worker has stopped working on the submission, which may also be queued again. Ids that are
        published before the thread has connected, or has connected again after a failure, are
        missed. ``callback`` must not raise: that would end the thread.
        """
        Thread(
            target=_listen_forever, args=(self._app, callback), name="finished", daemon=True
        ).start()

    def _send(self, task: str, args: list[str], queue: str) -> None:
        """Send a message for ``task`` to ``queue``, unless it has enough unread messages."""

        def send(connection: Any) -> None:
            if connection.default_channel.client.llen(queue) < MAX_UNREAD_MESSAGES:
                self._app.send_task(
                    task,
                    args=args,
                    queue=queue,
                    connection=connection,
                    retry=False,
                    ignore_result=True,
                )

        self._attempt(send, queue)

    def _attempt(self, action: Callable[[Any], object], target: str) -> None:
        """Run ``action`` with a connection of kombu to Redis; log a failure instead of raising it.

        Do nothing for a while after a failure. ``target`` is the queue or channel that the log line
        names.
        """
        if monotonic() < self._retry_at:
            return
        try:
            # Not a pool of producers, which waits for their connections without a limit.
            with self._app.pool.acquire(block=True, timeout=FREE_SECONDS) as connection:
                action(connection)
        except _CONNECTION_ERRORS as error:
            self._retry_at = monotonic() + RETRY_AFTER_FAILURE
            log.warning("notification_failed", target=target, error=str(error))

    def close(self) -> None:
        """Close the connections to Redis for sending; errors are ignored.

        Threads of :meth:`subscribe` go on until the process ends.
        """
        with suppress(Exception):
            self._app.close()


def _listen_forever(app: Celery, callback: Callable[[str], None]) -> None:
    """Call ``callback`` with each published id; connect again after every failure."""
    while True:
        with suppress(*_CONNECTION_ERRORS):
            _listen(app, callback)
        sleep(RETRY_AFTER_FAILURE)


def _listen(app: Celery, callback: Callable[[str], None]) -> None:
    """Call ``callback`` with each published id until the connection breaks."""
    with app.connection_for_read(connect_timeout=2) as connection:
        subscription = connection.default_channel.client.pubsub(ignore_subscribe_messages=True)
        subscription.subscribe(_FINISHED_CHANNEL)
        while True:
            message = subscription.get_message(timeout=_LISTEN_SECONDS)
            if message is not None:
                callback(message["data"].decode())


class NoNotifier:
    """The notifier of a process that has or needs no Redis; it sends and receives nothing.

    Due rows are then found by the scheduler's next sweep, a regular search in the database.
    """

    def notify(self, lane: Lane) -> None:
        """Do nothing."""

    def notify_delivery(self) -> None:
        """Do nothing."""

    def notify_finished(self, submission: str) -> None:
        """Do nothing."""

    def subscribe(self, callback: Callable[[str], None]) -> None:
        """Do nothing: ``callback`` is never called."""
