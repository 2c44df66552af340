"""The ports of the engine: uploads and rubrics read, submissions measured, facts cached."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from grader.domain.facts import SubmissionFacts
from grader.domain.inspection import Inspection
from grader.domain.rubric import Rubric
from grader.domain.rubric.policies import Intake
from grader.domain.source import Submission


class ReadUpload(Protocol):
    """Bytes of an upload to a submission."""

    def __call__(self, data: bytes, *, filename: str = "", limits: Intake = ...) -> Submission:
        """Raises BadArchive for anything that is not a readable archive with Python in it."""


class ReadRubric(Protocol):
    """A rubric's text to a rubric."""

    def __call__(self, text: str) -> Rubric:
        """Raises BadRubric with every mistake found."""


class Measurement(Protocol):
    """A submission whose files are measured."""

    def facts(self) -> SubmissionFacts:
        """Return the facts of the submission; the same at every call.

        Raises:
            EngineFault: The engine did not answer on a file.
        """

    def remember(self) -> None:
        """Store the new facts in the cache, so that equal files are not measured again."""


class RunningMeasurement(Protocol):
    """A submission whose files are being measured by another process."""

    def collect(self) -> Measurement:
        """Wait for the end of the measurement.

        Raises:
            EngineFault: The engine failed; nothing is known of the submission.
        """


class Measure(Protocol):
    """The engine, which measures submissions for the probes of a rubric."""

    def start(self, submission: Submission, rubric: Rubric) -> RunningMeasurement:
        """Start to measure ``submission`` and return without waiting for the result."""

    def starter(self, rubric: Rubric) -> SubmissionFacts | None:
        """Return the facts of the rubric's starter files, or ``None`` if it has none.

        Raises:
            EngineFault: The engine failed.
        """


class FactsCache(Protocol):
    """Inspections by the key of everything that they depend on."""

    def get_many(self, keys: Sequence[str]) -> Mapping[str, Inspection]:
        """Those that are known."""

    def put_many(self, inspections: Mapping[str, Inspection], at: datetime) -> None:
        """Remember, where there is room; an inspection that is there already stays.

        ``at`` is when they were made: by that an erasure finds them.
        """
