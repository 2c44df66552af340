"""The port for exercises and the versions of their rubrics."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from grader.domain.rubric import Rubric
from grader.service.records.pages import Page
from grader.service.records.rubrics import DraftRecord, ExerciseRecord, RubricRecord
from grader.service.records.samples import Override


class Rubrics(Protocol):
    """Stores exercises and every published version of their rubrics, and finds them."""

    def publish(
        self,
        rubric: Rubric,
        text: str,
        digest: str,
        *,
        base: int | None,
        actor: str,
        now: datetime,
        message: str = "",
        draft: DraftRecord | None = None,
        override: Override | None = None,
    ) -> RubricRecord:
        """Store ``text`` as the next version of its exercise, with an audit entry.

        Return its record. ``rubric`` is the parsed ``text`` and ``digest`` the SHA-256 of ``text``.
        ``base`` is the number of the newest version, which this one replaces, or ``None`` to create
        the exercise. ``message`` says what the change is about. ``draft`` is the draft that is
        published, which is deleted. ``override`` says what golden samples are expected to earn from
        now on, and why.

        Raises:
            Conflict: the exercise belongs to another course than ``rubric``.
            PreconditionFailed: ``base`` is not the newest version, or there is no such exercise; or
                ``base`` is ``None`` and the exercise exists; or ``draft`` was changed.
        """

    def newest(self, exercise: str) -> RubricRecord | None:
        """Return the newest rubric version of ``exercise``, or ``None`` if it does not exist."""

    def version(self, exercise: str, version: int) -> RubricRecord | None:
        """Return version ``version`` of the rubric of ``exercise``; ``None`` without such a one."""

    def versions(self, exercise: str, *, cursor: str = "", limit: int = 50) -> Page[RubricRecord]:
        """Return up to ``limit`` versions of the rubric of ``exercise``, newest first.

        ``limit`` and ``cursor`` are as those of :meth:`page`.

        Raises:
            BadRequest: ``cursor`` is invalid.
        """

    def page(self, *, course: str = "", cursor: str = "", limit: int = 50) -> Page[ExerciseRecord]:
        """Return up to ``limit`` exercises, sorted by id, of ``course`` (empty: every course).

        ``limit`` is corrected to the range from 1 to 500. An empty ``cursor`` is the first page;
        otherwise it is the ``next_cursor`` of the page before.

        Raises:
            BadRequest: ``cursor`` is invalid.
        """
