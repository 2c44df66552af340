"""The port for purging old data, and for exporting, merging and erasing students' data."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Protocol

from grader.service.records import DeletedRows, ExportedItem, HeldName, Merge, PurgeCriteria


class Retention(Protocol):
    """Purges old data, and exports, merges and erases the data of students.

    Each of these adds an audit entry, unless a purge found nothing to delete; counting and a
    preview add none. A change and its entry are one transaction. ``actor`` is the name that the
    audit entry gets, ``now`` its time.
    """

    def count_purgeable(self, criteria: PurgeCriteria) -> DeletedRows:
        """Return how many submissions and inspections a purge would delete; other counts are 0.

        If ``criteria`` name a course, no inspections are counted: they belong to no course.
        """

    def purge_submissions(
        self, criteria: PurgeCriteria, limit: int, actor: str, now: datetime
    ) -> DeletedRows:
        """Delete up to ``limit`` submissions that match ``criteria``, oldest first.

        Their reports, scores, idempotency keys and archives are deleted too, except archives that
        another submission uses. Submissions that another transaction has locked are skipped. Return
        how many rows of each kind were deleted. If there were none, there is no audit entry.
        """

    def purge_inspections(
        self, before: datetime, limit: int, actor: str, now: datetime
    ) -> DeletedRows:
        """Delete up to ``limit`` cached inspections last used before ``before``; return how many.

        The time of last use is exact to a day; without a use, the time when it was stored counts.
        Previews asked for before ``before`` and their measurements are deleted, too.
        If none was deleted, there is no audit entry.
        """

    def export(
        self, student: str, course: str, actor: str, now: datetime
    ) -> Iterator[ExportedItem]:
        """Yield the stored data of ``student`` as files; add the audit entry after the last one.

        ``student`` is the name under which the submissions were handed in. ``course`` limits the
        data to one course; empty means every course. Only audit entries about exports and erasures
        of the student are always of every course. Secrets and cached inspections are left out.

        Raises:
            NotFound: the student has neither a submission nor a token there; raised at the first
                file.
        """

    def names(self) -> Sequence[HeldName]:
        """Return every name of a student under which something is stored, by course and name."""

    def preview_merge(self, old: str, new: str, course: str) -> Merge:
        """Return what :meth:`merge` would change; raise what it would raise."""

    def merge(self, old: str, new: str, course: str, actor: str, now: datetime) -> Merge:
        """Give all submissions and tokens of ``old`` to the student ``new``; return what changed.

        ``course`` limits it to one course; empty means every course. Where both have submissions to
        an exercise, their attempts are numbered anew by the time when they were received. Reports
        and scores stay as they were made, idempotency keys with their submissions.

        Raises:
            NotFound: ``old`` has neither a submission nor a token there.
            Conflict: a submission that would be changed is being graded.
        """

    def erase(self, student: str, course: str, actor: str, now: datetime) -> DeletedRows:
        """Delete the data of ``student`` in ``course`` (empty: every course); return how many rows.

        Gradings in progress lose their claim, so nothing of them is stored. Audit entries about or
        by the student's submissions and tokens are deleted; those about exports and erasures of the
        student stay. Idempotency keys of other senders and webhook ids stay, so that a repeated
        upload or event does not bring the data back. Cached inspections that may be of the
        student's files are deleted, with others of the same time.

        Raises:
            NotFound: the student has neither a submission nor a token there.
        """
