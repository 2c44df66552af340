"""Records of retention: the criteria of a purge, deleted rows, and items of an export."""

from __future__ import annotations

from dataclasses import astuple, dataclass
from datetime import datetime


@dataclass(frozen=True)
class PurgeCriteria:
    """The condition for a submission to be purged: it was received before ``before``.

    ``course`` limits it to one course; empty means every course. Unless ``unfinished`` is set, a
    submission stays while it is queued, is running, needs attention, or has a score to be sent.
    Without a course, cached inspections that were last used before ``before`` are purged too.
    """

    before: datetime
    course: str = ""
    unfinished: bool = False


@dataclass(frozen=True)
class DeletedRows:
    """The number of rows of each kind that were deleted.

    In the preview of a purge: that would be deleted; only ``submissions`` and ``inspections`` are
    counted then. ``archives`` is often lower than ``submissions``: an archive that another
    submission also refers to is not deleted. Counts of attempts are deleted too, but are not in
    here. The sum of two adds each kind.
    """

    submissions: int = 0
    reports: int = 0
    passbacks: int = 0
    keys: int = 0
    archives: int = 0
    tokens: int = 0
    audit_entries: int = 0
    inspections: int = 0

    def __add__(self, other: DeletedRows) -> DeletedRows:
        pairs = zip(astuple(self), astuple(other), strict=True)
        return DeletedRows(*(mine + theirs for mine, theirs in pairs))


@dataclass(frozen=True)
class HeldName:
    """A student's name as it is stored in ``course``, with the numbers of rows that have it."""

    course: str
    name: str
    submissions: int
    tokens: int


@dataclass(frozen=True)
class MergedAttempt:
    """A submission to an exercise at which two merged names meet, or that changes its name.

    ``student`` is the name under which it was stored, ``attempt`` the number that it had under that
    name, and ``becomes`` its number among the attempts of both.
    """

    submission: str
    course: str
    exercise: str
    student: str
    received_at: datetime
    attempt: int
    becomes: int


@dataclass(frozen=True)
class Merge:
    """What a merge of two students' names changes, or would change.

    ``attempts`` are by exercise and time, ``moved`` of them get another name, and so do ``tokens``.
    """

    attempts: tuple[MergedAttempt, ...]
    moved: int
    tokens: int


@dataclass(frozen=True)
class ExportedItem:
    """One file of a student's exported data: JSON, or an upload as it was sent.

    ``name`` is a relative path such as ``submissions/<id>/submission.json``, ``data`` the content.
    """

    name: str
    data: bytes
