"""The port for purging old data, and for exporting and erasing one student's data."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Protocol

from grader.service.records import DeletedRows, ExportedItem, PurgeCriteria


class Retention(Protocol):
    """Deletes data, each time in one transaction together with its audit entry.

    ``actor`` is the name that the audit entry gets, ``now`` its time.
    """

    def count_purgeable(self, criteria: PurgeCriteria) -> DeletedRows:
        """Return how many submissions and inspections a purge would delete; other counts are 0.

        With a course no inspections are counted, because they belong to no course.
        """

    def purge_submissions(
        self, criteria: PurgeCriteria, limit: int, actor: str, now: datetime
    ) -> DeletedRows:
        """Delete up to ``limit`` of the matching submissions, oldest first, and all their rows.

        Return the deleted rows; all counts are 0 if nothing matched.
        """

    def purge_inspections(
        self, before: datetime, limit: int, actor: str, now: datetime
    ) -> DeletedRows:
        """Delete up to ``limit`` cached inspections that were last used before ``before``.

        Return the deleted rows; all counts are 0 if nothing matched.
        """

    def export(
        self, student: str, course: str, actor: str, now: datetime
    ) -> Iterator[ExportedItem]:
        """Yield everything that is stored about ``student``.

        ``course`` limits it to one course; empty means every course.

        Raises:
            NotFound: nothing is stored about the student.
        """

    def erase(self, student: str, course: str, actor: str, now: datetime) -> DeletedRows:
        """Delete everything that is stored about ``student`` in ``course`` (empty: every course).

        The results of gradings in progress are discarded. Idempotency keys of other senders and
        webhook ids stay, so that a repeated upload or event does not bring the data back.

        Raises:
            NotFound: nothing is stored about the student.
        """
