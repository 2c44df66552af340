"""A rubric: the criteria of an exercise, and how many points each measured value earns.

A rubric is validated plain data that names checks and measures. :class:`CompiledRubric` is a
rubric with these names resolved in the catalog of checks.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, Tag

from grader.domain.check import NAMES, PATCH, AnyCheck, Catalog, Options
from grader.domain.measures import Measure
from grader.domain.rubric.globs import selects
from grader.domain.rubric.policies import Attempts, Feedback, Intake, Strict
from grader.domain.rubric.values import (
    Amount,
    Globs,
    Name,
    Points,
    PrescribedNames,
    Slug,
    StarterText,
)
from grader.domain.source import is_notebook, is_test_path
from grader.domain.wording import Described, whole_number

#: Most criteria of a rubric (chosen by hand).
MOST_CRITERIA = 100
#: The ``check`` of a criterion whose points a person gives.
MANUAL = "manual"
#: Id of the check that hashes lines of code, which tells starter lines from the student's.
#: It has no options, so the id is also its probe key; its histogram has the same name.
CODE_LINES = "code_lines"
#: The id of the check whose findings are shown where they need a newer Python than the exercise's.
NEWER_SYNTAX = "newer_syntax"

#: The checks whose findings the patch fixes.
MENDED = ("formatting", "import_order")


class Level(Strict):
    """One level of a scale: values up to and including ``up_to`` earn ``earns`` points.

    Only values above the level before it reach it. The last level has no ``up_to`` and takes the
    rest. ``label`` is its name in reports.
    """

    up_to: Amount | None = None
    earns: Points
    label: Name

    @cached_property
    def exact(self) -> tuple[Fraction | None, Fraction]:
        """``up_to`` (or ``None``) and ``earns`` as fractions."""
        return None if self.up_to is None else Fraction(self.up_to), Fraction(self.earns)


class Scale(Strict):
    """How a value of ``measure`` earns points.

    Either linear between ``zero_at`` (no points) and ``full_at`` (all points, also beyond), or by
    ``levels``, of which the first one whose ``up_to`` the value does not exceed counts; the last
    one has none. ``limit`` belongs to a measure that counts values over a limit.
    """

    measure: str
    limit: (
        Annotated[int, Field(strict=True, ge=0, le=100_000), whole_number(0, 100_000, 20)] | None
    ) = None
    full_at: Amount | None = None
    zero_at: Amount | None = None
    levels: Annotated[tuple[Level, ...], Field(min_length=1, max_length=20)] | None = None


class GraduatedCap(Strict):
    """A limit of the total that rises with the points of its criterion.

    It is ``from`` while the criterion earns nothing, rises linearly towards ``to``, and is lifted
    when the criterion earns ``lifts_at`` percent of its points.
    """

    lowest: Points = Field(alias="from")
    highest: Points = Field(alias="to")
    lifts_at: Annotated[
        Decimal,
        Field(gt=0, le=100, decimal_places=2),
        Described("should be a percentage above 0, at most 100, such as 60"),
    ]


class Smallest(Strict):
    """The smallest program that an exercise asks for.

    While a submission has fewer ``statements`` that do something, are used and repeat nothing,
    tests aside, its total is at most ``caps_total_at``.
    """

    statements: Annotated[int, Field(strict=True, ge=1, le=100_000), whole_number(1, 100_000, 20)]
    caps_total_at: Points


def _kind_of_cap(value: object) -> str:
    """Return the tag of a cap: graduated if it is a mapping, and a fixed number otherwise."""
    return GRADUATED if isinstance(value, Mapping | GraduatedCap) else FIXED


#: Tags of the two forms of a cap. Pydantic puts them into the paths of mistakes.
FIXED, GRADUATED = "[fixed]", "[graduated]"
Cap = Annotated[
    Annotated[Points, Tag(FIXED)] | Annotated[GraduatedCap, Tag(GRADUATED)],
    Discriminator(_kind_of_cap),
]


class Criterion(Strict):
    """One row of a rubric: what is measured, in which files, and how many points it earns.

    ``check`` is the id of a check, or ``manual`` if a person gives the points. ``files`` and
    ``exclude`` are path patterns; without ``exclude``, checks that skip tests leave test files out.
    A manual criterion has no ``options`` and no ``scale``. If there is nothing to measure, a
    ``required`` criterion earns 0 and an ``optional`` one leaves the total. ``caps_total_at`` is
    the most that the total can be: a number while the criterion earns 0 points, a graduated cap
    while it earns few of its points.
    """

    title: Name
    points: Points
    check: str
    options: dict[str, Any] = Field(default_factory=dict)
    files: Globs = ("**",)
    exclude: Globs | None = None
    scale: Scale | None = None
    applies: Literal["required", "optional"] = "required"
    caps_total_at: Cap | None = None

    @cached_property
    def exact_paths(self) -> tuple[str, ...]:
        """The patterns of ``files`` that have no wildcard."""
        return tuple(pattern for pattern in self.files if not set("*?[") & set(pattern))

    @cached_property
    def max_points(self) -> Fraction:
        """``points`` as a fraction."""
        return Fraction(self.points)

    def cap(self, points: Fraction) -> Fraction | None:
        """Return the limit of the total while the criterion earns ``points``; ``None``: no limit.

        More points never lower it. e.g. {from: 20, to: 100, lifts_at: 60} of a criterion of 10
        points: 20 at 0 points, 60 at 3 points, none from 6 points on.
        """
        cap = self.caps_total_at
        if cap is None:
            return None
        if not isinstance(cap, GraduatedCap):
            return None if points else Fraction(cap)
        lifted = self.max_points * Fraction(cap.lifts_at) / 100
        if points >= lifted:
            return None
        lowest, highest = Fraction(cap.lowest), Fraction(cap.highest)
        return lowest + (highest - lowest) * points / lifted

    def takes(
        self, path: str, check: AnyCheck, top_folder: str = "", *, is_program: bool = False
    ) -> bool:
        """Return whether ``path`` counts: ``check`` reads it and the patterns select it.

        Patterns may omit ``top_folder``, the folder around the whole submission. Test files are
        excluded if the check skips tests and the criterion has no ``exclude`` of its own, but not
        one that ``is_program``: which the program itself imports.
        """
        if not check.reads(path):
            return False
        skips = self.exclude is None and check.skips_tests and not is_program
        if skips and is_test_path(path):
            return False
        return selects(path, self.files, self.exclude or (), top_folder)


@dataclass(frozen=True)
class Probe:
    """A check with its options: one thing to measure. ``key`` is its key in stored facts.

    Criteria with the same check and options share a probe, which runs once for all of them.
    """

    check: AnyCheck
    options: Options

    def reads(self, path: str) -> bool:
        """Return whether the check reads ``path``, whatever a criterion's patterns select."""
        return self.check.reads(path)

    @cached_property
    def key(self) -> str:
        """The check's id, followed by the options that differ from the defaults, if any.

        They are written as JSON with sorted keys.
        """
        options = self.options.model_dump(mode="json", exclude_defaults=True)
        return self.check.id + (json.dumps(options, sort_keys=True) if options else "")


