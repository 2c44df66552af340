"""The ports of the engine: uploads and rubrics read, submissions measured, facts cached."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
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


class Inspected(Protocol):
    """A submission whose files were looked at."""

    def facts(self) -> SubmissionFacts:
        """What they measure; may be asked for again. Raises EngineFault as :class:`Measure`."""

    def remember(self) -> None:
        """Keep what is new, so that the same file is not looked at again."""


class Measure(Protocol):
    """The engine: what one submission measures under the probes of a rubric."""

    def inspect(
        self, submission: Submission, rubric: Rubric, meanwhile: Callable[[], None] = ...
    ) -> Inspected:
        """Raises EngineFault where the engine itself is broken.

        ``meanwhile`` is called at most once, while another process is at work.
        """

    def starter(self, rubric: Rubric) -> SubmissionFacts | None:
        """What the rubric's starter files measure, if it has any. Raises EngineFault as above."""


class FactsCache(Protocol):
    """Inspections by the key of everything that they depend on."""

    def get_many(self, keys: Sequence[str]) -> Mapping[str, Inspection]:
        """Those that are known."""

    def put_many(self, inspections: Mapping[str, Inspection], at: datetime) -> None:
        """Remember, where there is room; an inspection that is there already stays.

        ``at`` is when they were made: by that an erasure finds them.
        """
