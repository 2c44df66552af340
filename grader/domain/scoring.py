"""Facts and a rubric in, a ledger out: a pure function in exact arithmetic.

Rounding: each criterion is rounded once, to a tenth of a point, halves up. The total is the sum
of the rounded rows, so a reader can add it up again.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

from grader.domain.facts import Apart, FileFacts, SubmissionFacts
from grader.domain.inspection import Facts, Inspection, State
from grader.domain.measures import Measure
from grader.domain.rubric import CompiledCriterion, CompiledRubric, Criterion
from grader.domain.unreadable import cannot_be_read

Number = int | float
ROUNDING = "nearest tenth of a point, halves up, once per criterion"
BY_HAND = "Given by hand."


class Outcome(StrEnum):
    """How a criterion ended."""

    SCORED = "scored"
    #: Nothing to measure: earns nothing (required) or leaves the total (optional).
    NOT_APPLICABLE = "not_applicable"
    #: A file that counts for it cannot be read: earns nothing.
    UNREADABLE = "unreadable"
    #: A fault of ours: the points are withheld, not lost.
    WITHHELD = "withheld"
    #: Waits for a person.
    MANUAL = "manual"


@dataclass(frozen=True)
class Row:
    """One row of the ledger. ``points`` is ``None`` while withheld or waiting for a person."""

    id: str
    criterion: Criterion
    outcome: Outcome
    points: Fraction | None
    max_points: Fraction
    why: str
    measure: Measure | None = None
    value: Fraction | None = None
    label: str = ""
    #: Files that count for this criterion, and those of them that could not be judged.
    paths: tuple[str, ...] = ()
    culprits: tuple[str, ...] = ()

    @property
    def counted(self) -> bool:
        """Whether its points belong to the total that can be reached."""
        return not (self.outcome is Outcome.NOT_APPLICABLE and self.criterion.applies == "optional")


@dataclass(frozen=True)
class Total:
    """The sum. ``points`` is ``None`` while anything is withheld; ``at_least`` always stands.

    ``awaiting`` points of ``max_points`` are still to be given by hand.
    """

    points: Fraction | None
    at_least: Fraction
    max_points: Fraction
    awaiting: Fraction
    cap: Fraction | None = None
    capped_by: str = ""


@dataclass(frozen=True)
class Ledger:
    """Every row and their total."""

    rows: tuple[Row, ...]
    total: Total

    @property
    def needs_attention(self) -> bool:
        """Whether a fault of ours withholds points."""
        return any(row.outcome is Outcome.WITHHELD for row in self.rows)


def judge(compiled: CompiledRubric, facts: SubmissionFacts) -> Ledger:
    """The ledger of one submission under one rubric."""
    merged: _Merged = {}
    rows = tuple(
        _row(compiled_criterion, facts.files, merged) for compiled_criterion in compiled.criteria
    )
    return Ledger(rows, add_up(rows))


def add_up(rows: Sequence[Row]) -> Total:
    """The total of ledger rows: their sum, limited by the lowest cap that is in force.

    A cap is in force while its criterion earns none of its points; while they are withheld it
    limits ``at_least`` only.
    """
    earned = _earned(rows)
    withheld = any(row.outcome is Outcome.WITHHELD for row in rows)
    known, possible = _caps(rows, sure=True), _caps(rows, sure=False)
    cap, by = min(known, default=(earned, ""))
    biting = cap < earned
    return Total(
        points=None if withheld else min(cap, earned),
        at_least=min([earned, *(cap for cap, _ in possible)]),
        max_points=_sum(row.max_points for row in rows if row.counted),
        awaiting=_sum(row.max_points for row in rows if row.outcome is Outcome.MANUAL),
        cap=cap if biting else None,
        capped_by=by if biting else "",
    )


def standing(rows: Sequence[Row]) -> Fraction:
    """What the rows that have points add up to, under the caps that are in force for certain."""
    return min([_earned(rows), *(cap for cap, _ in _caps(rows, sure=True))])


def _earned(rows: Sequence[Row]) -> Fraction:
    return _sum(row.points for row in rows if row.points is not None)


def _sum(points: Iterable[Fraction]) -> Fraction:
    """The sum of whole tenths, which all points are; adding fractions would take far longer."""
    return Fraction(sum(each.numerator * (10 // each.denominator) for each in points), 10)


def _caps(rows: Sequence[Row], *, sure: bool) -> list[tuple[Fraction, str]]:
    """Caps in force for certain, or (``sure=False``) also those that may yet be."""
    return [
        (Fraction(row.criterion.caps_total_at), row.id)
        for row in rows
        if row.criterion.caps_total_at is not None
        and row.counted
        and (row.points == 0 or (row.points is None and not sure))
    ]


class _Verdict(NamedTuple):
    """What the files of a criterion come to."""

    outcome: Outcome
    points: Fraction | None
    why: str
    value: Fraction | None = None
    label: str = ""
    culprits: tuple[str, ...] = ()


#: Facts of several files together, by probe and paths: criteria often share both.
_Merged = dict[tuple[str, tuple[str, ...]], Facts]


def _row(compiled_criterion: CompiledCriterion, files: Sequence[FileFacts], merged: _Merged) -> Row:
    criterion, most = compiled_criterion.criterion, compiled_criterion.criterion.max_points
    if (
        criterion.scale is None
        or compiled_criterion.measure is None
        or compiled_criterion.probe_key is None
    ):
        return Row(compiled_criterion.id, criterion, Outcome.MANUAL, None, most, BY_HAND)
    taken = dict(_taken(compiled_criterion, compiled_criterion.probe_key, files))
    verdict = _blocked(taken)
    if verdict is None:
        facts = _facts(compiled_criterion.probe_key, taken, merged)
        apart = _apart(compiled_criterion.probe_key, files, taken)
        verdict = _judged(criterion, compiled_criterion.measure, facts, apart)
    return Row(
        id=compiled_criterion.id,
        criterion=criterion,
        max_points=most,
        measure=compiled_criterion.measure,
        paths=tuple(taken),
        **verdict._asdict(),
    )


def _taken(
    compiled_criterion: CompiledCriterion, probe_key: str, files: Sequence[FileFacts]
) -> Iterator[tuple[str, Inspection]]:
    """The inspections that count for a criterion, or stand in its way, by path."""
    for file in files:
        if compiled_criterion.reads(file.path):
            inspection = file.inspection(probe_key)
            if compiled_criterion.takes(file.path, file.top_folder) or _bars(
                compiled_criterion, inspection
            ):
                yield file.path, inspection


def _bars(compiled_criterion: CompiledCriterion, inspection: Inspection) -> bool:
    """Whether a file stands in the way wherever it lies: nobody knows what it shares with others.

    Were it passed over, a file that is made unreadable could take a repetition with it.
    """
    combines = compiled_criterion.check is not None and compiled_criterion.check.combine is not None
    return combines and inspection.state in (State.UNREADABLE, State.FAILED)


def _facts(probe_key: str, taken: Mapping[str, Inspection], merged: _Merged) -> Facts | None:
    """What was measured, all files together; ``None`` where nothing was."""
    readings = {path: one.facts for path, one in taken.items() if one.state is State.OK}
    key = (probe_key, tuple(readings))
    if readings and key not in merged:
        merged[key] = Facts.merge(readings.values())
    return merged.get(key)


def _apart(probe_key: str, files: Sequence[FileFacts], taken: Collection[str]) -> Iterator[Apart]:
    """What was measured of the starter files that the student changed."""
    for file in files:
        if file.path in taken and probe_key in file.apart:
            yield file.apart[probe_key]


def _blocked(taken: Mapping[str, Inspection]) -> _Verdict | None:
    """What stands in the way of measuring: the student's reason before ours."""
    unreadable = tuple(path for path, one in taken.items() if one.state is State.UNREADABLE)
    if unreadable:
        why = f"{_names(unreadable)} {cannot_be_read(unreadable)}: nothing is earned until it can."
        return _Verdict(Outcome.UNREADABLE, Fraction(), why, culprits=unreadable)
    failed = tuple(path for path, one in taken.items() if one.state is State.FAILED)
    if failed:
        why = f"Our checks failed on {_names(failed)}: the points are withheld, not lost."
        return _Verdict(Outcome.WITHHELD, None, why, culprits=failed)
    return None


