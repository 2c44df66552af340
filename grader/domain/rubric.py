"""A rubric: what an exercise is marked on, and how many points each measured value earns.

A rubric is plain data, validated strictly and kindly. It knows measures by name only; the
catalog of checks gives their meaning.
"""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from itertools import pairwise
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, ValidationError

from grader.domain.check import Catalog, Check, Measure, Options
from grader.domain.contradictions import contradictions
from grader.domain.errors import BadRubric, RubricProblem
from grader.domain.globs import selects
from grader.domain.policies import Attempts, Strict
from grader.domain.source import is_notebook, is_test_path
from grader.domain.wording import in_words

#: Whole tenths, because the ledger is kept in tenths: what a level earns is what a row shows.
Points = Annotated[Decimal, Field(ge=0, le=10_000, max_digits=6, decimal_places=1)]
Amount = Annotated[Decimal, Field(ge=-1_000_000, le=1_000_000, decimal_places=4)]
Slug = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,63}$")]
Name = Annotated[str, Field(min_length=1, max_length=200)]
Glob = Annotated[str, Field(min_length=1, max_length=200)]
StarterText = Annotated[str, Field(min_length=1)]
#: Neither text nor a truth value is taken for a whole number.
Whole = Annotated[int, Field(strict=True, gt=0)]

#: ``check: manual`` is points that a person gives.
MANUAL = "manual"
#: What tells a starter file's lines from the student's; also its key and its histogram.
CODE_LINES = "code_lines"

#: Where a starter file lies in the folder that was handed out.
_STARTER_PATH = re.compile(r"(?:(?!\.{1,2}/)[^/\\\x00-\x1f]+/)*[^/\\\x00-\x1f]+\.pyi?")
#: The checks of what a patch mends.
MENDED = ("formatting", "import_order")


class Level(Strict):
    """One named level: values up to ``up_to`` (any value, where absent) earn ``earns`` points."""

    up_to: Amount | None = None
    earns: Points
    label: Name

    @cached_property
    def exact(self) -> tuple[Fraction | None, Fraction]:
        """``up_to`` and ``earns``, exact and ready to reckon with."""
        return None if self.up_to is None else Fraction(self.up_to), Fraction(self.earns)


class Scale(Strict):
    """How a measured value earns points: linear between two values, or by named levels."""

    measure: str
    limit: Annotated[int, Field(strict=True, ge=0, le=100_000)] | None = None
    full_at: Amount | None = None
    zero_at: Amount | None = None
    levels: Annotated[tuple[Level, ...], Field(min_length=1, max_length=20)] | None = None

    @cached_property
    def ends(self) -> tuple[Fraction, Fraction]:
        """``full_at`` and ``zero_at`` of a linear scale, exact and ready to reckon with."""
        assert self.full_at is not None and self.zero_at is not None, "checked by read_rubric"
        return Fraction(self.full_at), Fraction(self.zero_at)


class Criterion(Strict):
    """One row of a rubric.

    ``files`` and ``exclude`` are path patterns. ``applies: required`` earns nothing when there is
    nothing to measure; ``optional`` then leaves the total. ``caps_total_at`` limits the total as
    long as this criterion earns none of its points.
    """

    title: Name
    points: Points
    check: str
    options: dict[str, Any] = Field(default_factory=dict)
    files: tuple[Glob, ...] = ("**",)
    exclude: tuple[Glob, ...] | None = None
    scale: Scale | None = None
    applies: Literal["required", "optional"] = "required"
    caps_total_at: Points | None = None

    @cached_property
    def max_points(self) -> Fraction:
        """``points``, exact and ready to reckon with."""
        return Fraction(self.points)

    def takes(self, path: str, check: Check) -> bool:
        """Whether a file counts for this criterion: one that the check reads, and the rubric names.

        Tests are left out where the check leaves them out and the criterion names no ``exclude``.
        """
        if not check.reads(path):
            return False
        if self.exclude is None and check.skips_tests and is_test_path(path):
            return False
        return selects(path, self.files, self.exclude or ())


