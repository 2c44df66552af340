"""The laws of scoring also hold after the facts of starter files were subtracted."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from grader.domain.facts import FileFacts, SubmissionFacts
from grader.domain.rubric import CompiledRubric
from grader.domain.scoring import Ledger, judge
from grader.domain.starter import subtract_sizes, subtract_starter
from tests.unit.domain_material import NO_PYTHON, file
from tests.unit.test_scoring_laws import (
    MENDS,
    Mend,
    compiled_rubrics,
    files,
    laws,
    mended,
    not_lowered,
    not_raised,
    with_file,
)

SIZES = st.dictionaries(st.integers(0, 9), st.integers(1, 3), max_size=5)


@st.composite
def starters(draw: st.DrawFn) -> SubmissionFacts:
    """Draw the facts of starter files that no student handed in unchanged."""
    facts = draw(files(all_is_well=True, least=1))
    given = tuple(each.model_copy(update={"sha256": f"given {each.path}"}) for each in facts.files)
    return facts.model_copy(update={"files": given})


def the_ledger(compiled: CompiledRubric, facts: SubmissionFacts, given: SubmissionFacts) -> Ledger:
    return judge(compiled, subtract_starter(compiled, facts, given))


@laws
@given(compiled_rubrics(), files(), starters())
def test_range(compiled: CompiledRubric, facts: SubmissionFacts, given: SubmissionFacts) -> None:
    ledger = the_ledger(compiled, facts, given)
    for row in ledger.rows:
        assert row.points is None or 0 <= row.points <= row.max_points
        assert row.measure is None or row.measure.high is None or (row.value or 0) <= 100
    assert 0 <= ledger.total.at_least <= ledger.total.max_points


@laws
@given(compiled_rubrics(), files(least=1), starters(), st.integers(0, 3), MENDS)
def test_one_unit_from_bad_to_good_never_lowers(
    compiled: CompiledRubric, facts: SubmissionFacts, given: SubmissionFacts, at: int, mend: Mend
) -> None:
    better = mended(facts, at % len(facts.files), mend)
    not_lowered(the_ledger(compiled, facts, given), the_ledger(compiled, better, given))


@laws
@given(compiled_rubrics(), files(least=1), starters(), st.integers(0, 3))
def test_making_a_file_unreadable_never_raises_anything(
    compiled: CompiledRubric, facts: SubmissionFacts, given: SubmissionFacts, at: int
) -> None:
    path = facts.files[at % len(facts.files)].path
    broken = with_file(facts, file(path, NO_PYTHON))
    not_raised(the_ledger(compiled, facts, given), the_ledger(compiled, broken, given))


@laws
@given(compiled_rubrics(), files(all_is_well=True, least=1))
def test_what_was_handed_out_alone_earns_nothing(
    compiled: CompiledRubric, facts: SubmissionFacts
) -> None:
    rows = the_ledger(compiled, facts, facts).rows
    assert all(row.value is None and not row.points for row in rows)


@laws
@given(compiled_rubrics(), files(), starters())
def test_an_unchanged_starter_file_changes_nothing(
    compiled: CompiledRubric, facts: SubmissionFacts, given: SubmissionFacts
) -> None:
    beside = [_moved(each) for each in given.files]
    both = facts.model_copy(update={"files": (*facts.files, *beside)})
    alone, together = (
        judge(compiled, subtract_starter(compiled, each, _as_moved(given)))
        for each in (facts, both)
    )
    for one, other in zip(alone.rows, together.rows, strict=True):
        assert (one.points, one.value, one.outcome) == (other.points, other.value, other.outcome)


def _moved(each: FileFacts) -> FileFacts:
    return each.model_copy(update={"path": f"given/given_{each.path.replace('/', '_')}"})


def _as_moved(given: SubmissionFacts) -> SubmissionFacts:
    return given.model_copy(update={"files": tuple(map(_moved, given.files))})


@settings(deadline=None)
@given(SIZES, SIZES, st.integers(0, 9), st.integers(1, 9))
def test_a_smaller_size_leaves_no_more_over_any_limit(
    mine: dict[int, int], given: dict[int, int], size: int, by: int
) -> None:
    smaller = dict(mine)
    if size in mine:
        smaller[size] -= 1
        smaller[max(0, size - by)] = smaller.get(max(0, size - by), 0) + 1
    before, after = subtract_sizes(mine, given), subtract_sizes(smaller, given)
    for limit in range(-1, 10):
        over = [
            sum(times for one, times in left.items() if one > limit) for left in (before, after)
        ]
        assert over[1] <= over[0]


@settings(deadline=None)
@given(SIZES, SIZES)
def test_as_many_sizes_are_left_as_more_lie_over_some_limit(
    mine: dict[int, int], given: dict[int, int]
) -> None:
    def over(sizes: dict[int, int], limit: int) -> int:
        return sum(times for one, times in sizes.items() if one > limit)

    left = subtract_sizes(mine, given)
    for limit in range(-1, 10):
        more = [over(mine, each) - over(given, each) for each in range(limit, 10)]
        assert over(left, limit) == max(0, *more)
