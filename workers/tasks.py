"""Tasks: doorways of a few lines to the use cases. A message only says that there is work."""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock
from time import monotonic
from typing import TYPE_CHECKING

from celery import Celery

from grader.engine.forkserver import Nursery
from grader.infra.broker import DELIVER_TASK, GRADE_TASK
from grader.isolation import nursery_of
from grader.service.lanes import Lane
from grader.settings import Settings

if TYPE_CHECKING:
    from grader.service.grade import Line
    from grader.service.records import SubmissionRecord
    from workers.context import Desk

#: A task stops after so many rows or seconds and asks for another, so that a worker that is
#: told to end does so soon, and so that the lanes take turns.
ROWS = 20
SECONDS = 4.0


class Tasks:
    """The tasks of one Celery application, and the desk of the process that they run in."""

    def __init__(self, app: Celery) -> None:
        self._app = app
        self._desk: Desk | None = None
        self._lock = Lock()
        app.task(self.grade, name=GRADE_TASK)
        app.task(self.deliver, name=DELIVER_TASK)

    def desk(self, nursery: Nursery | None = None) -> Desk:
        """This process's desk, built when first asked for."""
        # Loaded where it is needed: the process that listens starts the others without it.
        from workers.context import Desk

        with self._lock:
            self._desk = self._desk or Desk(self._app, Settings.load(), nursery)
            return self._desk

    def prepare(self) -> None:
        """Be ready before there is anything to grade: the nursery warms up, all else is loaded."""
        nursery = nursery_of(Settings.load())
        nursery.start()
        self.desk(nursery)

    def close(self) -> None:
        """Close the desk, if there is one."""
        with self._lock:
            desk, self._desk = self._desk, None
        if desk is not None:
            desk.close()

    def grade(self, lane: str) -> None:
        """Grade what is due, live rows always first; wake again where more may be due."""
        desk, mine = self.desk(), Lane(lane)
        line = desk.line()
        try:
            more = until_done(lambda: _next(line, mine))
        finally:
            line.finish()
        if more:
            desk.service.notifier.notify(mine)

    def deliver(self) -> None:
        """Send scores that are due; wake again where more may be due."""
        service = self.desk().service
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


def _next(line: Line, lane: Lane) -> SubmissionRecord | None:
    done = line.next(Lane.LIVE)
    return done or (None if lane is Lane.LIVE else line.next(lane))
