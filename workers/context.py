"""The context of one pool process: its use cases and its engine."""

from __future__ import annotations

from celery import Celery

from grader.bootstrap import Service, build_engine, build_grade, build_service
from grader.engine.forkserver import ForkServer
from grader.infra.broker import CeleryNotifier
from grader.service.grade import GradingPipeline
from grader.settings import Settings


class WorkerContext:
    """What the tasks of one process need: use cases in ``service``, and pipelines over one engine.

    The engine measures submissions in a fork server. Build the context in the process that runs the
    tasks, not before that process is forked. ``fork_server`` is a fork server that is starting
    already. Without it the engine starts one with its first submission, so a process that only
    delivers scores has none.
    """

    def __init__(self, app: Celery, settings: Settings, fork_server: ForkServer | None) -> None:
        self.service: Service = build_service(settings, notifier=CeleryNotifier(app))
        self._engine = build_engine(settings, self.service.store.facts, fork_server=fork_server)
        self._grade = build_grade(self.service, self._engine)

    def pipeline(self) -> GradingPipeline:
        """Return a new grading pipeline over the engine of this process.

        Call its ``finish`` at the end, or the last report is not stored.
        """
        return GradingPipeline(self._grade)

    def close(self) -> None:
        """End the fork server and close the connections to the database; those to Redis stay."""
        self._engine.close()
        self.service.close()
