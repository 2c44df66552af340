"""A rubric: what an exercise is marked on, and how many points each measured value earns.

A rubric is plain data, validated strictly and kindly. It knows measures by name only; the
catalog of checks gives their meaning.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import Annotated, Any, Literal

from pydantic import Field

from grader.domain.check import Catalog, Check, Options
from grader.domain.measures import Measure
from grader.domain.rubric.globs import selects
from grader.domain.rubric.policies import Attempts, Feedback, Intake, Strict
from grader.domain.source import is_notebook, is_test_path

#: Whole tenths, because the ledger is kept in tenths: what a level earns is what a row shows.
Points = Annotated[Decimal, Field(ge=0, le=10_000, max_digits=6, decimal_places=1)]
Amount = Annotated[Decimal, Field(ge=-1_000_000, le=1_000_000, decimal_places=4)]
Slug = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,63}$")]
Name = Annotated[str, Field(min_length=1, max_length=200)]
#: Few and short: together they bound what it costs to tell which files a criterion is about.
Globs = Annotated[
    tuple[Annotated[str, Field(min_length=1, max_length=200)], ...], Field(max_length=100)
]
StarterText = Annotated[str, Field(min_length=1)]

#: ``check: manual`` is points that a person gives.
MANUAL = "manual"
#: What tells a starter file's lines from the student's; also its key and its histogram.
CODE_LINES = "code_lines"

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
    files: Globs = ("**",)
    exclude: Globs | None = None
    scale: Scale | None = None
    applies: Literal["required", "optional"] = "required"
    caps_total_at: Points | None = None

    @cached_property
    def max_points(self) -> Fraction:
        """``points``, exact and ready to reckon with."""
        return Fraction(self.points)

    def takes(self, path: str, check: Check, top_folder: str = "") -> bool:
        """Whether a file counts for this criterion: one that the check reads, and the rubric names.

        Patterns may leave out ``top_folder``, the folder around the whole submission. Tests are
        left out where the check leaves them out and the criterion names no ``exclude``.
        """
        if not check.reads(path):
            return False
        if self.exclude is None and check.skips_tests and is_test_path(path):
            return False
        return selects(path, self.files, self.exclude or (), top_folder)


@dataclass(frozen=True)
class Probe:
    """One thing to measure: a check with its options. ``key`` names it in stored facts."""

    check: Check
    options: Options

    def reads(self, path: str) -> bool:
        """Whether a file is one that the check is about."""
        return self.check.reads(path)

    @cached_property
    def key(self) -> str:
        """The check's id, and its options where they are not the defaults."""
        options = self.options.model_dump(mode="json", exclude_defaults=True)
        return self.check.id + (json.dumps(options, sort_keys=True) if options else "")


class Rubric(Strict):
    """A whole rubric. Build one with ``read_rubric``, which checks it against the catalog.

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
        for probe in (*self._always(catalog), *self._mending(catalog)):
            found.setdefault(probe.key, probe)
        return tuple(found[key] for key in sorted(found))

    def _always(self, catalog: Catalog) -> Iterator[Probe]:
        own = {CODE_LINES} if self.starter else set()
        for check in catalog.values():
            if check.always_asked or check.id in own:
                yield Probe(check, check.options())

    def _mending(self, catalog: Catalog) -> Iterator[Probe]:
        # Of several criteria the first one says how a patch is to look.
        layout = (one for one in reversed(self.criteria.values()) if one.check in MENDED)
        wanted = {criterion.check: criterion.options for criterion in layout}
        if self.feedback.patch and "mend" in catalog and wanted:
            yield Probe(catalog["mend"], catalog["mend"].options.model_validate(wanted))


@dataclass(frozen=True)
class CompiledCriterion:
    """A criterion with what it is judged by; all three are ``None`` where a person judges."""

    id: str
    criterion: Criterion
    probe_key: str | None = None
    check: Check | None = None
    measure: Measure | None = None

    def reads(self, path: str) -> bool:
        """Whether a file is one that the criterion's check is about."""
        return self.check is not None and self.check.reads(path)

    def takes(self, path: str, top_folder: str = "") -> bool:
        """Whether a file counts for this criterion (:meth:`Criterion.takes`)."""
        return self.check is not None and self.criterion.takes(path, self.check, top_folder)


@dataclass(frozen=True)
class CompiledRubric:
    """A rubric with everything that it names looked up once, to judge many submissions by."""

    rubric: Rubric
    catalog: Catalog
    probes: tuple[Probe, ...]
    criteria: tuple[CompiledCriterion, ...]

    @staticmethod
    def of(rubric: Rubric, catalog: Catalog) -> CompiledRubric:
        """The compiled form of a rubric that :func:`read_rubric` has accepted."""
        compiled_criterion = tuple(
            _compile_criterion(*item, catalog) for item in rubric.criteria.items()
        )
        return CompiledRubric(rubric, catalog, rubric.probes(catalog), compiled_criterion)

    def mends(self, path: str, top_folder: str = "") -> bool:
        """Whether a criterion counts the layout or the imports of a file, which a patch mends.

        A notebook is not mended, because its lines are not those of the code in it.
        """
        weighed = (one for one in self.criteria if one.criterion.check in MENDED)
        return not is_notebook(path) and any(one.takes(path, top_folder) for one in weighed)


def _compile_criterion(name: str, criterion: Criterion, catalog: Catalog) -> CompiledCriterion:
    if criterion.check == MANUAL or criterion.scale is None:
        return CompiledCriterion(name, criterion)
    check = catalog[criterion.check]
    measure = check.measure(criterion.scale.measure)
    return CompiledCriterion(name, criterion, probe_of(criterion, catalog).key, check, measure)


def probe_of(criterion: Criterion, catalog: Catalog) -> Probe:
    """The probe that a criterion (not a manual one) is judged by."""
    check = catalog[criterion.check]
    return Probe(check, check.options.model_validate(criterion.options))