def _names(paths: Sequence[str]) -> str:
    shown = ", ".join(paths[:3])
    return shown if len(paths) <= 3 else f"{shown} and {len(paths) - 3} more"


def _nothing(criterion: Criterion) -> _Verdict:
    required = criterion.applies == "required"
    ends = "it earns nothing" if required else "it leaves the total"
    why = f"There is nothing to measure here: {ends}."
    return _Verdict(Outcome.NOT_APPLICABLE, Fraction() if required else None, why)


def _judged(
    criterion: Criterion, measure: Measure, facts: Facts | None, apart: Iterable[Apart]
) -> _Verdict:
    """Points for what was measured, where anything was."""
    limit = criterion.scale.limit if criterion.scale else None
    value = measure.value(facts, limit) if facts else None
    if value is None and measure.better == "lower":
        value = _grown(measure, limit, [*apart])
    if value is None:
        return _nothing(criterion)
    # What a starter file's functions lack may be less than what the student did for them.
    if measure.high is not None:
        value = min(value, Fraction(measure.high))
    return _scored(criterion, measure, value)


def _grown(measure: Measure, limit: int | None, apart: Sequence[Apart]) -> Fraction | None:
    """By how much changed starter files are worse than as handed out.

    That is what counts where nothing else is the student's (all functions were handed out, say).
    """
    if not apart:
        return None
    whole = measure.value(Facts.merge(each.whole for each in apart), limit)
    given = measure.value(Facts.merge(each.given for each in apart), limit)
    return None if whole is None else max(Fraction(measure.low), whole - (given or 0))


