"""Reading a rubric: validates plain data and lists each mistake with its path and a suggestion."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from decimal import Decimal
from itertools import pairwise
from typing import Any

from pydantic import BaseModel, ValidationError

from grader.domain.check import AnyCheck, Catalog, Options
from grader.domain.errors import BadRubric, RubricProblem
from grader.domain.measures import Measure
from grader.domain.rubric import (
    FIXED,
    GRADUATED,
    MANUAL,
    Criterion,
    GraduatedCap,
    Level,
    Rubric,
    Scale,
    probe_of,
)
from grader.domain.rubric.contradictions import contradictions
from grader.domain.rubric.policies import Attempts, Feedback, Intake
from grader.domain.rubric.validation_messages import plain_message

#: A relative path of a Python file without "." and ".." segments, e.g. "tools/numbers.py"; not
#: "/numbers.py", "../numbers.py" or "notes.txt".
_STARTER_PATH = re.compile(r"(?:(?!\.{1,2}/)[^/\\\x00-\x1f]+/)*[^/\\\x00-\x1f]+\.pyi?")
#: Parts of pydantic's paths that are no keys of the rubric: a wrong key, and the form of a cap.
_NO_KEYS = frozenset({"[key]", FIXED, GRADUATED})
_POLICIES: Mapping[str, type[BaseModel]] = {
    "intake": Intake,
    "feedback": Feedback,
    "attempts": Attempts,
}


def read_rubric(data: object, catalog: Catalog) -> Rubric:
    """Return the rubric that ``data`` (dicts, lists and scalars) describes.

    Raises:
        BadRubric: ``data`` has mistakes; each that is found is listed with its path, without a
            line. The rest (the names of checks and measures, the options of checks, scales,
            sums, contradictions, starter paths) is only examined if there is no mistake of keys
            or types.
    """
    if not isinstance(data, dict):
        raise BadRubric([RubricProblem("a rubric is a mapping of keys to values")])
    try:
        rubric = Rubric.model_validate(data)
    except ValidationError as error:
        raise BadRubric([*_schema_problems(error)]) from None
    problems = [*_rubric_problems(rubric, catalog)]
    if problems:
        raise BadRubric(problems)
    return rubric


def _schema_problems(error: ValidationError) -> Iterator[RubricProblem]:
    """Yield a problem for each of pydantic's errors on the rubric's keys and types."""
    for item in error.errors():
        path = tuple(part for part in item["loc"] if part not in _NO_KEYS)
        if item["type"] == "extra_forbidden":
            unknown, known = str(path[-1]), _keys_at(path)
            yield RubricProblem("unknown key", path, suggestion=nearest(unknown, known))
        else:
            yield RubricProblem(plain_message(item["type"], item["msg"]), path)


def _keys_at(path: tuple[str | int, ...]) -> Iterable[str]:
    """Return the keys that are known beside the unknown key ``path``."""
    models: dict[int, type[BaseModel]] = {1: Rubric, 3: Criterion, 4: Scale, 6: Level}
    if len(path) == 2:
        return _POLICIES[str(path[0])].model_fields
    if path[2:3] == ("caps_total_at",):
        return [field.alias or name for name, field in GraduatedCap.model_fields.items()]
    model = models.get(len(path))
    return model.model_fields if model else ()


def nearest(word: str, known: Iterable[str]) -> str:
    """Return the word of ``known`` most similar to ``word``, or "" if none is similar.

    The least similarity is 0.6, the default of difflib: "docstring" suggests "docstrings", "foo"
    nothing.
    """
    return next(iter(difflib.get_close_matches(word, list(known), n=1, cutoff=0.6)), "")


def _rubric_problems(rubric: Rubric, catalog: Catalog) -> Iterator[RubricProblem]:
    """Yield the problems of the total, the criteria, their options and the starter paths."""
    added = sum((criterion.points for criterion in rubric.criteria.values()), Decimal())
    if added != rubric.total:
        yield RubricProblem(f"is {rubric.total}, but the criteria add up to {added}", ("total",))
    if rubric.smallest is not None and rubric.smallest.caps_total_at >= rubric.total:
        message = f"limits nothing unless it is less than the total of {rubric.total}"
        yield RubricProblem(message, ("smallest", "caps_total_at"))
    for name, criterion in rubric.criteria.items():
        for problem in _criterion_problems(criterion, catalog):
            yield RubricProblem(
                problem.message,
                ("criteria", name, *problem.path),
                suggestion=problem.suggestion,
            )
    yield from contradictions(_chosen_options(rubric, catalog))
    for path in rubric.starter:
        if not _STARTER_PATH.fullmatch(path):
            example = "numbers.py or tools/numbers.py"
            yield RubricProblem(
                f"is no path of a Python file, such as {example}", ("starter", path)
            )


def size_advice(rubric: Rubric, catalog: Catalog) -> Iterator[str]:
    """Yield a sentence for each criterion of ``rubric`` whose measure falls with a program's size.

    It names the share that measures the same. e.g. a count of long functions costs a program of 40
    functions more points than one of 4 with the same habits.
    """
    for name, criterion in rubric.criteria.items():
        check = catalog.get(criterion.check)
        counted = criterion.scale.measure if criterion.scale else ""
        if check is not None and counted in check.shares:
            yield (
                f"{name}: {counted} depends on the size of a program; {check.shares[counted]}"
                " measures the same as a share."
            )


def _criterion_problems(criterion: Criterion, catalog: Catalog) -> Iterator[RubricProblem]:
    """Yield the problems of ``criterion``; their paths begin below the criterion."""
    if criterion.caps_total_at is not None:
        yield from _cap_problems(criterion.caps_total_at, criterion.points)
    gradable = [check.id for check in catalog.values() if check.gradable]
    if criterion.check == MANUAL:
        for key in ("options", "scale"):
            if getattr(criterion, key):
                yield RubricProblem(f"a manual criterion has no {key}", (key,))
    elif criterion.check not in gradable:
        known = nearest(criterion.check, [*gradable, MANUAL])
        yield RubricProblem(f"no check {criterion.check!r}", ("check",), suggestion=known)
    else:
        check = catalog[criterion.check]
        yield from _option_problems(criterion.options, check)
        yield from _measure_problems(criterion, check)


def _cap_problems(cap: Decimal | GraduatedCap, points: Decimal) -> Iterator[RubricProblem]:
    """Yield the problems of the ``cap`` of a criterion with ``points``."""
    if not points:
        yield RubricProblem("a criterion without points can never lift its cap", ("caps_total_at",))
    if isinstance(cap, GraduatedCap) and cap.highest <= cap.lowest:
        yield RubricProblem(
            f"the cap rises from `from` to `to`, so `to` is more than {cap.lowest}",
            ("caps_total_at", "to"),
        )


def _measure_problems(criterion: Criterion, check: AnyCheck) -> Iterator[RubricProblem]:
    """Yield the problems of the scale of ``criterion`` and of the measure that it names."""
    scale = criterion.scale
    if scale is None:
        yield RubricProblem("a scale is needed", ("scale",))
        return
    measure = check.measure(scale.measure)
    if measure is None:
        names = [each.id for each in check.measures]
        yield RubricProblem(
            f"no measure {scale.measure!r} in {check.id} (it has {', '.join(names)})",
            ("scale", "measure"),
            suggestion=nearest(scale.measure, names),
        )
        return
    for problem in _scale_problems(scale, criterion.points, measure):
        yield RubricProblem(problem.message, ("scale", *problem.path))


def _option_problems(options: Mapping[str, Any], check: AnyCheck) -> Iterator[RubricProblem]:
    """Yield a problem for each of ``options`` that ``check`` does not have or accept."""
    try:
        check.options.model_validate(dict(options))
    except ValidationError as error:
        for item in error.errors():
            path = ("options", *item["loc"])
            if item["type"] == "extra_forbidden":
                hint = nearest(str(item["loc"][-1]), check.options.model_fields)
                yield RubricProblem(f"{check.id} has no such option", path, suggestion=hint)
            else:
                yield RubricProblem(plain_message(item["type"], item["msg"]), path)


def _scale_problems(scale: Scale, points: Decimal, measure: Measure) -> Iterator[RubricProblem]:
    """Yield the problems of ``scale`` for ``measure``; ``points`` are the criterion's."""
    if measure.takes_limit != (scale.limit is not None):
        needs = "needs a limit" if measure.takes_limit else "takes no limit"
        yield RubricProblem(f"the measure {measure.id} {needs}", ("limit",))
    if scale.levels is not None:
        if scale.full_at is not None or scale.zero_at is not None:
            yield RubricProblem("either levels, or full_at with zero_at", ("levels",))
        yield from _level_problems(scale.levels, points, measure)
    elif scale.full_at is None or scale.zero_at is None:
        yield RubricProblem("full_at and zero_at are both needed (or levels)", ())
    else:
        yield from _end_problems(scale.full_at, scale.zero_at, measure)


