"""Tasks: doorways of a few lines to the use cases. A message only says that there is work."""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock
from time import monotonic
from typing import TYPE_CHECKING

from celery import Celery

from grader.engine.forkserver import ForkServer
from grader.infra.broker import DELIVER_TASK, GRADE_TASK
from grader.isolation import build_fork_server
from grader.service.lanes import Lane
from grader.settings import Settings

if TYPE_CHECKING:
    from grader.service.grade import GradingPipeline
    from grader.service.records import SubmissionRecord
    from workers.context import WorkerContext

#: A task stops after so many rows or seconds and asks for another, so that a worker that is
#: told to end does so soon, and so that the lanes take turns.
ROWS = 20
SECONDS = 4.0


class Tasks:
    """The tasks of one Celery application, and the context of the process that they run in."""

    def __init__(self, app: Celery) -> None:
        self._app = app
        self._context: WorkerContext | None = None
        self._lock = Lock()
        app.task(self.grade, name=GRADE_TASK)
        app.task(self.deliver, name=DELIVER_TASK)

    def context(self, fork_server: ForkServer | None = None) -> WorkerContext:
        """This process's context, built when first asked for."""
        # Loaded where it is needed: the process that listens starts the others without it.
        from workers.context import WorkerContext

        with self._lock:
            self._context = self._context or WorkerContext(self._app, Settings.load(), fork_server)
            return self._context

    def prepare(self) -> None:
        """Build the context before the first task; the fork server warms up at the same time."""
        fork_server = build_fork_server(Settings.load())
        fork_server.start_process()
        self.context(fork_server)

    def close(self) -> None:
        """Close the context, if there is one."""
        with self._lock:
            context, self._context = self._context, None
        if context is not None:
            context.close()

    def grade(self, lane: str) -> None:
        """Grade what is due, live rows always first; wake again where more may be due."""
        context, mine = self.context(), Lane(lane)
        pipeline = context.pipeline()
        try:
            more = until_done(lambda: _next(pipeline, mine))
        finally:
            pipeline.finish()
        if more:
            context.service.notifier.notify(mine)

    def deliver(self) -> None:
        """Send scores that are due; wake again where more may be due."""
        service = self.context().service
        if until_done(service.deliver.next):
            service.notifier.notify_delivery()


def until_done(step: Callable[[], object | None]) -> bool:
    """Repeat a step until nothing is due or the task has had its share; whether it had."""
    end = monotonic() + SECONDS
    for _ in range(ROWS):
        if step() is None:
            return False
        if monotonic() >= end:
            break
    return True


def _next(pipeline: GradingPipeline, lane: Lane) -> SubmissionRecord | None:
    done = pipeline.next(Lane.LIVE)
    return done or (None if lane is Lane.LIVE else pipeline.next(lane))