class Rubric(Strict):
    """The rubric of an exercise: its criteria, and its rules on uploads, feedback and attempts.

    Use :func:`~grader.domain.rubric.reading.read_rubric`, which validates names too. ``criteria``
    are by id. ``starter`` has the text of each starter file by path. ``python`` is the version of
    Python that the exercise names; newer syntax is graded, with a finding as advice. ``names`` are
    those that the exercise prescribes, so that no check finds fault with them.
    """

    exercise: Slug
    course: Slug
    title: Name
    description: Annotated[
        str, Field(max_length=5_000), Described("should be text of at most 5000 characters")
    ] = ""
    python: Annotated[
        str,
        Field(pattern=r"^3\.\d{1,2}$"),
        Described('should be a version in quotes, such as "3.11"'),
    ] = "3.11"
    total: Points
    criteria: Annotated[dict[Slug, Criterion], Field(min_length=1, max_length=MOST_CRITERIA)]
    smallest: Smallest | None = None
    names: PrescribedNames = ()
    intake: Intake = Intake()
    feedback: Feedback = Feedback()
    attempts: Attempts = Attempts()
    starter: Annotated[dict[str, StarterText], Field(max_length=50)] = Field(default_factory=dict)

    @property
    def python_minor(self) -> int:
        """The minor version of :attr:`python`, e.g. 11 of ``3.11``."""
        return int(self.python.partition(".")[2])

    def probes(self, catalog: Catalog) -> tuple[Probe, ...]:
        """Return every probe to run, each once, sorted by key.

        These are the probes of the criteria that a check judges, of the checks that always run, of
        the check of code lines if there are starter files, and of the check that makes the patch,
        if the feedback has one and a criterion is on the check ``formatting`` or ``import_order``.
        """
        found: dict[str, Probe] = {}
        for criterion in self.criteria.values():
            if criterion.check != MANUAL:
                probe = probe_of(criterion, catalog, self.names)
                found.setdefault(probe.key, probe)
        for probe in (*self._always(catalog), *self._mending(catalog)):
            found.setdefault(probe.key, probe)
        return tuple(found[key] for key in sorted(found))

    def _always(self, catalog: Catalog) -> Iterator[Probe]:
        """Yield the probes of the checks that always run, with their default options.

        The check of code lines is among them if the rubric has starter files.
        """
        own = {CODE_LINES} if self.starter else set()
        for check in catalog.values():
            if check.always_runs or check.id in own:
                yield Probe(check, check.options())

    def _mending(self, catalog: Catalog) -> Iterator[Probe]:
        """Yield the probe that makes the patch, if the rubric has one and a layout criterion."""
        # The first of several criteria on the same check decides on the options of the patch.
        layout = (one for one in reversed(self.criteria.values()) if one.check in MENDED)
        wanted = {criterion.check: criterion.options for criterion in layout}
        if self.feedback.patch and PATCH in catalog and wanted:
            yield Probe(catalog[PATCH], catalog[PATCH].options.model_validate(wanted))