def _end_problems(full_at: Decimal, zero_at: Decimal, measure: Measure) -> Iterator[RubricProblem]:
    """Yield the problem, if any, of the two ends of a linear scale for ``measure``."""
    if full_at == zero_at:
        yield RubricProblem("full_at and zero_at are the same", ("zero_at",))
    elif (full_at < zero_at) != (measure.better == "lower"):
        yield RubricProblem(
            f"{measure.id} is better {measure.better}: full_at and zero_at are the wrong way round",
            ("full_at",),
        )
    elif not _reachable(full_at, measure):
        yield RubricProblem(f"no value of {measure.id} ever reaches it", ("full_at",))


def _reachable(value: Decimal, measure: Measure) -> bool:
    """Return whether ``measure`` can ever have ``value`` or a better one."""
    if measure.better == "lower":
        return value >= measure.low
    return measure.high is None or value <= measure.high


def _level_problems(
    levels: tuple[Level, ...], points: Decimal, measure: Measure
) -> Iterator[RubricProblem]:
    """Yield the problems of ``levels`` for ``measure``; ``points`` are the criterion's."""
    yield from _bound_problems([level.up_to for level in levels])
    earned = [level.earns for level in levels]
    if earned != sorted(earned, reverse=measure.better == "lower"):
        worse = "more" if measure.better == "lower" else "less"
        yield RubricProblem(
            f"{measure.id} is better {measure.better}: a level of {worse} may not earn more",
            ("levels",),
        )
    if max(earned) != points:
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


def _chosen_options(rubric: Rubric, catalog: Catalog) -> Mapping[str, tuple[str, Options]]:
    """Return (check id, options with defaults) by criterion id, without invalid criteria."""
    chosen = {}
    for name, criterion in rubric.criteria.items():
        with suppress(KeyError, ValidationError):
            chosen[name] = (criterion.check, probe_of(criterion, catalog).options)
    return chosen
