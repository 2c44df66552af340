"""Validate scales: whether they fit the measure, its direction and the points of a criterion."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from decimal import Decimal
from itertools import pairwise

from grader.domain.errors import RubricProblem
from grader.domain.measures import Measure
from grader.domain.rubric import Level, Scale


def scale_problems(
    scale: Scale, points: Decimal | None, measure: Measure, unknown: Collection[str]
) -> Iterator[RubricProblem]:
    """Yield the problems of ``scale`` for ``measure``; their paths begin below the scale.

    ``points`` are the criterion's, or ``None`` if they cannot be read. ``unknown`` are the keys of
    the scale that cannot be read: nothing is said that depends on them.
    """
    if "limit" not in unknown:
        yield from _limit_problems(scale.limit, measure)
    if "levels" in unknown:
        return
    if scale.levels is not None:
        if not (scale.full_at is None and scale.zero_at is None):
            yield RubricProblem("either levels, or full_at with zero_at", ("levels",))
        yield from _level_problems(scale.levels, points, measure)
    elif not {"full_at", "zero_at"} & set(unknown):
        yield from _end_problems(scale.full_at, scale.zero_at, measure)


def _limit_problems(limit: int | None, measure: Measure) -> Iterator[RubricProblem]:
    """Yield the problem, if any, of a scale that has a ``limit``, or none (``None``)."""
    usual = measure.usual_limit
    if usual is None and limit is not None:
        yield RubricProblem(f"the measure {measure.id} takes no limit: leave it out", ("limit",))
    elif usual is not None and limit is None:
        example = f"such as limit: {usual.value} ({usual.of})"
        yield RubricProblem(f"the measure {measure.id} needs a limit, {example}", ("limit",))


def _end_problems(
    full_at: Decimal | None, zero_at: Decimal | None, measure: Measure
) -> Iterator[RubricProblem]:
    """Yield the problem, if any, of the two ends of a linear scale for ``measure``."""
    if full_at is None or zero_at is None:
        message = f"full_at and zero_at are both needed (or levels), such as {_ends(measure)}"
        yield RubricProblem(message, ())
    elif full_at == zero_at:
        yield RubricProblem("full_at and zero_at are the same", ("zero_at",))
    elif (full_at < zero_at) != (measure.better == "lower"):
        yield RubricProblem(
            f"full_at and zero_at are the wrong way round: {_better(measure)}",
            ("full_at",),
        )
    elif not _reachable(full_at, measure):
        end = f"at least {measure.low}" if measure.better == "lower" else f"at most {measure.high}"
        message = f"no value of {measure.id} ever reaches it: it is {end}"
        yield RubricProblem(message, ("full_at",))


def example_scale(measure: Measure) -> str:
    """Return a scale for ``measure`` as one may write it: "{measure: tests, full_at: 10, ...}"."""
    usual = measure.usual_limit
    limit = f", limit: {usual.value}" if usual else ""
    return f"{{measure: {measure.id}{limit}, {_ends(measure)}}}"


def _ends(measure: Measure) -> str:
    if measure.better == "lower":
        return "full_at: 0, zero_at: 20"
    return f"full_at: {measure.high or 10}, zero_at: 0"


def _better(measure: Measure) -> str:
    return f"{'less' if measure.better == 'lower' else 'more'} is better for {measure.id}"


def _reachable(value: Decimal, measure: Measure) -> bool:
    """Return whether ``measure`` can ever have ``value`` or a better one."""
    if measure.better == "lower":
        return value >= measure.low
    return measure.high is None or value <= measure.high


def _level_problems(
    levels: tuple[Level, ...], points: Decimal | None, measure: Measure
) -> Iterator[RubricProblem]:
    """Yield the problems of ``levels``; ``points`` are the criterion's, ``None`` if unknown."""
    yield from _bound_problems([level.up_to for level in levels])
    earned = [level.earns for level in levels]
    if earned != sorted(earned, reverse=measure.better == "lower"):
        worse = "more" if measure.better == "lower" else "less"
        message = f"{_better(measure)}, so that a level of {worse} may not earn more"
        yield RubricProblem(message, ("levels",))
    if points is not None and max(earned) != points:
        yield RubricProblem(f"the best level must earn the {points} points", ("levels",))


def _bound_problems(bounds: Sequence[Decimal | None]) -> Iterator[RubricProblem]:
    """Yield the problems of the upper bounds of levels, which must rise and end with ``None``."""
    if bounds[-1] is not None:
        yield RubricProblem("the last level has no up_to: it takes the rest", ("levels",))
    for at, (bound, following) in enumerate(pairwise(bounds)):
        if bound is None:
            yield RubricProblem("only the last level may lack up_to", ("levels", at))
        elif following is not None and following <= bound:
            yield RubricProblem("up_to must rise from level to level", ("levels", at + 1, "up_to"))
