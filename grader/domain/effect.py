"""The effect of a draft of a rubric on a class: who gains or loses points, by criterion, and why.

A pure reduction over the students, one after the other: only the students whose points change most
are kept, so a large class needs no more memory than a small one.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from functools import partial
from typing import NamedTuple

from grader.domain.rubric import CompiledCriterion, CompiledRubric
from grader.domain.scoring import Ledger, Number, number

#: The number of equal parts of the range of points, in which a distribution counts students.
BUCKETS = 10


@dataclass(frozen=True)
class CriterionStanding:
    """What one criterion gives a student; ``points`` are ``None`` if it gives none yet."""

    id: str
    title: str
    points: Number | None
    max_points: Number
    why: str


@dataclass(frozen=True)
class Standing:
    """What a rubric gives one student in all and by criterion.

    ``points`` are ``None`` while points are withheld.
    """

    points: Number | None
    max_points: Number
    criteria: tuple[CriterionStanding, ...]

    @classmethod
    def of_ledger(cls, ledger: Ledger) -> Standing:
        """Return what ``ledger`` gives."""
        rows = tuple(
            CriterionStanding(
                id=row.id,
                title=row.criterion.title,
                points=None if row.points is None else number(row.points),
                max_points=number(row.max_points),
                why=row.why,
            )
            for row in ledger.rows
        )
        total = ledger.total
        points = None if total.points is None else number(total.points)
        return cls(points, number(total.max_points), rows)

    @property
    def share(self) -> Fraction | None:
        """The points as a share of the most possible, 0 to 1; ``None`` if either is unknown."""
        if self.points is None or not self.max_points:
            return None
        return _exact(self.points) / _exact(self.max_points)


class CriterionMove(NamedTuple):
    """A criterion as it was and as a draft has it; ``None`` where one of them lacks it."""

    id: str
    title: str
    before: CriterionStanding | None
    after: CriterionStanding | None

    @property
    def has_changed(self) -> bool:
        """Whether it gives other points, or exists on one side only."""
        was, now = self.before, self.after
        return was is None or now is None or was.points != now.points


@dataclass(frozen=True)
class Moved:
    """One student's counted attempt, under the stored report and under the draft.

    Without ``after`` the attempt is not judged by the draft: it is not measured yet or, with a
    ``problem``, could not be.
    """

    student: str
    attempt: int
    submission: str
    before: Standing
    after: Standing | None = None
    problem: str = ""

    @property
    def change(self) -> Fraction | None:
        """How many points the student gains (or, if negative, loses); ``None`` if unknown."""
        if self.after is None or self.after.points is None or self.before.points is None:
            return None
        return _exact(self.after.points) - _exact(self.before.points)

    @property
    def is_judged(self) -> bool:
        """Whether the draft gives points in all."""
        return self.after is not None and self.after.points is not None

    @property
    def has_changed(self) -> bool:
        """Whether the draft gives other points in all than the report."""
        if self.after is None or self.after.points is None:
            return False
        return self.before.points != self.after.points

    def changed_criteria(self) -> Iterator[CriterionMove]:
        """Yield those of :meth:`criteria` with other points, or that exist on one side only."""
        return (one for one in self.criteria() if one.has_changed)

    def criteria(self) -> Iterator[CriterionMove]:
        """Yield each criterion as it was and as the draft has it; those of the draft come first."""
        before = {row.id: row for row in self.before.criteria}
        for row in self.after.criteria if self.after is not None else ():
            yield CriterionMove(row.id, row.title, before.pop(row.id, None), row)
        for row in before.values():
            yield CriterionMove(row.id, row.title, row, None)


@dataclass
class Mean:
    """A running mean of points, which also knows whether everybody got all or nothing.

    The sum is in thousandths, as an integer: fractions took a fifth of a preview's time (profile of
    1,000 students with 8 criteria).
    """

    count: int = 0
    thousandths: int = 0
    all_full: bool = True
    all_zero: bool = True

    def add(self, points: Number, most: Number) -> None:
        """Add ``points`` of ``most`` possible ones."""
        self.count += 1
        self.thousandths += round(points * 1000)
        self.all_full = self.all_full and points == most
        self.all_zero = self.all_zero and not points

    @property
    def value(self) -> Number | None:
        """The mean, rounded to hundredths; ``None`` of nothing."""
        if not self.count:
            return None
        return number(round(Fraction(self.thousandths, 1000 * self.count), 2))


@dataclass
class CriterionEffect:
    """The effect of a draft on one criterion over all judged students.

    ``before_points`` or ``after_points``, the most points, are ``None`` where the criterion does
    not exist. ``better``, ``worse`` and ``same`` count students with points in both.
    """

    id: str
    title: str
    before_points: Number | None = None
    after_points: Number | None = None
    better: int = 0
    worse: int = 0
    same: int = 0
    before: Mean = field(default_factory=Mean)
    after: Mean = field(default_factory=Mean)

    @property
    def mean_before(self) -> Number | None:
        """The mean of the points in the reports; ``None`` if there are none."""
        return self.before.value

    @property
    def mean_after(self) -> Number | None:
        """The mean of the points by the draft; ``None`` if there are none."""
        return self.after.value

    def add(self, before: CriterionStanding | None, after: CriterionStanding | None) -> None:
        """Add what one student has by the report and by the draft."""
        if before is not None:
            self.before_points = max(self.before_points or 0, before.max_points)
            if before.points is not None:
                self.before.add(before.points, before.max_points)
        if after is not None:
            self.title, self.after_points = after.title, after.max_points
            if after.points is not None:
                self.after.add(after.points, after.max_points)
        self._compare(before, after)

    def _compare(self, before: CriterionStanding | None, after: CriterionStanding | None) -> None:
        """Count one student as better, worse or same, if there are points in both."""
        if before is None or after is None or before.points is None or after.points is None:
            return
        self.better += after.points > before.points
        self.worse += after.points < before.points
        self.same += after.points == before.points


@dataclass
class Effect:
    """The effect of a draft on a class. :meth:`of` makes it.

    ``students`` counts all with a counted attempt, ``judged`` those whom the draft gives points,
    ``failed`` those who could not be measured; the others are waiting. ``before`` and ``after``
    count the judged students by tenths of the most points, ``gained`` and ``lost`` those who cross
    the pass mark. ``movers`` are the students whose points change, most first.
    """

    students: int = 0
    judged: int = 0
    failed: int = 0
    criteria: dict[str, CriterionEffect] = field(default_factory=dict)
    before: list[int] = field(default_factory=lambda: [0] * BUCKETS)
    after: list[int] = field(default_factory=lambda: [0] * BUCKETS)
    gained: int = 0
    lost: int = 0
    movers: tuple[Moved, ...] = ()

    @property
    def waiting(self) -> int:
        """How many students are still to be measured."""
        return self.students - self.judged - self.failed

    @classmethod
    def of(
        cls, compiled: CompiledRubric, moved: Iterable[Moved], pass_mark: Fraction, limit: int
    ) -> Effect:
        """Return the effect of the draft ``compiled`` on the students ``moved``.

        ``pass_mark`` is a share of the most points, 0 to 1; ``limit`` the most movers that are
        kept. Of equal changes the student whose name sorts first is kept.
        """
        effect = cls(criteria={one.id: _empty(one) for one in compiled.criteria})
        changed = (one for one in map(partial(effect._add, pass_mark), moved) if one.has_changed)
        # At least 1, because nsmallest(0) would not read the students at all.
        largest = heapq.nsmallest(max(limit, 1), changed, key=_largest_first)
        effect.movers = tuple(largest[:limit])
        return effect

    def _add(self, pass_mark: Fraction, moved: Moved) -> Moved:
        """Count the student ``moved``, and return it."""
        self.students += 1
        if not moved.is_judged:
            self.failed += bool(moved.problem)
            return moved
        self.judged += 1
        for one in moved.criteria():
            known = self.criteria.setdefault(one.id, CriterionEffect(one.id, one.title))
            known.add(one.before, one.after)
        self._add_shares(moved, pass_mark)
        return moved

    def _add_shares(self, moved: Moved, pass_mark: Fraction) -> None:
        """Count the judged student ``moved`` in both distributions and at the pass mark."""
        was = moved.before.share
        now = moved.after.share if moved.after is not None else None
        for share, counts in ((was, self.before), (now, self.after)):
            if share is not None:
                counts[min(int(share * BUCKETS), BUCKETS - 1)] += 1
        if was is not None and now is not None:
            self.gained += was < pass_mark <= now
            self.lost += now < pass_mark <= was

    def warnings(self) -> Iterator[str]:
        """Yield a sentence on each criterion that tells no students apart, of two or more."""
        for one in self.criteria.values():
            if one.after_points and one.after.count > 1:
                if one.after.all_full:
                    yield f"{one.title} ({one.id}): everybody gets all {one.after_points} points."
                elif one.after.all_zero:
                    yield f"{one.title} ({one.id}): nobody gets any of its points."


def _empty(criterion: CompiledCriterion) -> CriterionEffect:
    """Return the effect on ``criterion`` before any student is counted."""
    most = number(Fraction(criterion.criterion.points))
    return CriterionEffect(criterion.id, criterion.criterion.title, after_points=most)


def _largest_first(moved: Moved) -> tuple[Fraction, str]:
    """Return the sort key of ``moved``: the size of its change, largest first, then its name."""
    return -abs(moved.change or Fraction()), moved.student


def _exact(points: Number) -> Fraction:
    """Return ``points``, a number of a report, as the decimal number that it stands for."""
    # Points have one decimal, the most points of a rubric rarely more. Faster than by way of text.
    return Fraction(round(points * 1000), 1000)
