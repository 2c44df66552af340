"""Purge submissions and cached inspections that are older than a given age."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from grader.service.ports import Clock, Retention
from grader.service.records import DeletedRows, PurgeCriteria

#: The most rows that one transaction deletes, so that uploads and claims need not wait for long.
#: Chosen by hand.
BATCH = 200


@dataclass(frozen=True)
class Purge:
    """The use case that purges old submissions, with all that belongs to them, and inspections.

    Call the instance to delete them; :meth:`preview` only counts. Inspections are the cached
    results of checks. It never deletes exercises, rubrics, tokens or entries of the audit log.
    """

    retention: Retention
    clock: Clock

    def __call__(self, age: timedelta, course: str, *, unfinished: bool, actor: str) -> DeletedRows:
        """Delete submissions received, and inspections last used, longer than ``age`` ago.

        Return how many rows were deleted. Each batch is a transaction of its own, with an audit
        entry.

        Args:
            course: Purge this course only; empty for every course. Cached inspections belong to no
                course and are purged only if it is empty.
            unfinished: Also purge submissions that are not graded or superseded, or whose score is
                still to be sent.
            actor: Who purges, for the audit log.
        """
        criteria = PurgeCriteria(self.clock.now() - age, course, unfinished)
        deleted = self._in_batches(
            lambda: self.retention.purge_submissions(criteria, BATCH, actor, self.clock.now())
        )
        if course:
            return deleted
        return deleted + self._in_batches(
            lambda: self.retention.purge_inspections(
                criteria.before, BATCH, actor, self.clock.now()
            )
        )

    def preview(self, age: timedelta, course: str, *, unfinished: bool) -> DeletedRows:
        """Return how many submissions and inspections a purge by these arguments would delete now.

        All other counts are 0, e.g. of reports; inspections are counted only if ``course`` is
        empty, which means every course. Nothing is deleted.
        """
        criteria = PurgeCriteria(self.clock.now() - age, course, unfinished)
        return self.retention.count_purgeable(criteria)

    @staticmethod
    def _in_batches(delete_batch: Callable[[], DeletedRows]) -> DeletedRows:
        """Call ``delete_batch`` until it deletes nothing, and return the sum of its results."""
        total = DeletedRows()
        while (batch := delete_batch()) != DeletedRows():
            total += batch
        return total
