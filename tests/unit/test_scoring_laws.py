"""Laws of scoring, for generated rubrics and facts."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from grader.domain.facts import FileFacts, SubmissionFacts
from grader.domain.inspection import Facts, Finding, Inspection, State
from grader.domain.report.building import build_report
from grader.domain.rubric import CompiledRubric
from grader.domain.scoring import Ledger, Outcome, Row, judge, points_so_far
from tests.unit.domain_material import (
    FAILED,
    NO_PYTHON,
    NOT_APPLICABLE,
    compiled_rubric_of,
    facts_of,
    file,
)

COUNT = st.integers(0, 12)
TENTHS = st.integers(1, 200).map(lambda tenths: tenths / 10)
FINDING = st.builds(
    Finding,
    code=st.sampled_from(["A1", "A12", "B2"]),
    line=st.integers(1, 3),
    message=st.sampled_from(["one", "two"]),
    value=st.none() | COUNT,
)
SIZES = st.dictionaries(COUNT, st.integers(1, 3), max_size=4)
#: Check -> measure -> (whether lower is better, whether it takes a limit, its largest value).
MEASURES: Mapping[str, Mapping[str, tuple[bool, bool, int]]] = {
    "lint": {"complaints": (True, False, 40), "uses": (False, False, 40)},
    "length": {"functions_over": (True, True, 20), "longest": (True, False, 15)},
    "coverage": {"share": (False, False, 100)},
}
PROBES = (*MEASURES, "suppressions")


@st.composite
def measured(draw: st.DrawFn) -> Inspection:
    """Draw a successful inspection with facts for every measure."""
    whole, sizes = draw(COUNT), draw(SIZES)
    counts = {"complaints": draw(COUNT), "uses": draw(COUNT)}
    counts |= {"whole": whole, "covered": draw(st.integers(0, whole))}
    maxima = {"lengths": max(sizes)} if sizes else {}
    facts = Facts(counts=counts, maxima=maxima, histograms={"lengths": sizes} if sizes else {})
    return Inspection(facts=facts, findings=tuple(draw(st.lists(FINDING, max_size=3))))


OTHER_STATES = (NOT_APPLICABLE, FAILED)
READABLE = st.sampled_from([Inspection(), Inspection(), Inspection(), NO_PYTHON, FAILED])
PATHS = st.sampled_from(["a.py", "b.py", "pkg/c.py", "pkg/d.py", "tests/test_e.py"])


@st.composite
def files(draw: st.DrawFn, all_is_well: bool = False, least: int = 0) -> SubmissionFacts:
    """Draw facts of ``least`` to 3 files, in any states unless ``all_is_well``."""
    found = []
    for path in draw(st.lists(PATHS, min_size=least, max_size=3, unique=True)):
        one = draw(measured())
        ends = st.just(one) if all_is_well else st.sampled_from([one, one, *OTHER_STATES])
        readable = Inspection() if all_is_well else draw(READABLE)
        found.append(file(path, readable, **{probe: draw(ends) for probe in PROBES}))
    return facts_of(*found)


@st.composite
def scales(draw: st.DrawFn, check: str, points: float) -> dict[str, Any]:
    """Draw a valid scale for a measure of ``check``."""
    measure = draw(st.sampled_from(sorted(MEASURES[check])))
    lower, limited, most = MEASURES[check][measure]
    scale: dict[str, Any] = {"measure": measure}
    if limited:
        scale["limit"] = draw(COUNT)
    if draw(st.booleans()):
        near, far = sorted(
            draw(st.lists(st.integers(0, most), min_size=2, max_size=2, unique=True))
        )
        return scale | {"full_at": near if lower else far, "zero_at": far if lower else near}
    bounds = sorted(draw(st.lists(st.integers(0, most), max_size=3, unique=True)))
    shares = sorted(draw(st.lists(st.integers(0, 10), min_size=len(bounds), max_size=len(bounds))))
    earned = [*(round(points * share) / 10 for share in shares), points]
    earned = [min(each, points) for each in earned]
    earned = earned[::-1] if lower else earned
    levels: list[dict[str, Any]] = [{"earns": each, "label": "level"} for each in earned]
    for level, bound in zip(levels, bounds, strict=False):
        level["up_to"] = bound
    return scale | {"levels": levels}


@st.composite
def graduated_caps(draw: st.DrawFn) -> dict[str, Any]:
    """A cap that rises with the points of its criterion."""
    lowest, highest = sorted(draw(st.lists(TENTHS, min_size=2, max_size=2, unique=True)))
    return {"from": lowest, "to": highest, "lifts_at": draw(st.integers(1, 100))}


@st.composite
def criteria(draw: st.DrawFn) -> dict[str, Any]:
    """Draw a criterion of any kind."""
    points = draw(TENTHS)
    given: dict[str, Any] = {"title": "A title", "points": points}
    cap = draw(st.none() | TENTHS | graduated_caps())
    if cap is not None:
        given["caps_total_at"] = cap
    check = draw(st.sampled_from([*MEASURES, *MEASURES, "manual"]))
    given["check"] = check
    if check == "manual":
        return given
    given["scale"] = draw(scales(check, points))
    given["applies"] = draw(st.sampled_from(["required", "optional"]))
    given["files"] = draw(st.sampled_from([["**"], ["*.py"], ["pkg/**", "tests/**"]]))
    given |= draw(st.sampled_from([{}, {"exclude": []}, {"exclude": ["pkg/**"]}]))
    return given


@st.composite
def compiled_rubrics(draw: st.DrawFn) -> CompiledRubric:
    """Draw a compiled rubric of 1 to 4 criteria."""
    chosen = draw(st.lists(criteria(), min_size=1, max_size=4))
    total = sum(Decimal(str(each["points"])) for each in chosen)
    return compiled_rubric_of({f"c{at}": each for at, each in enumerate(chosen)}, total=total)


laws = settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)


@laws
@given(compiled_rubrics(), files())
def test_range(compiled: CompiledRubric, facts: SubmissionFacts) -> None:
    ledger = judge(compiled, facts)
    for row in ledger.rows:
        assert row.points is None or 0 <= row.points <= row.max_points
        assert row.why
    total = ledger.total
    assert 0 <= total.at_least <= total.max_points
    assert total.points is None or total.at_least <= total.points <= total.max_points
    assert 0 <= total.awaiting <= total.max_points


@laws
@given(compiled_rubrics(), files(), st.randoms(use_true_random=False))
def test_order_of_files_changes_nothing(
    compiled: CompiledRubric, facts: SubmissionFacts, chance: Any
) -> None:
    shuffled = list(facts.files)
    chance.shuffle(shuffled)
    ledger = judge(compiled, facts)
    again = judge(compiled, facts.model_copy(update={"files": tuple(shuffled)}))
    assert again.total == ledger.total
    for one, other in zip(ledger.rows, again.rows, strict=True):
        assert (one.points, one.value, one.outcome) == (other.points, other.value, other.outcome)
        assert sorted(one.blocking_paths) == sorted(other.blocking_paths)


@laws
@given(compiled_rubrics(), files())
def test_repeat_gives_the_same_bytes(compiled: CompiledRubric, facts: SubmissionFacts) -> None:
    once = build_report(compiled, facts, digest="r", version=3).to_json()
    stored = SubmissionFacts.model_validate_json(facts.model_dump_json())
    fresh = CompiledRubric.of(compiled.rubric, dict(reversed(list(compiled.catalog.items()))))
    assert build_report(fresh, stored, digest="r", version=3).to_json() == once


@laws
@given(compiled_rubrics(), files())
def test_ledger_adds_up_again(compiled: CompiledRubric, facts: SubmissionFacts) -> None:
    report = json.loads(build_report(compiled, facts, digest="r").to_json())
    total, rows = report["total"], report["criteria"]
    earned = [Decimal(str(row["points"])) for row in rows if row["points"] is not None]
    cap = total["capped_at"]
    held = sum(earned, Decimal()) if cap is None else Decimal(str(cap))
    withheld = any(row["outcome"] == "withheld" for row in rows)
    assert (total["points"] is None) == withheld
    if not withheld:
        assert Decimal(str(total["points"])) == held
    assert cap is None or held < sum(earned, Decimal())
    counted = [
        row for row in rows if row["points"] is not None or row["outcome"] != "not_applicable"
    ]
    most = sum((Decimal(str(row["max_points"])) for row in counted), Decimal())
    assert Decimal(str(total["max_points"])) == most
    if all(row["outcome"] in ("scored", "unreadable") for row in rows):
        assert total["at_least"] == total["points"]


Mend = Callable[[Facts], Facts]


def fewer(name: str, by: int) -> Mend:
    """Return a change that adds ``by`` to the count ``name``, at least to 0."""
    return lambda facts: facts.model_copy(
        update={"counts": facts.counts | {name: max(0, facts.counts.get(name, 0) + by)}}
    )


def cover_one(facts: Facts) -> Facts:
    """Return ``facts`` with one more unit covered, at most the whole."""
    covered = min(facts.counts.get("whole", 0), facts.counts.get("covered", 0) + 1)
    return facts.model_copy(update={"counts": facts.counts | {"covered": covered}})


def shorten(size: int, by: int) -> Mend:
    """Return a change that makes one function of ``size`` lines ``by`` lines shorter."""

    def mend(facts: Facts) -> Facts:
        sizes = dict(facts.histograms.get("lengths", {}))
        if size not in sizes:
            return facts
        sizes[size] -= 1
        sizes[max(0, size - by)] = sizes.get(max(0, size - by), 0) + 1
        sizes = {each: times for each, times in sizes.items() if times}
        maxima = {"lengths": max(sizes)}
        return facts.model_copy(update={"histograms": {"lengths": sizes}, "maxima": maxima})

    return mend


MENDS = st.one_of(
    st.just(fewer("complaints", -1)),
    st.just(fewer("uses", 1)),
    st.just(cover_one),
    st.builds(shorten, COUNT, st.integers(1, 12)),
)


def mended(facts: SubmissionFacts, at: int, mend: Mend) -> SubmissionFacts:
    """Return ``facts`` with the file number ``at`` changed by ``mend``."""
    old = facts.files[at]
    better = {
        key: one.model_copy(update={"facts": mend(one.facts)})
        for key, one in old.inspections.items()
    }
    new = old.model_copy(update={"inspections": better})
    return facts.model_copy(update={"files": (*facts.files[:at], new, *facts.files[at + 1 :])})


def not_lowered(before: Ledger, after: Ledger) -> None:
    for old, new in zip(before.rows, after.rows, strict=True):
        assert old.outcome is new.outcome
        if old.points is not None and new.points is not None:
            assert new.points >= old.points
    assert after.total.at_least >= before.total.at_least
    if before.total.points is not None and after.total.points is not None:
        assert after.total.points >= before.total.points


@laws
@given(compiled_rubrics(), files(least=1), st.integers(0, 3), MENDS)
def test_one_unit_from_bad_to_good_never_lowers(
    compiled: CompiledRubric, facts: SubmissionFacts, at: int, mend: Mend
) -> None:
    better = mended(facts, at % len(facts.files), mend)
    not_lowered(judge(compiled, facts), judge(compiled, better))


@laws
@given(compiled_rubrics(), files(all_is_well=True, least=1), st.integers(0, 3), MENDS)
def test_the_same_where_everything_was_measured(
    compiled: CompiledRubric, facts: SubmissionFacts, at: int, mend: Mend
) -> None:
    better = mended(facts, at % len(facts.files), mend)
    assume(better != facts)
    not_lowered(judge(compiled, facts), judge(compiled, better))


def not_raised(before: Ledger, after: Ledger) -> None:
    for old, new in zip(before.rows, after.rows, strict=True):
        row_not_raised(old, new)
    assert after.total.at_least <= before.total.at_least
    assert points_so_far(after.rows) <= points_so_far(before.rows)
    if after.total.points is not None:
        assert after.total.points <= points_so_far(before.rows)
    assert after.total.max_points >= before.total.max_points


def row_not_raised(old: Row, new: Row) -> None:
    if new.outcome is Outcome.UNREADABLE:
        assert new.points == 0
    else:
        assert (new.outcome, new.points, new.value) == (old.outcome, old.points, old.value)


def with_file(facts: SubmissionFacts, new: FileFacts) -> SubmissionFacts:
    """Return ``facts`` with the file ``new``, instead of a file with the same path."""
    others = [each for each in facts.files if each.path != new.path]
    return facts_of(*others, new)


@laws
@given(compiled_rubrics(), files(), st.sampled_from(["0.py", "pkg/0.py", "tests/test_0.py", "zzz"]))
def test_adding_an_unreadable_file_raises_nothing(
    compiled: CompiledRubric, facts: SubmissionFacts, path: str
) -> None:
    not_raised(judge(compiled, facts), judge(compiled, with_file(facts, file(path, NO_PYTHON))))


@laws
@given(compiled_rubrics(), files(least=1), st.integers(0, 3))
def test_making_a_file_unreadable_raises_nothing(
    compiled: CompiledRubric, facts: SubmissionFacts, at: int
) -> None:
    path = facts.files[at % len(facts.files)].path
    not_raised(judge(compiled, facts), judge(compiled, with_file(facts, file(path, NO_PYTHON))))


@laws
@given(compiled_rubrics(), files(least=1), st.integers(0, 3), st.sampled_from([*MEASURES]))
def test_a_failure_of_ours_never_becomes_a_mark(
    compiled: CompiledRubric, facts: SubmissionFacts, at: int, probe: str
) -> None:
    old = facts.files[at % len(facts.files)]
    assume(old.readable.state is State.OK)
    broken = old.model_copy(update={"inspections": dict(old.inspections) | {probe: FAILED}})
    before, after = judge(compiled, facts), judge(compiled, with_file(facts, broken))
    for compiled_criterion, one, other in zip(
        compiled.criteria, before.rows, after.rows, strict=True
    ):
        if compiled_criterion.probe_key == probe and compiled_criterion.takes(old.path):
            assert other.outcome in (Outcome.WITHHELD, Outcome.UNREADABLE)
            assert other.points is None or other.points == one.points == 0
        else:
            assert (other.points, other.outcome) == (one.points, one.outcome)


@laws
@given(compiled_rubrics(), files())
def test_next_step_is_there_while_anything_can_be_won(
    compiled: CompiledRubric, facts: SubmissionFacts
) -> None:
    step = build_report(compiled, facts, digest="r").next_step
    rows = judge(compiled, facts).rows
    all_mended = [
        row if row.points is None else replace(row, points=row.max_points) for row in rows
    ]
    winnable = points_so_far(all_mended) - points_so_far(rows)
    assert (step is None) == (winnable == 0)
    assert step is None or 0 <= Fraction(str(step.gains)) <= winnable
