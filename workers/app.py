"""The Celery application of the workers, made when first asked for::

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
from grader.isolation import sandbox_level_of
from grader.settings import Settings
from workers.tasks import Tasks
from workers.watchdog import StallDetector, watch

log = structlog.get_logger(__name__)

#: The fork server forks for every submission, so a pool process itself stays clean for long.
TASKS_PER_CHILD = 1_000
#: The last resort against a task that hangs outside the fork server: by then its lease is over.
BEYOND_LEASE = 60.0
#: Seconds in which a pool process must have loaded everything, on the busiest of machines.
LOADING = 120.0


@lru_cache(maxsize=1)
def celery_app() -> Celery:
    """The application for the configured Redis, with its tasks.

    Raises:
        BadSettings: no Redis is configured, or a sandbox that this host does not offer.
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
        # After a lost connection the same number of tasks is taken as before; what runs then
        # was acknowledged and goes on.
        worker_enable_prefetch_count_reduction=False,
        worker_cancel_long_running_tasks_on_connection_loss=True,
        task_time_limit=settings.lease + BEYOND_LEASE,
        # A pool process says that it is there when everything is loaded.
        worker_proc_alive_timeout=LOADING,
    )
    _connect(Tasks(app))
    _keep_listening(app, settings.deaf_after)
    _tell_sandbox(sandbox)
    if settings.alive_file is not None:
        _show_life(settings.alive_file)
    return app


def __getattr__(name: str) -> Celery:
    """``app``, for Celery's ``-A``: nothing is built by importing this module."""
    if name == "app":
        return celery_app()
    raise AttributeError(name)


def _connect(tasks: Tasks) -> None:
    """Tie logs and the context to the life of a worker and of its pool processes."""
    libc()

    def begin(**_: Any) -> None:
        # Celery's pool processes outlive a worker that is killed; the same context would too.
        die_with_parent(os.getppid())
        tasks.prepare()

    def end(**_: Any) -> None:
        tasks.close()

    def log(**_: Any) -> None:
        log_json()
        # The pool's own logger keeps to itself, and would write lines that are not JSON.
        import_module("billiard.util").get_logger().propagate = True
        for noisy in ("celery.worker.strategy", "celery.app.trace"):  # two lines a message
            logging.getLogger(noisy).setLevel(logging.WARNING)

    signals.setup_logging.connect(log, weak=False)
    signals.worker_process_init.connect(begin, weak=False)
    signals.worker_process_shutdown.connect(end, weak=False)
    signals.worker_shutdown.connect(end, weak=False)


def _tell_sandbox(name: str) -> None:
    """Log, when a worker starts, in which sandbox it looks at students' files."""

    def tell(**_: Any) -> None:
        log.info("worker_ready", sandbox=name)

    signals.worker_ready.connect(tell, weak=False)


def _keep_listening(app: Celery, patience: float) -> None:
    """End a worker that does not hear its queues any more."""

    def begin(sender: Any, **_: Any) -> None:
        detector = StallDetector(patience)

        def heard(**_: Any) -> None:
            detector.record_activity()

        signals.task_received.connect(heard, weak=False)
        watching = watch(app, list(app.amqp.queues.consume_from), detector)
        signals.worker_shutting_down.connect(lambda **_: watching.set(), weak=False)

    signals.worker_ready.connect(begin, weak=False)


def _show_life(file: Path) -> None:
    """Touch a file whenever the worker's main loop sends a heartbeat."""

    def touch(**_: Any) -> None:
        file.touch()

    signals.heartbeat_sent.connect(touch, weak=False)
