"""Scoring: a pure function from facts and a compiled rubric to a ledger, in exact arithmetic.

Each criterion is rounded once, to a tenth of a point, halves up. The total is the sum of the
rounded rows, so that a reader can add the rows up again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

from grader.domain.characters import first_few
from grader.domain.facts import FileFacts, StarterDelta, SubmissionFacts
from grader.domain.inspection import Facts, Inspection, State
from grader.domain.leftovers import Leftovers, leftovers_of
from grader.domain.limits import Limit, limits_of
from grader.domain.measures import Measure, counts_statements
from grader.domain.merged_facts import MergedFacts
from grader.domain.program import Role
from grader.domain.rubric import (
    CompiledCriterion,
    CompiledRubric,
    Criterion,
    GraduatedCap,
)
from grader.domain.unreadable import cannot_be_read

Number = int | float
#: How points are rounded, in words for the report.
ROUNDING = "nearest tenth of a point, halves up, once per criterion"
BY_HAND = "Given by hand."


class Outcome(StrEnum):
    """How a criterion ended.

    ``scored``: a measured value gave the points, even if 0; ``not_applicable``: there was nothing
    to measure; ``unreadable``: a file is at fault, which earns 0; ``withheld``: a check failed on
    our side; ``manual``: a person gives the points.
    """

    SCORED = "scored"
    #: Nothing to measure: earns 0 if required; an optional criterion leaves the total.
    NOT_APPLICABLE = "not_applicable"
    #: A file that the criterion reads cannot be read: earns 0.
    UNREADABLE = "unreadable"
    #: A check failed on our side: the points are withheld, not lost.
    WITHHELD = "withheld"
    #: Points are given by a person.
    MANUAL = "manual"


@dataclass(frozen=True)
class Row:
    """The result of one criterion, a row of the ledger; ``why`` explains it to the student.

    ``points`` is ``None`` while withheld or waiting for a person, and for an optional criterion
    with nothing to measure. ``measure`` is ``None`` for a manual criterion, ``value`` if nothing
    was measured. ``label`` is that of the level that was reached, empty without levels.
    """

    id: str
    criterion: Criterion
    outcome: Outcome
    points: Fraction | None
    max_points: Fraction
    why: str
    measure: Measure | None = None
    value: Fraction | None = None
    label: str = ""
    #: Files that count for the criterion, and those of them that keep it from being measured.
    paths: tuple[str, ...] = ()
    blocking_paths: tuple[str, ...] = ()
    #: Points that leftover files took from those that the value earns.
    leftover_cost: Fraction = Fraction()

    @property
    def counted(self) -> bool:
        """Whether ``max_points`` is part of the total's ``max_points``.

        It is not if the criterion is optional and there was nothing to measure.
        """
        return not (self.outcome is Outcome.NOT_APPLICABLE and self.criterion.applies == "optional")


@dataclass(frozen=True)
class Total:
    """The total of a ledger.

    ``points`` is ``None`` while a criterion is withheld. ``at_least`` is what is earned whatever
    becomes of the open criteria: those that are withheld, or whose points are still to be given by
    hand. ``max_points`` leaves out rows that are not counted. ``awaiting`` is the part of it that
    is still to be given by hand; ``points`` lacks such points. ``cap`` and ``capped_by`` (a
    criterion's id) are ``None`` and empty unless the cap lowers the total. If the program is
    smaller than the exercise asks for, or than its leftovers, or much of it is hidden, ``limited``
    says so and ``capped_by`` is empty.
    """

    points: Fraction | None
    at_least: Fraction
    max_points: Fraction
    awaiting: Fraction
    cap: Fraction | None = None
    capped_by: str = ""
    limited: str = ""


@dataclass(frozen=True)
class Ledger:
    """A row for each criterion of the rubric, in its order, and their total.

    ``limits`` are those of the total that no criterion sets, also where they lower nothing.
    """

    rows: tuple[Row, ...]
    total: Total
    leftovers: Leftovers = Leftovers()
    limits: tuple[Limit, ...] = ()

    @property
    def needs_attention(self) -> bool:
        """Whether a row is withheld because a check failed on our side."""
        return any(row.outcome is Outcome.WITHHELD for row in self.rows)


def judge(compiled: CompiledRubric, facts: SubmissionFacts) -> Ledger:
    """Return the ledger of a submission's ``facts`` under the rubric compiled as ``compiled``.

    Starter code must have been subtracted from ``facts``.

    Raises:
        KeyError: A readable file lacks the inspection that a criterion needs.
    """
    merged = MergedFacts()
    leftovers = leftovers_of(facts.files)
    counted = [file for file in facts.files if file.part.counts]
    rows = tuple(
        _row(compiled_criterion, counted, leftovers, merged)
        for compiled_criterion in compiled.criteria
    )
    total = add_up(rows)
    is_certain = all(file.readable.state is not State.FAILED for file in counted)
    limits = tuple(limits_of(compiled, facts))
    for limit in limits:
        why = f"{limit.why} {show(limit.most)}." if is_certain else ""
        total = _limited(total, limit.most, why)
    return Ledger(rows, total, leftovers, limits)


def _limited(total: Total, limit: Fraction, why: str) -> Total:
    """Return ``total``, lowered to ``limit`` for the reason ``why`` if it is higher.

    Without a reason the limit is not certain, and lowers only ``at_least``.
    """
    at_least = min(limit, total.at_least)
    if not why or (total.points is not None and total.points <= limit):
        return replace(total, at_least=at_least)
    points = None if total.points is None else limit
    return replace(total, points=points, at_least=at_least, cap=limit, capped_by="", limited=why)


def add_up(rows: Sequence[Row]) -> Total:
    """Return the total of ``rows``: their sum, limited by the lowest cap that applies.

    A fixed cap applies while its criterion earns 0 points, a graduated one while it earns few.
    While the points of its criterion are withheld or to be given by hand, it limits only
    ``at_least``. Rows without points add nothing to the sum; if one is withheld, ``points`` is
    ``None``.
    """
    earned = _earned(rows)
    withheld = any(row.outcome is Outcome.WITHHELD for row in rows)
    certain, possible = _caps(rows, certain=True), _caps(rows, certain=False)
    cap, capped_by = min(certain, default=(earned, ""))
    cap_applies = cap < earned
    return Total(
        points=None if withheld else min(cap, earned),
        at_least=min([earned, *(cap for cap, _ in possible)]),
        max_points=_sum(row.max_points for row in rows if row.counted),
        awaiting=_sum(row.max_points for row in rows if row.outcome is Outcome.MANUAL),
        cap=cap if cap_applies else None,
        capped_by=capped_by if cap_applies else "",
    )


def points_so_far(rows: Sequence[Row]) -> Fraction:
    """Return the points of the rows that have any, added up, limited by the caps that apply.

    These are the caps of criteria with 0 points. Criteria that are withheld, or still to be given
    points by hand, neither add points nor cap the sum.
    """
    return min([_earned(rows), *(cap for cap, _ in _caps(rows, certain=True))])


def _earned(rows: Sequence[Row]) -> Fraction:
    return _sum(row.points for row in rows if row.points is not None)


def _sum(points: Iterable[Fraction]) -> Fraction:
    """Return the sum of ``points``, each a whole number of tenths.

    Adds integers instead of fractions because whole classes are judged at once.
    """
    return Fraction(sum(each.numerator * (10 // each.denominator) for each in points), 10)


def _caps(rows: Sequence[Row], *, certain: bool) -> list[tuple[Fraction, str]]:
    """Return the caps that apply, as (cap, criterion id).

    Without ``certain`` the caps of withheld criteria, which may yet apply, are included.
    """
    return [
        (cap, row.id)
        for row in rows
        if row.counted and (row.points is not None or not certain)
        if (cap := _cap(row.criterion, row.points or Fraction())) is not None
    ]


def _cap(criterion: Criterion, points: Fraction) -> Fraction | None:
    """Return the cap of ``criterion`` at ``points``, rounded like points; ``None``: no limit."""
    cap = criterion.cap(points)
    return None if cap is None else round_points(cap)


def _less_leftovers(verdict: _Verdict, leftovers: Leftovers) -> _Verdict:
    """Return ``verdict`` with the points that are left after the cost of ``leftovers``."""
    if not verdict.points or not leftovers.cost:
        return verdict
    points = round_points(verdict.points * (1 - leftovers.cost))
    unused, cost = first_few(leftovers.paths), f"that costs {leftovers.percent} %"
    sentence = f"The program does not use {unused}: {cost}, and {show(points)} remain."
    return verdict._replace(
        points=points, why=f"{verdict.why} {sentence}", leftover_cost=verdict.points - points
    )


def _about_cap(criterion: Criterion, points: Fraction) -> str:
    """Return a sentence with the formula of a graduated cap at ``points``, "" if none applies."""
    cap, graduated = _cap(criterion, points), criterion.caps_total_at
    if cap is None or not isinstance(graduated, GraduatedCap):
        return ""
    lowest, highest = Fraction(graduated.lowest), Fraction(graduated.highest)
    lifted = criterion.max_points * Fraction(graduated.lifts_at) / 100
    rise = f"{show(lowest)} + ({show(highest)} − {show(lowest)}) × {show(points)} / {show(lifted)}"
    return f" Until it earns {show(lifted)}, the total is at most {show(cap)}: {rise}."


class _Verdict(NamedTuple):
    """The result of one criterion, before it becomes a row."""

    outcome: Outcome
    points: Fraction | None
    why: str
    value: Fraction | None = None
    label: str = ""
    blocking_paths: tuple[str, ...] = ()
    leftover_cost: Fraction = Fraction()


def _row(
    compiled_criterion: CompiledCriterion,
    files: Sequence[FileFacts],
    leftovers: Leftovers,
    merged: MergedFacts,
) -> Row:
    """Return the row of one criterion; ``merged`` caches merged facts for all criteria."""
    criterion, most = compiled_criterion.criterion, compiled_criterion.criterion.max_points
    measure, probe_key = compiled_criterion.measure, compiled_criterion.probe_key
    if criterion.scale is None or measure is None or probe_key is None:
        return Row(compiled_criterion.id, criterion, Outcome.MANUAL, None, most, BY_HAND)
    inspections = dict(_inspections(compiled_criterion, probe_key, files))
    read = [file for file in files if file.path in inspections]
    verdict = _blocked(dict(_blocking(compiled_criterion, files, inspections)))
    if verdict is None:
        facts = _merged_facts(probe_key, read, measure, merged)
        deltas = [
            file.starter_deltas[probe_key] for file in read if probe_key in file.starter_deltas
        ]
        verdict = _judged(criterion, measure, facts, deltas)
    verdict = _less_leftovers(verdict, leftovers)
    if verdict.points is not None:
        verdict = verdict._replace(why=verdict.why + _about_cap(criterion, verdict.points))
    return Row(
        id=compiled_criterion.id,
        criterion=criterion,
        max_points=most,
        measure=measure,
        paths=tuple(inspections),
        **verdict._asdict(),
    )


def _blocking(
    compiled_criterion: CompiledCriterion,
    files: Sequence[FileFacts],
    inspections: Mapping[str, Inspection],
) -> Iterator[tuple[str, Inspection]]:
    """Yield the (path, inspection) of ``files`` that block a criterion where they have no facts.

    To a share, an unreadable file that the program does not need is only bad lines, unless the
    check compares files. If the gate failed on a file, its imports are unknown, and so is what the
    program is: it blocks every share.
    """
    measure, check = compiled_criterion.measure, compiled_criterion.check
    is_share = measure is not None and measure.parts is not None
    spares = is_share and check is not None and check.combine is None
    for file in files:
        if file.path in inspections and not (spares and _is_bad_lines(file)):
            yield file.path, inspections[file.path]
        elif is_share and _is_unknown(file):
            yield file.path, file.readable


def _is_bad_lines(file: FileFacts) -> bool:
    """Return whether ``file`` cannot be read, and the program does not need it."""
    return file.readable.state is State.UNREADABLE and not file.part.needed


def _is_unknown(file: FileFacts) -> bool:
    """Return whether the gate failed on ``file`` before anything was read of it."""
    return file.readable.state is State.FAILED and not file.part.lines


def _inspections(
    compiled_criterion: CompiledCriterion, probe_key: str, files: Sequence[FileFacts]
) -> Iterator[tuple[str, Inspection]]:
    """Yield (path, inspection) for each file that counts for a criterion or blocks it."""
    for file in files:
        if compiled_criterion.reads(file.path):
            inspection = file.inspection(probe_key)
            if _is_missed_test(compiled_criterion, file):
                continue
            if compiled_criterion.takes(
                file.path, file.top_folder, is_program=file.part.is_program
            ) or _blocks_everywhere(compiled_criterion, inspection):
                yield file.path, inspection


def _is_missed_test(compiled_criterion: CompiledCriterion, file: FileFacts) -> bool:
    """Return whether ``file`` is an unreadable test, to a check that only misses what it tests."""
    if file.readable.state is not State.UNREADABLE or file.part.role is not Role.TEST:
        return False
    return compiled_criterion.check is not None and not compiled_criterion.check.needs_tests


def _blocks_everywhere(compiled_criterion: CompiledCriterion, inspection: Inspection) -> bool:
    """Return whether a file without facts blocks a criterion even outside the criterion's files.

    It does for a check that compares files with one another: what the file shares with others is
    unknown. Otherwise a student could hide a repetition by making one of its files unreadable.
    """
    combines = compiled_criterion.check is not None and compiled_criterion.check.combine is not None
    return combines and inspection.state in (State.UNREADABLE, State.FAILED)


def _merged_facts(
    probe_key: str, files: Sequence[FileFacts], measure: Measure, merged: MergedFacts
) -> Facts | None:
    """Return the facts of ``files`` by one probe, with their statements.

    ``None`` if no file was measured. A share of statements has something to measure even so: where
    no function is there, no statement is good. ``merged`` caches the result for further criteria on
    the same files.
    """
    facts, is_measured = merged.of(probe_key, files)
    return facts if is_measured or counts_statements(measure) else None


def _blocked(inspections: Mapping[str, Inspection]) -> _Verdict | None:
    """Return the verdict of a criterion that cannot be measured, else ``None``.

    A file that the student made unreadable takes precedence over a failure on our side.
    """
    unreadable = tuple(path for path, one in inspections.items() if one.state is State.UNREADABLE)
    if unreadable:
        why = (
            f"{first_few(unreadable)} {cannot_be_read(unreadable)}: nothing is earned until it can."
        )
        return _Verdict(Outcome.UNREADABLE, Fraction(), why, blocking_paths=unreadable)
    failed = tuple(path for path, one in inspections.items() if one.state is State.FAILED)
    if failed:
        why = f"Our checks failed on {first_few(failed)}: the points are withheld, not lost."
        return _Verdict(Outcome.WITHHELD, None, why, blocking_paths=failed)
    return None


def _nothing(criterion: Criterion) -> _Verdict:
    """Return the verdict if there is nothing to measure: 0 points if required, else none."""
    required = criterion.applies == "required"
    ends = "it earns nothing" if required else "it leaves the total"
    why = f"There is nothing to measure here: {ends}."
    return _Verdict(Outcome.NOT_APPLICABLE, Fraction() if required else None, why)


def _judged(
    criterion: Criterion, measure: Measure, facts: Facts | None, deltas: Sequence[StarterDelta]
) -> _Verdict:
    """Return the verdict on ``facts``; ``None`` means that no file was measured."""
    limit = criterion.scale.limit if criterion.scale else None
    value = measure.value(facts, limit) if facts else None
    counted = _counted(measure, facts, limit)
    if value is None and measure.better == "lower":
        value = _worse_than_starter(measure, limit, deltas)
    if value is None:
        return _nothing(criterion)
    # A difference to the starter can exceed what a whole file can reach, e.g. a share of 120 %.
    if measure.high is not None:
        value = min(value, Fraction(measure.high))
    return _scored(criterion, measure, value, counted)


def _counted(measure: Measure, facts: Facts | None, limit: int | None) -> str:
    """Return what a share counted, e.g. " (62 of 80 statements)"; "" for any other measure.

    A share of faults, of which less is better, is e.g. " (2 beside 78 statements)".
    """
    parts = measure.parts(facts, limit) if measure.parts is not None and facts else None
    if not parts:
        return ""
    part, whole = parts
    if measure.better == "higher":
        return f" ({show(part)} of {show(whole)} {measure.of})"
    return f" ({show(part)} beside {show(whole - part)} {measure.of})"


def _worse_than_starter(
    measure: Measure, limit: int | None, deltas: Sequence[StarterDelta]
) -> Fraction | None:
    """Return by how much the changed starter files are worse than when they were handed out.

    It is the value of a criterion if nothing else is the student's, e.g. if every function was
    handed out and the student made one of them longer. At best it is the lowest value of
    ``measure``, of which lower is better. ``None`` if there is no changed file to measure.
    """
    if not deltas:
        return None
    submitted = measure.value(Facts.merge(each.submitted for each in deltas), limit)
    starter = measure.value(Facts.merge(each.starter for each in deltas), limit)
    return None if submitted is None else max(Fraction(measure.low), submitted - (starter or 0))


def _scored(criterion: Criterion, measure: Measure, value: Fraction, counted: str) -> _Verdict:
    """Return the points for ``value`` by the criterion's scale, and the arithmetic in words.

    ``counted`` says what a share counted, see :func:`_counted`.
    """
    scale = criterion.scale
    assert scale is not None, "only a criterion with a scale is measured"
    limit = f" of {scale.limit}" if scale.limit is not None else ""
    shown = show(value)
    read = f"{measure.title}{limit}: {shown}{' %' if counted else ''}{counted}."
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
    """A linear scale: all points at the best value, none at the worst.

    ``worst`` and ``span`` (``worst - best``) are (numerator, denominator): the share of a value,
    ``(worst - value) / span``, is computed in integers, because whole classes are judged at once
    and fractions cost more. ``sign`` is -1 if more is better. ``before`` and ``after`` are the
    words of the formula around the value.
    """

    most: Fraction
    worst: tuple[int, int]
    span: tuple[int, int]
    sign: int
    before: str
    after: str

    def points(self, value: Fraction) -> tuple[Fraction, str]:
        """Return the rounded points for ``value``, and a remark if it lies outside the scale."""
        (top, bottom), denominator = self.worst, value.denominator
        left = self.sign * (top * denominator - value.numerator * bottom)
        share, whole = left * self.span[1], self.span[0] * bottom * denominator
        if 0 <= share <= whole:
            return _tenths(self.most.numerator * share, self.most.denominator * whole), ""
        return Fraction() if share < 0 else self.most, ", held between 0 and all,"


@lru_cache(maxsize=1_024)
def _slope(points: Decimal, full_at: Decimal, zero_at: Decimal) -> _Slope:
    """Return the linear scale with ``points`` at the value ``full_at`` and none at ``zero_at``."""
    most, full, zero = Fraction(points), Fraction(full_at), Fraction(zero_at)
    all_points, best, worst = show(most), show(full), show(zero)
    before = f"All {all_points} points at {best}, none at {worst}: {all_points} × ("
    if full < zero:
        before, after, sign = f"{before}{worst} − ", f") / ({worst} − {best})", 1
    else:
        after, sign = f" − {worst}) / ({best} − {worst})", -1
    span = abs(zero - full)
    ends = zero.as_integer_ratio(), span.as_integer_ratio()
    return _Slope(most, *ends, sign, before, after)


def round_points(exact: Fraction) -> Fraction:
    """Return ``exact`` points rounded to the nearest tenth, halves up, as the ledger has them."""
    return _tenths(exact.numerator, exact.denominator)


def _tenths(numerator: int, denominator: int) -> Fraction:
    """Return ``numerator / denominator`` rounded to tenths, halves up; ``denominator`` > 0."""
    return Fraction((20 * numerator + denominator) // (2 * denominator), 10)


def show(value: Fraction) -> str:
    """Return ``value`` for people: an integer as it is, otherwise rounded to two decimal places.

    Zeros at the end are left out: ``7.5``, ``0.33``.
    """
    if value.denominator == 1:
        return str(value.numerator)
    return f"{float(value):.2f}".rstrip("0").rstrip(".")


def number(value: Fraction) -> Number:
    """Return ``value`` as a JSON number: an integer if it is one, otherwise the nearest float."""
    return value.numerator if value.denominator == 1 else float(value)
