"""Merge the data that is stored under two names of one student."""

from __future__ import annotations

from dataclasses import dataclass

from grader.domain.errors import Conflict
from grader.domain.person_names import checked_name
from grader.service.ports import Clock, Retention
from grader.service.records import Merge


@dataclass(frozen=True)
class MergeStudents:
    """The use case that gives everything of one student's name to another name.

    Call the instance to merge; :meth:`preview` only tells what that would change.
    """

    retention: Retention
    clock: Clock

    def __call__(self, old: str, new: str, course: str, *, actor: str) -> Merge:
        """Give all submissions and tokens of ``old`` to ``new``; return what has changed.

        ``old`` is a name as it is stored; of ``new`` the canonical form counts, under which nothing
        need be stored yet. ``actor`` is who merges, for the audit log.

        Args:
            course: Merge in this course only; empty for every course.

        Raises:
            BadRequest: ``new`` is no name that an upload could have.
            Conflict: both are one name, or a submission of one of them is being graded.
            NotFound: nothing is stored under ``old``.
        """
        return self.retention.merge(old, _kept(old, new), course, actor, self.clock.now())

    def preview(self, old: str, new: str, course: str) -> Merge:
        """Return what a merge by these arguments would change now; raise what it would raise."""
        return self.retention.preview_merge(old, _kept(old, new), course)


def _kept(old: str, new: str) -> str:
    """Return the canonical form of ``new``.

    Raises:
        BadRequest: it is empty, too long, not printable or not UTF-8.
        Conflict: it is ``old``.
    """
    kept = checked_name(new, "NEW")
    if kept == old:
        raise Conflict(
            f"Both names are stored as {kept!r}.",
            how_to_fix="Name the spelling that is to go first: `grader student alike` lists them.",
        )
    return kept
