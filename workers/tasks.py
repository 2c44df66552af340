"""The Celery tasks. A message names only a lane; which rows are due, the database says."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from threading import Lock
from time import monotonic
from typing import TYPE_CHECKING

from celery import Celery

from grader.domain.errors import StoreUnavailable
from grader.engine.forkserver import ForkServer
from grader.infra.broker import DELIVER_TASK, GRADE_TASK
from grader.isolation import build_fork_server
from grader.service.lanes import Lane
from grader.settings import Settings
from workers.shared_times import SharedTimes

if TYPE_CHECKING:
    from grader.service.grade import GradingPipeline
    from workers.context import WorkerContext

#: The most rows and seconds of one task, which then requests another task for the rest. So a worker
#: that is asked to stop does so soon, and the lanes take turns. Chosen by hand.
ROWS = 20
SECONDS = 4.0


class Tasks:
    """The Celery tasks :meth:`grade` and :meth:`deliver`, and the context of their process.

    Creating it registers both with ``app``. The context is built with :meth:`prepare`, or by the
    first task. ``times`` are shared by all processes of the worker: create both before they fork.
    """

    def __init__(self, app: Celery, times: SharedTimes) -> None:
        self._app, self._times = app, times
        self._context: WorkerContext | None = None
        self._lock = Lock()
        app.task(self.grade, name=GRADE_TASK)
        app.task(self.deliver, name=DELIVER_TASK)

    def context(self, fork_server: ForkServer | None = None) -> WorkerContext:
        """Return the context of this process.

        The first call, and the first after :meth:`close`, builds it with ``fork_server``; other
        calls ignore that.
        """
        # Imported here: the main process of a worker, which has no context, starts faster without.
        from workers.context import WorkerContext

        with self._lock:
            if self._context is None:
                settings = Settings.load()
                server = fork_server or build_fork_server(settings)
                self._context = WorkerContext(self._app, settings, server, self._times)
            return self._context

    def prepare(self) -> None:
        """Build the context before the first task; a new fork server warms up at the same time.

        The keeper starts, too, so that the process is known to be alive.

        Call it in the process that runs the tasks, once and before anything else: a context that
        exists already would ignore the new fork server.
        """
        fork_server = build_fork_server(Settings.load())
        with suppress(OSError):  # the host is in trouble, as the first submission will find
            fork_server.start_process()
        self.context(fork_server).start_keeper()

    def close(self) -> None:
        """Close the context, if it was built; a later task builds a new one."""
        with self._lock:
            context, self._context = self._context, None
        if context is not None:
            context.close()

    def grade(self, lane: str) -> None:
        """Grade due submissions: of the live lane first and, while it has none, of ``lane``.

        In the regrade lane it also makes measurements that were requested, one at a time, while no
        submission is due. It ends when nothing is due. After :data:`ROWS` of them, or about
        :data:`SECONDS` seconds, it ends too, and requests another task for ``lane``, because more
        may be due. A submission whose grading failed counts too; the failure is logged, not raised.
        It ends at once while the host is in trouble, and when the worker is told to stop: the next
        sweep requests a task.

        Raises:
            ValueError: there is no lane of this name.
        """
        context, own_lane = self.context(), Lane(lane)
        try:
            with context.pipeline() as pipeline:
                more = until_done(lambda: self._next(context, pipeline, own_lane))
        except (StoreUnavailable, OSError, MemoryError) as fault:
            context.host.suffer(fault)
            return
        if more:
            context.service.notifier.notify(own_lane)

    def _next(self, context: WorkerContext, pipeline: GradingPipeline, lane: Lane) -> object | None:
        """Grade the next due submission of the live lane or, if there is none, of ``lane``.

        If there is none either, make the next measurement that belongs to ``lane``. Return what was
        done; ``None`` if nothing is due, or the worker is to stop.
        """
        if self._times.stopping_since:
            return None
        if claimed := pipeline.next(Lane.LIVE):
            return claimed
        if lane is Lane.LIVE:
            return None
        if claimed := pipeline.next(lane):
            return claimed
        pipeline.finish()  # no report waits for a measurement
        return context.measure_requested.next()

    def deliver(self) -> None:
        """Try once to send each score that is due, at most :data:`ROWS` scores.

        It also ends after about :data:`SECONDS` seconds. If more may be due then, it requests
        another task. A failure to send is stored, not raised; unless it is final, a later task
        tries again.
        """
        service = self.context().service
        if until_done(service.deliver.next):
            service.notifier.notify_delivery()


def until_done(step: Callable[[], object | None]) -> bool:
    """Call ``step`` until it returns ``None``, or :data:`ROWS` times, or for :data:`SECONDS`.

    Return False if it returned ``None``: nothing more is due. Otherwise return True. The time is
    checked only between two calls.
    """
    end = monotonic() + SECONDS
    for _ in range(ROWS):
        if step() is None:
            return False
        if monotonic() >= end:
            break
    return True
