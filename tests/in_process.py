"""An inspector without fork server, sandbox and limits, to measure the cost of isolation."""

from __future__ import annotations

from dataclasses import dataclass

from grader.domain.check import Catalog
from grader.domain.inspection import Inspection
from grader.engine.measuring.inspecting import prepare_interpreter, run_steps
from grader.engine.measuring.job import Answers, Job, Pair


@dataclass(frozen=True)
class RunningInProcess:
    """A job that runs in this process when its answers are collected."""

    catalog: Catalog
    job: Job

    def collect(self) -> Answers:
        """Run the job and return its answers."""
        prepare_interpreter()
        found: dict[Pair, Inspection] = {}
        for index, file in enumerate(self.job.files):
            steps = run_steps(file, tuple(file.steps), self.catalog)
            for step, inspection in steps:
                if inspection is not None:
                    found[index, step] = inspection
        return found


class InProcess:
    """Runs jobs in this process. For benchmarks and debugging, never for a student's file."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog

    def start(self, job: Job) -> RunningInProcess:
        """See :class:`grader.engine.measuring.job.Inspector`."""
        return RunningInProcess(self._catalog, job)

    def close(self) -> None:
        """Nothing to close."""
