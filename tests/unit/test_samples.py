"""Golden samples: where what they earn differs from what is expected, in words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.domain.samples import Difference, SamplePoints, SampleResult, differences

POINTS = st.one_of(st.integers(0, 100), st.integers(0, 1000).map(lambda tenths: tenths / 10))
SAMPLES = st.builds(
    SamplePoints,
    total=POINTS,
    criteria=st.dictionaries(st.sampled_from(["style", "naming", "docstrings"]), POINTS),
)


def points(total: float, **criteria: float) -> SamplePoints:
    return SamplePoints(total=total, criteria=criteria)


@given(SAMPLES)
def test_what_is_as_expected_does_not_differ(sample: SamplePoints) -> None:
    assert differences(sample, sample) == ()
    assert differences(SamplePoints(total=sample.total), sample) == ()
    stored = SamplePoints.model_validate_json(sample.model_dump_json())
    assert differences(stored, sample) == ()


@given(SAMPLES, SAMPLES)
def test_every_difference_is_one(expected: SamplePoints, earned: SamplePoints) -> None:
    found = differences(expected, earned)
    assert all(one.expected != one.earned for one in found)
    is_equal = expected.total == earned.total and expected.criteria in ({}, earned.criteria)
    assert bool(found) is not is_equal


def test_the_total_comes_first_and_criteria_only_where_known() -> None:
    expected, earned = points(90, style=40, naming=50), points(85, style=35, docstrings=50)
    assert differences(expected, earned) == (
        Difference("", 90, 85),
        Difference("style", 40, 35),
        Difference("naming", 50, None),
        Difference("docstrings", None, 50),
    )
    assert differences(points(90), earned) == (Difference("", 90, 85),)
    assert differences(expected, None) == (Difference("", 90, None),)


@pytest.mark.parametrize(
    ("result", "said"),
    [
        (SampleResult("good", points(90), points(90, style=40)), []),
        (
            SampleResult("good", points(90, style=40.5), points(85.5, style=36)),
            ["good: 85.5, and 90 is expected", "good, style: 36, and 40.5 is expected"],
        ),
        (
            SampleResult("good", points(90, style=90), points(90, naming=90)),
            [
                "good, style: nothing, and 90 is expected",
                "good, naming: 90, and nothing is expected",
            ],
        ),
        (
            SampleResult("good", points(90), None, "its check crashed"),
            ["good could not be measured: its check crashed"],
        ),
    ],
)
def test_differences_in_words(result: SampleResult, said: list[str]) -> None:
    assert [one.message for one in result.mistakes()] == said
    assert not result.is_waiting
    assert {one.sample for one in result.mistakes()} <= {"good"}


def test_what_is_not_measured_yet_waits() -> None:
    assert SampleResult("good", points(90), None).is_waiting