@dataclass(frozen=True)
class CompiledCriterion:
    """A criterion with its check, its measure and the key of its probe.

    All three are ``None`` if a person gives the points. ``id`` is the criterion's key in the
    rubric.
    """

    id: str
    criterion: Criterion
    probe_key: str | None = None
    check: AnyCheck | None = None
    measure: Measure | None = None

    def reads(self, path: str) -> bool:
        """Return whether the criterion's check reads ``path``; False for a manual criterion."""
        return self.check is not None and self.check.reads(path)

    def takes(self, path: str, top_folder: str = "", *, is_program: bool = False) -> bool:
        """Return whether ``path`` counts for this criterion; False for a manual criterion.

        See :meth:`Criterion.takes`.
        """
        return self.check is not None and self.criterion.takes(
            path, self.check, top_folder, is_program=is_program
        )

    def names(self, path: str, top_folder: str = "") -> bool:
        """Return whether the criterion asks for ``path``; see :meth:`CompiledRubric.names`."""
        if self.check is None or not self.takes(path, top_folder):
            return False
        return self.check.names_files or selects(path, self.criterion.exact_paths, (), top_folder)


@dataclass(frozen=True)
class CompiledRubric:
    """A rubric whose checks and measures are looked up once, to judge many submissions.

    :meth:`of` makes it. ``probes`` are all that run, also those that no criterion names.
    """

    rubric: Rubric
    catalog: Catalog
    probes: tuple[Probe, ...]
    criteria: tuple[CompiledCriterion, ...]

    @staticmethod
    def of(rubric: Rubric, catalog: Catalog) -> CompiledRubric:
        """Return the compiled form of ``rubric``, which :func:`read_rubric` must have accepted."""
        compiled_criterion = tuple(
            _compile_criterion(*item, catalog, rubric.names) for item in rubric.criteria.items()
        )
        return CompiledRubric(rubric, catalog, rubric.probes(catalog), compiled_criterion)

    def takes(self, path: str, top_folder: str = "") -> bool:
        """Return whether a criterion selects ``path``; see :meth:`Criterion.takes`."""
        return any(one.takes(path, top_folder) for one in self.criteria)

    def names(self, path: str, top_folder: str = "") -> bool:
        """Return whether a criterion selects ``path`` and names it, so that it is asked for.

        It does by a pattern without a wildcard, e.g. ``src/main.py`` and not ``*.py``, or if its
        check reads no files but those (``Check.names_files``).
        """
        return any(one.names(path, top_folder) for one in self.criteria)

    def mends(self, path: str, top_folder: str = "") -> bool:
        """Return whether a patch covers ``path``: a criterion with a :data:`MENDED` check takes it.

        These checks are ``formatting`` and ``import_order``; for ``top_folder`` see
        :meth:`Criterion.takes`. Whether the rubric wants a patch does not matter here. Notebooks
        are excluded, because the lines of their joined code are not those of the file.
        """
        weighed = (one for one in self.criteria if one.criterion.check in MENDED)
        return not is_notebook(path) and any(one.takes(path, top_folder) for one in weighed)


def _compile_criterion(
    name: str, criterion: Criterion, catalog: Catalog, names: Sequence[str]
) -> CompiledCriterion:
    """Return ``criterion``, whose id is ``name``, with its check and measure of ``catalog``.

    ``names`` are those that the exercise prescribes.
    """
    if criterion.check == MANUAL or criterion.scale is None:
        return CompiledCriterion(name, criterion)
    check = catalog[criterion.check]
    measure = check.measure(criterion.scale.measure)
    probe = probe_of(criterion, catalog, names)
    return CompiledCriterion(name, criterion, probe.key, check, measure)


def probe_of(criterion: Criterion, catalog: Catalog, names: Sequence[str] = ()) -> Probe:
    """Return the probe that measures ``criterion``, which must not be manual.

    A check that spares them gets the ``names`` that the exercise prescribes, in any order, as an
    option: so they are part of the key of its facts, and of no other check's.

    Raises:
        KeyError: ``catalog`` lacks its check.
        pydantic.ValidationError: the check does not accept its options.
    """
    check = catalog[criterion.check]
    options = dict(criterion.options)
    if check.spares_names:
        options[NAMES] = sorted(set(names))
    return Probe(check, check.options.model_validate(options))
