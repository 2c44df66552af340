"""The port for exercises and the versions of their rubrics."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from grader.domain.rubric import Rubric
from grader.service.records.pages import Page
from grader.service.records.rubrics import ExerciseRecord, RubricRecord


class Rubrics(Protocol):
    """Exercises and the versions of their rubrics."""

    def publish(
        self, rubric: Rubric, text: str, digest: str, *, base: int | None, actor: str, now: datetime
    ) -> RubricRecord:
        """Store the next version, with an audit entry.

        ``base`` is the version that it replaces; ``None`` for a new exercise.

        Raises:
            PreconditionFailed: another version is the newest by now.
            Conflict: the exercise belongs to another course.
        """

    def newest(self, exercise: str) -> RubricRecord | None:
        """The newest version, or ``None``."""

    def page(self, *, course: str = "", cursor: str = "", limit: int = 50) -> Page[ExerciseRecord]:
        """Exercises by id; of one course where one is named."""
