"""Tasks: doorways of a few lines to the use cases. A message only says that there is work."""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock
from time import monotonic

from celery import Celery

from grader.bootstrap import Service, build_engine, build_grade, build_service
from grader.broker import DELIVER_TASK, GRADE_TASK, CeleryWaker
from grader.engine.measure import Engine
from grader.service.grade import Grade, Line
from grader.service.records import Lane, SubmissionRecord
from grader.settings import Settings

#: A task stops after so many rows or seconds and asks for another, so that a worker that is
#: told to end does so soon, and so that the lanes take turns.
ROWS = 20
SECONDS = 4.0


class Desk:
    """What one process works with: built in that process, never before a fork."""

    def __init__(self, app: Celery) -> None:
        settings = Settings.load()
        self._lock = Lock()
        self._engine: Engine | None = None
        self._grade: Grade | None = None
        self.service: Service = build_service(settings, waker=CeleryWaker(app))

    def grade(self) -> Grade:
        """The grading use case around this process's own engine, which warms up from now on."""
        with self._lock:
            if self._grade is None:
                service = self.service
                self._engine = build_engine(service.settings, service.store.facts, at_once=True)
                self._grade = build_grade(service, self._engine)
            return self._grade

    def close(self) -> None:
        """End the nursery and let go of the database."""
        if self._engine is not None:
            self._engine.close()
        self.service.close()


class Tasks:
    """The tasks of one Celery application, and the desk of the process that they run in."""

    def __init__(self, app: Celery) -> None:
        self._app = app
        self._desk: Desk | None = None
        self._lock = Lock()
        app.task(self.grade, name=GRADE_TASK)
        app.task(self.deliver, name=DELIVER_TASK)

    def desk(self) -> Desk:
        """This process's desk, built when first asked for."""
        with self._lock:
            self._desk = self._desk or Desk(self._app)
            return self._desk

    def prepare(self) -> None:
        """Have this process's nursery warm up before there is anything to grade."""
        self.desk().grade()

    def close(self) -> None:
        """Close the desk, if there is one."""
        with self._lock:
            desk, self._desk = self._desk, None
        if desk is not None:
            desk.close()

    def grade(self, lane: str) -> None:
        """Grade what is due, live rows always first; wake again where more may be due."""
        desk, mine = self.desk(), Lane(lane)
        line = Line(desk.grade())
        try:
            more = until_done(lambda: _next(line, mine))
        finally:
            line.finish()
        if more:
            desk.service.waker.wake(mine)

    def deliver(self) -> None:
        """Send scores that are due; wake again where more may be due."""
        service = self.desk().service
        if until_done(service.deliver.next):
            service.waker.wake_delivery()


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
