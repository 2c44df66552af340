"""The Celery application of the workers, built at the first access::

celery -A workers.app worker --queues live,regrade
"""

from __future__ import annotations

import logging
import os
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from typing import Any

import structlog
from celery import Celery, signals

from grader.domain.errors import BadSettings
from grader.infra.broker import make_celery
from grader.infra.logs import log_json
from grader.infra.process import die_with_parent, libc
from grader.isolation import longest_grading, sandbox_level_of
from grader.settings import Settings
from workers.schema import await_schema
from workers.shared_times import SharedTimes
from workers.tasks import Tasks
from workers.watchdog import StallDetector, watch

log = structlog.get_logger(__name__)

#: The number of tasks after which Celery replaces a pool process. No tool runs in it, so its memory
#: hardly grows. Chosen by hand.
TASKS_PER_CHILD = 1_000
#: Seconds beyond the longest grading after which Celery kills a task that hangs outside the fork
#: server: by then its claim is no longer renewed. Chosen by hand.
BEYOND_GRADING = 60.0
#: Seconds in which a pool process must have loaded everything. It needs about two on an idle
#: machine, and many times that if all workers of a busy machine start at once. Chosen by hand.
LOADING = 120.0


@lru_cache(maxsize=1)
def celery_app() -> Celery:
    """Return the application with its tasks, for the configured Redis; the same at every call.

    The first call also connects Celery's signals, so that a worker waits for the schema of its
    database, prepares its pool processes, logs JSON and watches its consumer.

    Raises:
        BadSettings: No Redis is configured, a setting is invalid, or this host lacks the sandbox.
    """
    settings = Settings.load()
    if not settings.redis_url:
        raise BadSettings(
            "GRADER_REDIS_URL is not set.",
            how_to_fix="Set GRADER_REDIS_URL to the Redis that brings the wake-up calls.",
        )
    sandbox = sandbox_level_of(settings).value
    app = make_celery(settings.redis_url)
    app.conf.update(
        worker_max_tasks_per_child=TASKS_PER_CHILD,
        worker_enable_remote_control=False,
        # After a lost connection the prefetch count stays; a running task was acknowledged
        # early and goes on.
        worker_enable_prefetch_count_reduction=False,
        worker_cancel_long_running_tasks_on_connection_loss=True,
        task_time_limit=longest_grading(settings) + BEYOND_GRADING,
        # A pool process reports that it is alive when everything is loaded.
        worker_proc_alive_timeout=LOADING,
    )
    # Before there are pool processes: a worker must not say that it is ready for what it cannot do.
    signals.worker_init.connect(lambda **_: await_schema(settings), weak=False)
    times = SharedTimes()
    _connect(Tasks(app, times))
    _watch_consumer(app, settings.deaf_after, times)
    _log_sandbox(sandbox)
    if settings.alive_file is not None:
        _touch_alive_file(settings.alive_file)
    return app


def __getattr__(name: str) -> Celery:
    """Return the application as ``app``, for Celery's ``-A``; importing this builds nothing.

    Raises:
        AttributeError: ``name`` is not ``app``.
    """
    if name == "app":
        return celery_app()
    raise AttributeError(name)


def _connect(tasks: Tasks) -> None:
    """Connect Celery's signals: to set up logging, and to prepare and close ``tasks``.

    Every pool process prepares the context of ``tasks`` when it starts.
    """
    libc()

    def begin(**_: Any) -> None:
        """Prepare a pool process, which must end with its parent."""
        # Otherwise a pool process and its fork server would outlive a worker that is killed.
        die_with_parent(os.getppid())
        tasks.prepare()

    def end(**_: Any) -> None:
        tasks.close()

    def log(**_: Any) -> None:
        """Set up JSON logging instead of Celery's own."""
        log_json()
        # The pool's own logger does not propagate, and would write lines that are not JSON.
        import_module("billiard.util").get_logger().propagate = True
        for noisy in ("celery.worker.strategy", "celery.app.trace"):  # two lines a message
            logging.getLogger(noisy).setLevel(logging.WARNING)

    signals.setup_logging.connect(log, weak=False)
    signals.worker_process_init.connect(begin, weak=False)
    signals.worker_process_shutdown.connect(end, weak=False)
    signals.worker_shutdown.connect(end, weak=False)


def _log_sandbox(name: str) -> None:
    """Log the sandbox level ``name`` as soon as a worker is ready."""

    def write(**_: Any) -> None:
        log.info("worker_ready", sandbox=name)

    signals.worker_ready.connect(write, weak=False)


def _watch_consumer(app: Celery, stalled_after: float, times: SharedTimes) -> None:
    """Start the watchdog when a worker is ready, and end it when the worker shuts down.

    It exits a worker whose consumer has stalled for ``stalled_after`` seconds. ``times`` say when a
    pool process was last at work; and they tell the pool processes that the worker shuts down.
    """

    def begin(sender: Any, **_: Any) -> None:
        detector = StallDetector(stalled_after, busy_at=lambda: times.busy_at)

        def received(**_: Any) -> None:
            detector.record_activity()

        signals.task_received.connect(received, weak=False)
        watching = watch(app, list(app.amqp.queues.consume_from), detector)
        signals.worker_shutting_down.connect(lambda **_: watching.set(), weak=False)

    signals.worker_ready.connect(begin, weak=False)
    signals.worker_shutting_down.connect(lambda **_: times.stop(), weak=False)


def _touch_alive_file(file: Path) -> None:
    """Touch ``file`` whenever the worker's main loop sends a heartbeat, for health checks."""

    def touch(**_: Any) -> None:
        file.touch()

    signals.heartbeat_sent.connect(touch, weak=False)
