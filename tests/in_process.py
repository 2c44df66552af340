"""An inspector without a fork server: no limits, to measure what isolation costs."""

from __future__ import annotations

from collections.abc import Callable

from grader.domain.check import Catalog
from grader.domain.inspection import Inspection
from grader.engine.measuring.inspecting import answer, prepare_interpreter
from grader.engine.measuring.job import Answers, Job, Pair, nothing


class InProcess:
    """Answers a job in this process. For benchmarks and debugging, never for a student's file."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog

    def inspect(self, job: Job, meanwhile: Callable[[], None] = nothing) -> Answers:
        """See :class:`grader.engine.measuring.job.Inspector`."""
        prepare_interpreter()
        found: dict[Pair, Inspection] = {}
        for index, file in enumerate(job.files):
            for question, inspection in answer(
                file, tuple(file.questions), self._catalog, job.python
            ):
                if inspection is not None:
                    found[index, question] = inspection
        return found

    def close(self) -> None:
        """Nothing to close."""
