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
        """Store ``text`` as the next version of its exercise, with an audit entry.

        ``rubric`` is the parsed ``text`` and ``digest`` the SHA-256 of ``text``. ``base`` is the
        version that it replaces, or ``None`` for a new exercise.

        Raises:
            PreconditionFailed: ``base`` is not the newest version, or is ``None`` and the exercise
                exists.
            Conflict: the exercise belongs to another course.
        """

    def newest(self, exercise: str) -> RubricRecord | None:
        """Return the newest rubric version of ``exercise``, or ``None`` if it does not exist."""

    def page(self, *, course: str = "", cursor: str = "", limit: int = 50) -> Page[ExerciseRecord]:
        """Return up to ``limit`` exercises, sorted by id, of ``course`` (empty: every course).

        Raises:
            BadRequest: ``cursor`` is invalid.
        """
