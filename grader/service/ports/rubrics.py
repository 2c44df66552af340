"""The port for exercises and the versions of their rubrics."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from grader.domain.rubric import Rubric
from grader.service.records.pages import Page
from grader.service.records.rubrics import ExerciseRecord, RubricRecord


class Rubrics(Protocol):
    """Exercises, and the published versions of their rubrics."""

    def publish(
        self, rubric: Rubric, text: str, digest: str, *, base: int | None, actor: str, now: datetime
    ) -> RubricRecord:
        """Store ``text`` as the next version, with an audit entry.

        ``base`` is the version that it replaces, or ``None`` for a new exercise. ``digest`` is the
        SHA-256 of ``text``.

        Raises:
            PreconditionFailed: ``base`` is not the newest version.
            Conflict: the exercise belongs to another course.
        """

    def newest(self, exercise: str) -> RubricRecord | None:
        """Return the newest version, or ``None`` if there is no such exercise."""

    def page(self, *, course: str = "", cursor: str = "", limit: int = 50) -> Page[ExerciseRecord]:
        """Return exercises sorted by id. An empty ``course`` stands for every course."""
