"""A regrade: a batch that grades submissions of an exercise again, and its progress."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from grader.domain.report import TotalLine


class RegradeScope(StrEnum):
    """Which submissions with a report a regrade grades again: each student's newest, or all."""

    COUNTED = "counted"
    ALL = "all"


class ItemState(StrEnum):
    """The state of a submission in a regrade.

    ``waiting``: it waits for a worker, or one is grading it. ``done``: it has its new report.
    ``failed``: grading failed on our side, and a retry of it finishes it. ``cancelled``: the
    regrade was cancelled before its turn came. ``undone``: it has its old report back. ``kept``: it
    was graded once more after this regrade, so undoing the regrade left it as it is.
    """

    WAITING = "waiting"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"
    UNDONE = "undone"
    KEPT = "kept"


@dataclass(frozen=True)
class NewRegrade:
    """A regrade that ``Regrades.create`` is to store: of which ``exercise``, why, and by whom.

    ``rubric_version`` is the newest version of its rubric, and ``actor`` is named in the audit log.
    """

    exercise: str
    course: str
    rubric_version: int
    scope: RegradeScope
    reason: str
    actor: str


@dataclass(frozen=True)
class RegradeProgress:
    """How many submissions of a regrade are in each :class:`ItemState`.

    ``changed`` counts those of ``done`` whose points, or the points that can be had, are others
    than before.
    """

    waiting: int = 0
    done: int = 0
    failed: int = 0
    cancelled: int = 0
    undone: int = 0
    kept: int = 0
    changed: int = 0

    @property
    def total(self) -> int:
        """Return the number of submissions in the regrade, without those erased since."""
        ended = self.done + self.failed + self.cancelled + self.undone + self.kept
        return self.waiting + ended


@dataclass(frozen=True)
class RegradeRecord:
    """A stored regrade with its progress.

    ``rubric_version`` was the newest when it was created; a submission is graded by what is the
    newest when its turn comes. ``author`` is the name of the token that created it, or the actor
    without one.
    """

    id: str
    exercise: str
    course: str
    rubric_version: int
    scope: RegradeScope
    reason: str
    created_at: datetime
    author: str
    cancelled_at: datetime | None
    undone_at: datetime | None
    progress: RegradeProgress


@dataclass(frozen=True)
class RegradeItem:
    """A submission of a regrade, with the totals of its report before it and of its new one.

    ``after`` is ``None`` while there is no new report.
    """

    submission: str
    student: str
    attempt: int
    state: ItemState
    before: TotalLine
    after: TotalLine | None


@dataclass(frozen=True)
class ReportEntry:
    """One of the reports of a submission; ``is_current`` if it is the one that counts now."""

    id: str
    rubric_version: int
    graded_at: datetime
    total: TotalLine
    is_current: bool
