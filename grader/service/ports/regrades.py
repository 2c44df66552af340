"""The port for regrades."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from grader.service.ports.connector import Score
from grader.service.records.pages import Page
from grader.service.records.passbacks import ScoreMessage
from grader.service.records.regrades import NewRegrade, RegradeItem, RegradeRecord

#: Makes the message with a score, or returns ``None`` if none is to be sent.
WriteScore = Callable[[Score], ScoreMessage | None]


class Regrades(Protocol):
    """Stores regrades and queues their submissions; cancels and undoes them."""

    def create(self, new: NewRegrade, now: datetime) -> RegradeRecord:
        """Store ``new`` and queue its submissions in the regrade lane, with an audit entry.

        These are the submissions of the exercise that are graded or need attention and have a
        report, with the scope ``counted`` only if it is the student's newest attempt with a report.
        What is queued or being graded is left out: it gets the newest rubric anyway. Each keeps its
        report until it has the new one.

        Raises:
            Conflict: there is no such submission.
        """

    def get(self, regrade_id: str) -> RegradeRecord:
        """Return a regrade with its progress. Raises NotFound if there is none."""

    def page(self, exercise: str, *, cursor: str = "", limit: int = 50) -> Page[RegradeRecord]:
        """Return up to ``limit`` regrades of an exercise, newest first.

        ``cursor`` and ``limit`` are as in ``Submissions.page``.

        Raises:
            BadRequest: ``cursor`` is invalid.
        """

    def items(self, regrade_id: str, *, cursor: str = "", limit: int = 50) -> Page[RegradeItem]:
        """Return up to ``limit`` submissions of a regrade, sorted by id; none if it is unknown.

        ``cursor`` and ``limit`` are as in ``Submissions.page``.

        Raises:
            BadRequest: ``cursor`` is invalid.
        """

    def cancel(self, regrade_id: str, actor: str, now: datetime) -> RegradeRecord:
        """Give the submissions that wait their old state back, with an audit entry.

        A worker that is grading one loses its claim. Those with a new report keep it.

        Raises:
            NotFound: there is no such regrade.
            Conflict: nothing waits.
        """

    def undo(self, regrade_id: str, actor: str, now: datetime, write: WriteScore) -> RegradeRecord:
        """Give all submissions of a regrade their old report and state back, with an audit entry.

        What waits is cancelled. A submission that was graded once more since, or is being graded,
        is left as it is. Where an LMS was sent another score for the newest attempt of a student,
        it is sent the old score, in a message that ``write`` makes.

        Raises:
            NotFound: there is no such regrade.
            Conflict: it was undone before, or no submission has a state to give back.
        """
