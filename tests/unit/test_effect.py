"""The effect of a draft on a class: sums, movers, the pass mark and what is said about it."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from grader.domain.effect import CriterionStanding, Effect, Moved, Standing
from grader.domain.rubric import CompiledRubric, Rubric

HALF = Fraction(1, 2)
POINTS = st.integers(0, 100).map(lambda tenths: tenths / 10)


def compiled(*names: str) -> CompiledRubric:
    """Return a rubric with a criterion of 10 points for each of ``names``."""
    by_hand = {"points": 10, "check": "manual"}
    return CompiledRubric.of(
        Rubric.model_validate(
            {
                "exercise": "numbers",
                "course": "mlops",
                "title": "Numbers",
                "total": 10 * len(names),
                "criteria": {name: {"title": name.title(), **by_hand} for name in names},
            }
        ),
        {},
    )


def standing(**points: float | None) -> Standing:
    """Return a standing with ``points`` by criterion, each of 10."""
    rows = tuple(CriterionStanding(name, name, one, 10, "why") for name, one in points.items())
    known = [one for one in points.values() if one is not None]
    total = round(sum(known), 1) if len(known) == len(points) else None
    return Standing(total, 10 * len(points), rows)


def moved(student: str, before: Standing, after: Standing | None, problem: str = "") -> Moved:
    return Moved(student, 1, f"id-{student}", before, after, problem)


def names(effect: Effect) -> Sequence[str]:
    return [one.student for one in effect.movers]


def test_who_moves_most_comes_first_and_only_so_many_are_kept() -> None:
    students = [
        moved("ada", standing(a=5), standing(a=6)),
        moved("bob", standing(a=5), standing(a=1)),
        moved("cyd", standing(a=5), standing(a=5)),
        moved("dan", standing(a=5), standing(a=9)),
    ]
    assert names(Effect.of(compiled("a"), students, HALF, 9)) == ["bob", "dan", "ada"]
    assert names(Effect.of(compiled("a"), students, HALF, 1)) == ["bob"]
    assert names(Effect.of(compiled("a"), students, HALF, 0)) == []


def test_who_is_not_measured_is_counted_and_in_no_mean() -> None:
    students = [
        moved("ada", standing(a=5), None),
        moved("bob", standing(a=5), None, "It cannot be read."),
        moved("cyd", standing(a=5), standing(a=None), "withheld"),
        moved("dan", standing(a=2), standing(a=8)),
    ]
    effect = Effect.of(compiled("a"), students, HALF, 9)
    assert (effect.students, effect.judged, effect.waiting, effect.failed) == (4, 1, 1, 2)
    assert effect.criteria["a"].mean_after == 8
    assert (effect.gained, effect.lost) == (1, 0)


def test_criteria_that_are_new_or_gone_have_one_side_only() -> None:
    students = [moved("ada", standing(old=4, both=3), standing(both=5, new=6))]
    effect = Effect.of(compiled("both", "new"), students, HALF, 9)
    found = {one.id: (one.before_points, one.after_points) for one in effect.criteria.values()}
    assert found == {"both": (10, 10), "new": (None, 10), "old": (10, None)}
    assert (effect.criteria["both"].better, effect.criteria["new"].better) == (1, 0)


def test_the_highest_points_are_in_the_last_tenth() -> None:
    students = [moved("ada", standing(a=0), standing(a=10))]
    effect = Effect.of(compiled("a"), students, HALF, 9)
    assert effect.before == [1] + [0] * 9
    assert effect.after == [0] * 9 + [1]


def test_what_tells_nobody_apart_is_said() -> None:
    students = [moved(name, standing(a=1, b=1, c=1), standing(a=10, b=0, c=5)) for name in "xyz"]
    said = [*Effect.of(compiled("a", "b", "c"), students, HALF, 9).warnings()]
    assert len(said) == 2
    assert said[0] == "a (a): everybody gets all 10 points."
    assert said[1] == "b (b): nobody gets any of its points."
    assert [*Effect.of(compiled("a", "b", "c"), students[:1], HALF, 9).warnings()] == []


@given(st.lists(st.tuples(POINTS, POINTS), max_size=30), st.integers(0, 5), POINTS)
def test_nobody_is_lost_and_no_order_matters(
    pairs: list[tuple[float, float]], limit: int, mark: float
) -> None:
    students = [
        moved(f"s{at:02}", standing(a=before), standing(a=after))
        for at, (before, after) in enumerate(pairs)
    ]
    at = Fraction(str(mark)) / 10
    effect = Effect.of(compiled("a"), students, at, limit)
    assert sum(effect.before) == sum(effect.after) == effect.judged == len(pairs)
    one = effect.criteria["a"]
    assert one.better + one.worse + one.same == len(pairs)
    passed = [sum(points >= mark for points in side) for side in zip(*pairs, strict=True)]
    assert not pairs or passed[1] - passed[0] == effect.gained - effect.lost
    changes = sorted((-abs(round(b - a, 1)) for a, b in pairs if a != b))
    assert [-abs(float(one.change or 0)) for one in effect.movers] == changes[:limit]
    assert Effect.of(compiled("a"), students[::-1], at, limit) == effect
