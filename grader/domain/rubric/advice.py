"""Advice on a valid rubric: what is allowed, and yet hardly what its author means.

Each function is pure, and yields a sentence with its path in the rubric. Those on ledgers serve the
built-in programs, golden samples and what students handed in alike.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from grader.domain.characters import first_few
from grader.domain.check import NAMES, AnyCheck, Catalog
from grader.domain.errors import RubricProblem
from grader.domain.measures import Measure
from grader.domain.rubric import Criterion, Rubric, Scale
from grader.domain.rubric.globs import matches, selects
from grader.domain.scoring import Ledger, Outcome, Row, show

#: Paths of which each check reads one at least; a pattern is tried on them, below its folders.
_EXAMPLES = (
    *("main.py", "tests/test_main.py", "before/main.py"),
    *("pyproject.toml", "requirements.txt", "answers.md", "README.md"),
)
#: A set of characters in a pattern, and its first character, e.g. ``a`` of ``[a-z]``.
_CHARACTERS = re.compile(r"\[(!?)([^\]])[^\]]*\]")
#: A program that does nothing should earn less than this part of the total, and a good one more
#: than that (both chosen by hand): a rubric of Black, isort and flake8 alone gives half to a line.
_NOTICEABLE = Fraction(1, 10)
_GOOD = Fraction(6, 10)


@dataclass(frozen=True)
class Linted:
    """The result of linting a rubric: its mistakes, or the rubric and advice on it.

    ``rubric`` is ``None`` if there are ``mistakes``. At most 50 of either are listed, with their
    places in the text; ``more`` is the number of the others.
    """

    rubric: Rubric | None = None
    mistakes: Sequence[RubricProblem] = ()
    more: int = 0
    advice: Sequence[RubricProblem] = ()


def advice(rubric: Rubric, catalog: Catalog) -> Iterator[RubricProblem]:
    """Yield the advice on ``rubric`` that needs no submission.

    It is on names, and on the measures, scales and patterns of each criterion.
    """
    yield from _name_advice(rubric, catalog)
    for name, criterion in rubric.criteria.items():
        check, scale = catalog.get(criterion.check), criterion.scale
        measure = check.measure(scale.measure) if check and scale else None
        if check is None or scale is None or measure is None:
            continue
        found = [
            *_size_advice(measure, check),
            *_level_advice(scale, measure),
            *_end_advice(scale, measure),
            *_pattern_advice(criterion, check),
        ]
        for one in found:
            yield RubricProblem(one.message, ("criteria", name, *one.path))


def advice_on_paths(
    rubric: Rubric, catalog: Catalog, paths: Sequence[str]
) -> Iterator[RubricProblem]:
    """Yield advice on patterns that match none of ``paths``, those of all golden samples.

    Without paths there is none.
    """
    for name, criterion in rubric.criteria.items():
        check = catalog.get(criterion.check)
        for key in ("files", "exclude") if check and paths else ():
            for at, pattern in enumerate(getattr(criterion, key) or ()):
                if not any(_matches_below(path, pattern) for path in paths):
                    message = f"{pattern} matches no file of the golden samples"
                    yield RubricProblem(message, ("criteria", name, key, at))


def advice_on_ledgers(ledgers: Sequence[Ledger], whose: str) -> Iterator[RubricProblem]:
    """Yield advice on each criterion that is met by all of ``ledgers``, or by none.

    ``whose`` names them, e.g. "golden samples". They are of one rubric. From fewer than two nothing
    follows. Criteria that a person judges, or that were withheld, are left out.
    """
    for rows in zip(*(ledger.rows for ledger in ledgers), strict=True) if len(ledgers) > 1 else ():
        path, most = ("criteria", rows[0].id), rows[0].max_points
        earned = {row.points for row in rows}
        if earned == {most} and most:
            message = f"each of the {len(rows)} {whose} earns all points ({show(most)})"
            yield RubricProblem(message, path)
        elif earned == {0} and most:
            yield RubricProblem(f"none of the {len(rows)} {whose} earns a point", path)


def advice_on_idle_programs(ledgers: Mapping[str, Ledger]) -> Iterator[RubricProblem]:
    """Yield advice on programs that do nothing and yet earn a tenth of the points, by their names.

    e.g. "gives 20 of 100 points for a one-line file: style 8, formatting 12".
    """
    for name, ledger in ledgers.items():
        points, most = ledger.total.points, ledger.total.max_points
        if points is not None and points and points >= _NOTICEABLE * most:
            earned = sorted(ledger.rows, key=lambda row: -(row.points or 0))
            where = first_few([f"{row.id} {show(row.points)}" for row in earned if row.points])
            yield RubricProblem(
                f"gives {show(points)} of {show(most)} points for {name}: {where}", ("total",)
            )


def advice_on_good_program(good: Ledger, script: Ledger) -> Iterator[RubricProblem]:
    """Yield advice if a ``good`` small program earns little, or no more than a plain ``script``.

    Criteria that have nothing to measure in the good program are left out, because they ask for
    files that only this exercise has.
    """
    rows = [row for row in good.rows if row.outcome is Outcome.SCORED]
    most = sum((row.max_points for row in rows), Fraction())
    points, of_script = good.total.points, script.total.points
    if points is None or of_script is None or not most:
        return
    if points < _GOOD * most:
        why = (
            f"its total is held at {show(good.total.cap)}"
            if good.total.cap is not None
            else _lost(rows)
        )
        yield RubricProblem(
            f"a good small program earns only {show(points)} of {show(most)} points: {why}",
            ("total",),
        )
    elif of_script >= points:
        yield RubricProblem(
            f"a plain script without a function earns {show(of_script)} points, and a good small"
            f" program {show(points)}",
            ("total",),
        )


def _lost(rows: Sequence[Row]) -> str:
    """Return the criteria that lost points, the most first: "tests 0 of 20, style 3 of 10"."""
    lost = sorted(rows, key=lambda row: (row.points or 0) - row.max_points)
    return first_few(
        [
            f"{row.id} {show(row.points or Fraction())} of {show(row.max_points)}"
            for row in lost
            if row.points != row.max_points
        ]
    )


def _name_advice(rubric: Rubric, catalog: Catalog) -> Iterator[RubricProblem]:
    """Yield advice if the rubric prescribes names, and no criterion could find fault with them."""
    checks = (catalog.get(one.check) for one in rubric.criteria.values())
    if rubric.names and not any(check and check.spares_names for check in checks):
        sparing = first_few([one.id for one in catalog.values() if one.spares_names])
        yield RubricProblem(f"spares nothing without a criterion on {sparing}", (NAMES,))


def _size_advice(measure: Measure, check: AnyCheck) -> Iterator[RubricProblem]:
    """Yield advice on a count that rises with a program's size, with the share instead.

    e.g. a count of long functions costs a program of 40 functions more points than one of 4 with
    the same habits.
    """
    if measure.id in check.shares:
        yield RubricProblem(
            f"{measure.id} depends on the size of a program; {check.shares[measure.id]} measures"
            " the same as a share",
            ("scale", "measure"),
        )


def _level_advice(scale: Scale, measure: Measure) -> Iterator[RubricProblem]:
    """Yield advice on each level that no value of ``measure`` reaches.

    e.g. a percentage is at most 100, so that nothing is left for a level above ``up_to: 100``.
    """
    below: Decimal | None = None
    for at, level in enumerate(scale.levels or ()):
        path = ("scale", "levels", at)
        if level.up_to is not None and level.up_to < measure.low:
            message = f"no value of {measure.id} is as low as {level.up_to}"
            yield RubricProblem(f"{message}: nobody reaches {level.label!r}", path)
        elif below is not None and measure.high is not None and below >= measure.high:
            message = f"no value of {measure.id} is above {below}"
            yield RubricProblem(f"{message}: nobody reaches {level.label!r}", path)
        below = level.up_to


def _end_advice(scale: Scale, measure: Measure) -> Iterator[RubricProblem]:
    """Yield advice if no value of ``measure`` is so bad that it earns nothing."""
    if scale.zero_at is None:
        return
    worst = measure.high if measure.better == "lower" else measure.low
    beyond = worst is not None and abs(scale.zero_at - worst) > 0
    if beyond and (scale.zero_at > worst) == (measure.better == "lower"):  # type: ignore[operator]
        yield RubricProblem(
            f"no value of {measure.id} is as bad as {scale.zero_at}: it ends at {worst}, so that"
            " everything earns points",
            ("scale", "zero_at"),
        )


def _pattern_advice(criterion: Criterion, check: AnyCheck) -> Iterator[RubricProblem]:
    """Yield advice on patterns that can match nothing that ``check`` reads and that counts."""
    for key in ("files", "exclude"):
        for at, pattern in enumerate(getattr(criterion, key) or ()):
            if not any(map(check.reads, _examples(pattern))):
                message = f"{pattern} matches no file that {check.id} reads{_hint(pattern)}"
                yield RubricProblem(message, (key, at))
    yield from _left_out_advice(criterion, check)


def _left_out_advice(criterion: Criterion, check: AnyCheck) -> Iterator[RubricProblem]:
    """Yield advice if of what ``files`` can match, everything is left out again."""
    every = (path for pattern in criterion.files for path in _examples(pattern))
    readable = [path for path in every if check.reads(path)]
    if readable and not any(criterion.takes(path, check) for path in readable):
        if selects(readable[0], criterion.files, criterion.exclude or ()):
            message = f"{check.id} leaves tests out, unless the criterion has exclude: []"
            yield RubricProblem(message, ("files",))
        else:
            yield RubricProblem("leaves out everything that files selects", ("exclude",))


def _examples(pattern: str) -> Iterable[str]:
    """Return paths of a submission that ``pattern`` matches, if it can match one.

    e.g. ``src/main.py`` and ``src/before/main.py`` for ``src/**``; nothing for ``/src/*.py``.
    """
    plain = _CHARACTERS.sub(lambda found: "_" if found[1] else found[2], pattern)
    folders, _, name = plain.rpartition("/")
    above = "/".join(part for part in folders.split("/") if part != "**").replace("*", "x")
    start = f"{above}/" if above else "/" * folders.startswith("/")
    ends = [name.replace("*", "x").replace("?", "x"), *_EXAMPLES]
    ends += [name.replace("*", "x" + one.rpartition("/")[2]).replace("?", "x") for one in _EXAMPLES]
    paths = (start.replace("?", "x") + end for end in ends)
    return [path for path in paths if _is_relative(path) and matches(path, pattern)]


def _is_relative(path: str) -> bool:
    """Return whether a file of a submission can have ``path``: not "/a.py", "./a.py", "a//b.py"."""
    return "\\" not in path and not {"", ".", ".."} & set(path.split("/"))


def _hint(pattern: str) -> str:
    """Return how ``pattern`` may have been meant, in words that follow it, or nothing."""
    plain = pattern.replace("\\", "/")
    parts = [part for part in plain.split("/") if part not in ("", ".", "..")]
    if not parts:
        return ""
    inside = "." not in parts[-1] and "*" not in parts[-1]
    meant = "/".join(parts + ["**"] * inside)
    return f"; did you mean {meant}?" if meant != pattern else ""


def _matches_below(path: str, pattern: str) -> bool:
    """Return whether ``pattern`` matches ``path``, or what is below its outermost folder."""
    return matches(path, pattern) or matches(path.partition("/")[2], pattern)
