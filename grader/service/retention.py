"""Letting go of things: what has become old, and what is held about one student."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import astuple, dataclass
from datetime import datetime, timedelta
from typing import Protocol

from grader.service.ports import Clock

#: Rows that one transaction removes at most, so that uploads and claims get their turn.
BATCH = 200


@dataclass(frozen=True)
class Old:
    """Which submissions a purge is about: those received before a time.

    ``course`` is empty for every course. Without ``unfinished`` those stay that wait, run, need
    attention, or have a score that is still to be sent.
    """

    before: datetime
    course: str = ""
    unfinished: bool = False


@dataclass(frozen=True)
class Removed:
    """How many rows of each kind were removed; archives only where nobody else handed them in."""

    submissions: int = 0
    reports: int = 0
    passbacks: int = 0
    keys: int = 0
    archives: int = 0
    tokens: int = 0
    audit_entries: int = 0
    inspections: int = 0

    def __add__(self, other: Removed) -> Removed:
        pairs = zip(astuple(self), astuple(other), strict=True)
        return Removed(*(mine + its for mine, its in pairs))


@dataclass(frozen=True)
class Held:
    """One thing that is held about a student: JSON or an archive, and a name for its file."""

    name: str
    data: bytes


class Upkeep(Protocol):
    """What the store can let go of, each in one transaction with its audit entry."""

    def count_old(self, old: Old) -> Removed:
        """How many submissions and inspections a purge would remove; the rest stays 0."""

    def purge_submissions(self, old: Old, most: int, actor: str, now: datetime) -> Removed:
        """Remove up to so many old submissions and all that hangs on them."""

    def purge_inspections(self, before: datetime, most: int, actor: str, now: datetime) -> Removed:
        """Remove up to so many inspections that were of no use since then."""

    def export(self, student: str, course: str, actor: str, now: datetime) -> Iterator[Held]:
        """Everything that is held about a student (``course`` empty: in every course).

        Raises:
            NotFound: nothing is.
        """

    def erase(self, student: str, course: str, actor: str, now: datetime) -> Removed:
        """Remove everything that is held about a student; what is under way comes to nothing.

        What came under an idempotency key or webhook id is not taken again under that.

        Raises:
            NotFound: nothing is held.
        """


@dataclass(frozen=True)
class Purge:
    """Remove what has become old, in batches. Exercises, rubrics and the audit trail stay."""

    upkeep: Upkeep
    clock: Clock

    def __call__(self, age: timedelta, course: str, *, unfinished: bool, actor: str) -> Removed:
        """Remove it; inspections are of no course, and go only where every course is meant."""
        old = self._old(age, course, unfinished)
        removed = Removed()
        while batch := self._submissions(old, actor):
            removed += batch
        while not course and (batch := self._inspections(old, actor)):
            removed += batch
        return removed

    def would_remove(self, age: timedelta, course: str, *, unfinished: bool) -> Removed:
        """How many submissions and inspections there are to remove."""
        return self.upkeep.count_old(self._old(age, course, unfinished))

    def _old(self, age: timedelta, course: str, unfinished: bool) -> Old:
        return Old(self.clock.now() - age, course, unfinished)

    def _submissions(self, old: Old, actor: str) -> Removed | None:
        batch = self.upkeep.purge_submissions(old, BATCH, actor, self.clock.now())
        return batch if batch.submissions else None

    def _inspections(self, old: Old, actor: str) -> Removed | None:
        batch = self.upkeep.purge_inspections(old.before, BATCH, actor, self.clock.now())
        return batch if batch.inspections else None
