"""Published versions of rubrics, and the exercises that they are for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class RubricRecord:
    """One published version of an exercise's rubric; ``text`` is the source as it was sent."""

    exercise: str
    course: str
    version: int
    digest: str
    text: str
    created_at: datetime
    created_by: str

    @property
    def etag(self) -> str:
        """The strong entity tag of this version, in quotes."""
        return f'"{self.version}-{self.digest[:16]}"'


@dataclass(frozen=True)
class ExerciseRecord:
    """An exercise with its newest rubric version."""

    id: str
    course: str
    title: str
    version: int