class Intake(Strict):
    """What an upload may hold, and limits on it. Sizes are in bytes."""

    notebooks: Literal["accepted", "refused"] = "refused"
    max_upload: Annotated[Whole, Field(le=52_428_800)] = 10_485_760
    max_entries: Annotated[Whole, Field(le=20_000)] = 2_000
    max_file: Annotated[Whole, Field(le=20_971_520)] = 2_097_152
    max_total: Annotated[Whole, Field(le=104_857_600)] = 20_971_520
    max_depth: Annotated[Whole, Field(le=64)] = 16


#: ``beginner`` explains everything and is warm, ``strict`` says only what to do.
Tone = Literal["beginner", "standard", "strict"]


class Feedback(Strict):
    """What a student sees, and in which tone. Without ``patch`` no patch is made."""

    patch: bool = True
    tone: Tone = "standard"


@dataclass(frozen=True)
class Probe:
    """One thing to measure: a check with its options. ``key`` names it in stored facts."""

    check: Check
    options: Options

    def reads(self, path: str) -> bool:
        """Whether a file is one that the check is about."""
        return self.check.reads(path)

    @property
    def key(self) -> str:
        """The check's id, and its options where they are not the defaults."""
        options = self.options.model_dump(mode="json", exclude_defaults=True)
        return self.check.id + (json.dumps(options, sort_keys=True) if options else "")


class Rubric(Strict):
    """A whole rubric. Build one with :func:`read_rubric`, which checks it against the catalog.

    ``starter`` is what students were given, text by path: it is neither blamed nor praised.
    """

    exercise: Slug
    course: Slug
    title: Name
    description: Annotated[str, Field(max_length=5_000)] = ""
    python: Annotated[str, Field(pattern=r"^3\.\d{1,2}$")] = "3.11"
    total: Points
    criteria: Annotated[dict[Slug, Criterion], Field(min_length=1, max_length=100)]
    intake: Intake = Intake()
    feedback: Feedback = Feedback()
    attempts: Attempts = Attempts()
    starter: Annotated[dict[str, StarterText], Field(max_length=50)] = Field(default_factory=dict)

    def probes(self, catalog: Catalog) -> tuple[Probe, ...]:
        """Everything that must be measured to judge by this rubric, each once."""
        found: dict[str, Probe] = {}
        for criterion in self.criteria.values():
            if criterion.check != MANUAL:
                probe = probe_of(criterion, catalog)
                found.setdefault(probe.key, probe)
        for probe in self._always(catalog):
            found.setdefault(probe.key, probe)
        return tuple(found[key] for key in sorted(found))

    def _always(self, catalog: Catalog) -> Iterator[Probe]:
        for check in ("suppressions", "signals", *((CODE_LINES,) if self.starter else ())):
            if check in catalog:
                yield Probe(catalog[check], catalog[check].options())
        formatters = {check: self._options(check) for check in MENDED}
        wanted = {check: options for check, options in formatters.items() if options is not None}
        if self.feedback.patch and "mend" in catalog and wanted:
            yield Probe(catalog["mend"], catalog["mend"].options.model_validate(wanted))

    def _options(self, check: str) -> dict[str, Any] | None:
        return next((c.options for c in self.criteria.values() if c.check == check), None)


@dataclass(frozen=True)
class Planned:
    """A criterion with what it is judged by; all three are ``None`` where a person judges."""

    id: str
    criterion: Criterion
    probe_key: str | None = None
    check: Check | None = None
    measure: Measure | None = None

    def reads(self, path: str) -> bool:
        """Whether a file is one that the criterion's check is about."""
        return self.check is not None and self.check.reads(path)

    def takes(self, path: str) -> bool:
        """Whether a file counts for this criterion."""
        return self.check is not None and self.criterion.takes(path, self.check)


@dataclass(frozen=True)
class Plan:
    """A rubric with everything that it names looked up once, to judge many submissions by."""

    rubric: Rubric
    catalog: Catalog
    probes: tuple[Probe, ...]
    criteria: tuple[Planned, ...]

    @staticmethod
    def of(rubric: Rubric, catalog: Catalog) -> Plan:
        """The plan of a rubric that :func:`read_rubric` has accepted."""
        planned = tuple(_planned(*item, catalog) for item in rubric.criteria.items())
        return Plan(rubric, catalog, rubric.probes(catalog), planned)

    def mends(self, path: str) -> bool:
        """Whether a criterion counts the layout or the imports of a file, which a patch mends.

        A notebook is not mended, because its lines are not those of the code in it.
        """
        weighed = (one for one in self.criteria if one.criterion.check in MENDED)
        return not is_notebook(path) and any(one.takes(path) for one in weighed)


