"""Laws of the estimate."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from grader.service.estimate import NOBODY_CAME, Pace, Span, place_of, workers_of
from grader.service.lanes import Lane
from grader.service.records import SubmissionRecord, SubmissionState

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def waiting(since: datetime = NOW) -> SubmissionRecord:
    return SubmissionRecord(
        id="id",
        exercise="numbers",
        course="mlops",
        student="ada",
        attempt=1,
        state=SubmissionState.QUEUED,
        lane=Lane.LIVE,
        tries=0,
        archive_sha256="a" * 64,
        filename="work.zip",
        source="api",
        problem="",
        received_at=since,
        queued_at=since,
        graded_at=None,
        superseded_by=None,
    )


spans = st.lists(
    st.tuples(st.integers(1, 600), st.integers(0, 120)).map(
        lambda one: Span(NOW - SECOND * (one[0] + one[1]), NOW - SECOND * one[0])
    ),
    max_size=20,
)
running = st.lists(st.integers(0, 60).map(lambda ago: NOW - SECOND * ago), max_size=5)
paces = st.builds(Pace, spans.map(tuple), running.map(tuple))


@given(paces, st.integers(1, 500))
def test_whoever_stands_further_behind_never_gets_the_earlier_estimate(
    pace: Pace, position: int
) -> None:
    here = place_of(waiting(), position, pace, NOW).estimated_seconds
    behind = place_of(waiting(), position + 1, pace, NOW).estimated_seconds

    assert (here is None) == (behind is None) == (not pace.lately)
    if here is not None and behind is not None:
        assert 1 <= here <= behind


@given(paces)
def test_there_are_as_many_workers_as_were_ever_seen_at_once(pace: Pace) -> None:
    assert max(1, len(pace.running)) <= workers_of(pace, NOW)
    assert workers_of(pace, NOW) <= max(1, len(pace.running) + len(pace.lately))


@given(st.integers(1, 8), st.integers(1, 60), st.integers(1, 500))
def test_of_gradings_that_last_alike_it_is_off_by_less_than_one(
    workers: int, lasts: int, position: int
) -> None:
    pace = Pace((Span(NOW - SECOND * lasts, NOW),) * workers, ())
    told = place_of(waiting(), position, pace, NOW).estimated_seconds

    assert told is not None
    assert abs(told - lasts * -(-position // workers)) < lasts


def test_one_after_the_other_is_one_worker() -> None:
    row = tuple(Span(NOW - SECOND * (at + 1), NOW - SECOND * at) for at in range(9))

    assert workers_of(Pace(row, ()), NOW) == 1
    assert place_of(waiting(), 5, Pace(row, ()), NOW).estimated_seconds == 5


def test_where_nobody_comes_nothing_is_promised() -> None:
    pace = Pace((Span(NOW - SECOND * 9, NOW - SECOND * 8),), ())
    long_ago = waiting(NOW - NOBODY_CAME - SECOND)

    assert place_of(long_ago, 1, pace, NOW).estimated_seconds is None
    assert place_of(waiting(), 1, pace, NOW).estimated_seconds == 1