def _scored(criterion: Criterion, measure: Measure, value: Fraction) -> _Verdict:
    """Points by the criterion's scale, with the sentence that shows the arithmetic."""
    scale = criterion.scale
    assert scale is not None, "only a criterion with a scale is measured"
    limit = f" of {scale.limit}" if scale.limit is not None else ""
    shown = show(value)
    read = f"{measure.title}{limit}: {shown}."
    if scale.levels is None:
        assert scale.full_at is not None and scale.zero_at is not None, "checked by read_rubric"
        slope = _slope(criterion.points, scale.full_at, scale.zero_at)
        points, held = slope.points(value)
        why = f"{read} {slope.before}{shown}{slope.after}{held} = {show(points)}."
        return _Verdict(Outcome.SCORED, points, why, value)
    level = next(one for one in scale.levels if one.exact[0] is None or value <= one.exact[0])
    bound, earns = level.exact
    reach = "beyond" if bound is None else f"up to {show(bound)}"
    why = f"{read} Level “{level.label}” ({reach}) earns {show(earns)}."
    return _Verdict(Outcome.SCORED, round_points(earns), why, value, level.label)


@dataclass(frozen=True)
class _Slope:
    """A linear scale: all points where it is at its best, none at its worst, words around a value.

    The share of a value ``(worst - value) / (worst - best)`` is kept as two integers, and so is
    what it takes: whole classes are judged at once, and fractions would be made and thrown away
    for each of them. ``sign`` is -1 where more is better.
    """

    most: Fraction
    worst: tuple[int, int]
    span: tuple[int, int]
    sign: int
    before: str
    after: str

    def points(self, value: Fraction) -> tuple[Fraction, str]:
        """Rounded points for a value, and what to add where it lies beyond an end."""
        (top, bottom), denominator = self.worst, value.denominator
        left = self.sign * (top * denominator - value.numerator * bottom)
        share, whole = left * self.span[1], self.span[0] * bottom * denominator
        if 0 <= share <= whole:
            return _tenths(self.most.numerator * share, self.most.denominator * whole), ""
        return Fraction() if share < 0 else self.most, ", held between 0 and all,"


@lru_cache(maxsize=1_024)
def _slope(points: Decimal, full_at: Decimal, zero_at: Decimal) -> _Slope:
    most, full, zero = Fraction(points), Fraction(full_at), Fraction(zero_at)
    all_points, best, worst = show(most), show(full), show(zero)
    told = f"All {all_points} points at {best}, none at {worst}: {all_points} × ("
    if full < zero:
        told, after, sign = f"{told}{worst} − ", f") / ({worst} − {best})", 1
    else:
        after, sign = f" − {worst}) / ({best} − {worst})", -1
    span = abs(zero - full)
    ends = zero.as_integer_ratio(), span.as_integer_ratio()
    return _Slope(most, *ends, sign, told, after)


def round_points(exact: Fraction) -> Fraction:
    """Points as they stand in the ledger; see :data:`ROUNDING`."""
    return _tenths(exact.numerator, exact.denominator)


def _tenths(numerator: int, denominator: int) -> Fraction:
    """A quotient with a positive denominator, rounded to tenths, halves up."""
    return Fraction((20 * numerator + denominator) // (2 * denominator), 10)


def show(value: Fraction) -> str:
    """An exact number for people: an integer as it is, else rounded to two places."""
    if value.denominator == 1:
        return str(value.numerator)
    return f"{float(value):.2f}".rstrip("0").rstrip(".")


def number(value: Fraction) -> Number:
    """An exact number as JSON carries it: an integer where it is one, else the nearest float."""
    return value.numerator if value.denominator == 1 else float(value)
