"""Versions of rubrics: drafts and published ones, and the exercises that they are for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class RubricRecord:
    """A published version of the rubric of an exercise.

    ``text`` is its YAML as it was sent, ``digest`` the SHA-256 of ``text`` in hexadecimal. Versions
    count from 1. ``created_by`` is the actor who published it: the id of a token, or ``seed`` for a
    rubric that is shipped with Grader. ``author`` is the name of that token, or else the actor.
    ``message`` is what the author says about the change; it may be empty.
    """

    exercise: str
    course: str
    version: int
    digest: str
    text: str
    created_at: datetime
    created_by: str
    message: str
    author: str

    @property
    def etag(self) -> str:
        """The strong entity tag of this version with its quotes, e.g. ``"3-0f1e2d3c4b5a6978"``.

        It consists of the version and the first 16 digits of the digest.
        """
        return f'"{self.version}-{self.digest[:16]}"'


@dataclass(frozen=True)
class DraftRecord:
    """The draft of an exercise's next rubric version: a valid rubric that nothing is graded by.

    ``revision`` counts its changes from 1. ``base_version`` is the published version that it was
    begun from, 0 without one. ``updated_by`` is the actor of the last change, and ``author`` the
    name of that token, or else the actor.
    """

    exercise: str
    course: str
    revision: int
    digest: str
    text: str
    base_version: int
    updated_at: datetime
    updated_by: str
    author: str

    @property
    def etag(self) -> str:
        """The strong entity tag of this revision with its quotes, e.g. ``"d2-0f1e2d3c4b5a6978"``.

        The ``d`` tells it from the tag of a published version.
        """
        return f'"d{self.revision}-{self.digest[:16]}"'


@dataclass(frozen=True)
class ExerciseRecord:
    """An exercise, with the title that its newest rubric version gives and that version's number.

    ``course`` never changes.
    """

    id: str
    course: str
    title: str
    version: int
