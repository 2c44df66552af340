"""Properties of the estimated waiting time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from grader.service.estimate import (
    NO_WORKER_AFTER,
    GradingInterval,
    Throughput,
    queue_position,
    worker_count,
)
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
        lambda one: GradingInterval(NOW - SECOND * (one[0] + one[1]), NOW - SECOND * one[0])
    ),
    max_size=20,
)
running = st.lists(st.integers(0, 60).map(lambda ago: NOW - SECOND * ago), max_size=5)
throughputs = st.builds(Throughput, spans.map(tuple), running.map(tuple))


@given(throughputs, st.integers(1, 500))
def test_a_later_position_never_gets_an_earlier_estimate(
    throughput: Throughput, position: int
) -> None:
    here = queue_position(waiting(), position, throughput, NOW).estimated_seconds
    behind = queue_position(waiting(), position + 1, throughput, NOW).estimated_seconds

    assert (here is None) == (behind is None) == (not throughput.recent)
    if here is not None and behind is not None:
        assert 1 <= here <= behind


@given(throughputs)
def test_the_worker_count_is_between_running_and_all_gradings(throughput: Throughput) -> None:
    assert max(1, len(throughput.running)) <= worker_count(throughput, NOW)
    assert worker_count(throughput, NOW) <= max(1, len(throughput.running) + len(throughput.recent))


@given(st.integers(1, 8), st.integers(1, 60), st.integers(1, 500))
def test_with_equal_durations_the_error_is_less_than_one_grading(
    workers: int, lasts: int, position: int
) -> None:
    throughput = Throughput((GradingInterval(NOW - SECOND * lasts, NOW),) * workers, ())
    estimate = queue_position(waiting(), position, throughput, NOW).estimated_seconds

    assert estimate is not None
    assert abs(estimate - lasts * -(-position // workers)) < lasts


def test_gradings_in_sequence_count_as_one_worker() -> None:
    in_sequence = tuple(
        GradingInterval(NOW - SECOND * (at + 1), NOW - SECOND * at) for at in range(9)
    )

    assert worker_count(Throughput(in_sequence, ()), NOW) == 1
    assert queue_position(waiting(), 5, Throughput(in_sequence, ()), NOW).estimated_seconds == 5


def test_without_a_worker_there_is_no_estimate() -> None:
    throughput = Throughput((GradingInterval(NOW - SECOND * 9, NOW - SECOND * 8),), ())
    long_ago = waiting(NOW - NO_WORKER_AFTER - SECOND)

    assert queue_position(long_ago, 1, throughput, NOW).estimated_seconds is None
    assert queue_position(waiting(), 1, throughput, NOW).estimated_seconds == 1
