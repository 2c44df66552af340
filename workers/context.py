"""The context of one pool process: its use cases, its engine and its keeper."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from celery import Celery

from grader.bootstrap import (
    Service,
    build_engine,
    build_grade,
    build_measure_requested,
    build_service,
)
from grader.engine.forkserver import ForkServer
from grader.infra.broker import CeleryNotifier
from grader.service.grade import GradingPipeline
from grader.service.host import Host
from grader.settings import Settings
from workers.keeper import Keeper
from workers.shared_times import SharedTimes


class WorkerContext:
    """What the tasks of one process need: use cases in ``service``, and pipelines over one engine.

    The engine measures submissions in ``fork_server``, which may be starting already; if not, it
    starts with the first submission, so a process that only delivers scores has none. Build the
    context in the process that runs the tasks, not before that process is forked. ``times`` are
    shared with the main process of the worker.
    """

    def __init__(
        self, app: Celery, settings: Settings, fork_server: ForkServer, times: SharedTimes
    ) -> None:
        self.service: Service = build_service(settings, notifier=CeleryNotifier(app))
        self._engine = build_engine(settings, self.service.store.facts, fork_server=fork_server)
        self._grade = build_grade(self.service, self._engine)
        #: Makes requested measurements with the same engine, outside of the pipelines.
        self.measure_requested = build_measure_requested(self.service, self._grade)
        self._new_keeper = partial(
            Keeper,
            self._grade.leases,
            self._grade.host,
            times,
            stop_seconds=settings.stop_seconds,
            interrupt=fork_server.interrupt,
        )
        self._keeper: Keeper | None = None

    @property
    def host(self) -> Host:
        """The host of this process, which may be in trouble."""
        return self._grade.host

    def start_keeper(self) -> None:
        """Start the thread that keeps leases and says that this process grades, unless it runs."""
        if self._keeper is None:
            self._keeper = self._new_keeper()
            self._keeper.start()

    @contextmanager
    def pipeline(self) -> Iterator[GradingPipeline]:
        """Yield a new grading pipeline over the engine of this process, and finish it at the end.

        The keeper renews its claims. Whatever happens, no claim is renewed after the end.
        """
        self.start_keeper()
        pipeline = GradingPipeline(self._grade)
        try:
            yield pipeline
        finally:
            try:
                pipeline.finish()
            finally:
                self._grade.leases.let_all_go()

    def close(self) -> None:
        """End keeper and fork server, and close the connections to the database, not to Redis."""
        if self._keeper is not None:
            self._keeper.close()
        self._engine.close()
        self.service.close()