def _planned(name: str, criterion: Criterion, catalog: Catalog) -> Planned:
    if criterion.check == MANUAL or criterion.scale is None:
        return Planned(name, criterion)
    check = catalog[criterion.check]
    measure = check.measure(criterion.scale.measure)
    return Planned(name, criterion, probe_of(criterion, catalog).key, check, measure)


def probe_of(criterion: Criterion, catalog: Catalog) -> Probe:
    """The probe that a criterion (not a manual one) is judged by."""
    check = catalog[criterion.check]
    return Probe(check, check.options.model_validate(criterion.options))


def read_rubric(data: object, catalog: Catalog) -> Rubric:
    """A rubric from plain data.

    Raises:
        BadRubric: with every mistake found, each with its path in the data.
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
    for item in error.errors():
        path = tuple(part for part in item["loc"] if part != "[key]")
        if item["type"] == "extra_forbidden":
            unknown, known = str(path[-1]), _keys_at(path)
            yield RubricProblem("unknown key", path, suggestion=nearest(unknown, known))
        else:
            yield RubricProblem(in_words(item["type"], item["msg"]), path)


def _keys_at(path: tuple[str | int, ...]) -> Iterable[str]:
    models: dict[int, type[BaseModel]] = {1: Rubric, 3: Criterion, 4: Scale, 6: Level}
    policy = Rubric.model_fields[str(path[0])].annotation if len(path) == 2 else None
    return getattr(policy or models.get(len(path)), "model_fields", ())


def nearest(word: str, known: Iterable[str]) -> str:
    """The known word nearest to a mistyped one, or nothing."""
    return next(iter(difflib.get_close_matches(word, list(known), n=1, cutoff=0.6)), "")


def _rubric_problems(rubric: Rubric, catalog: Catalog) -> Iterator[RubricProblem]:
    added = sum((criterion.points for criterion in rubric.criteria.values()), Decimal())
    if added != rubric.total:
        yield RubricProblem(f"is {rubric.total}, but the criteria add up to {added}", ("total",))
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


def _criterion_problems(criterion: Criterion, catalog: Catalog) -> Iterator[RubricProblem]:
    if criterion.caps_total_at is not None and not criterion.points:
        yield RubricProblem("a criterion without points can never lift its cap", ("caps_total_at",))
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


def _measure_problems(criterion: Criterion, check: Check) -> Iterator[RubricProblem]:
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


def _option_problems(options: Mapping[str, Any], check: Check) -> Iterator[RubricProblem]:
    try:
        check.options.model_validate(dict(options))
    except ValidationError as error:
        for item in error.errors():
            path = ("options", *item["loc"])
            if item["type"] == "extra_forbidden":
                hint = nearest(str(item["loc"][-1]), check.options.model_fields)
                yield RubricProblem(f"{check.id} has no such option", path, suggestion=hint)
            else:
                yield RubricProblem(in_words(item["type"], item["msg"]), path)


def _scale_problems(scale: Scale, points: Decimal, measure: Measure) -> Iterator[RubricProblem]:
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
    """Whether the measure can be as good as that."""
    if measure.better == "lower":
        return value >= measure.low
    return measure.high is None or value <= measure.high


def _level_problems(
    levels: tuple[Level, ...], points: Decimal, measure: Measure
) -> Iterator[RubricProblem]:
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
    if bounds[-1] is not None:
        yield RubricProblem("the last level has no up_to: it takes the rest", ("levels",))
    for at, (bound, following) in enumerate(pairwise(bounds)):
        if bound is None:
            yield RubricProblem("only the last level may lack up_to", ("levels", at))
        elif following is not None and following <= bound:
            yield RubricProblem("up_to must rise from level to level", ("levels", at + 1, "up_to"))


def _chosen_options(rubric: Rubric, catalog: Catalog) -> Mapping[str, tuple[str, Options]]:
    """Criterion -> (check, options with their defaults), without those that have problems."""
    chosen = {}
    for name, criterion in rubric.criteria.items():
        with suppress(KeyError, ValidationError):
            chosen[name] = (criterion.check, probe_of(criterion, catalog).options)
    return chosen
