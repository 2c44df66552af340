"""The rate counters: of one process, shared in Redis, and during an outage of Redis."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from time import monotonic

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.infra.rates import ProcessCounter, SharedCounter, Window
from grader.service.rate_limits import Cooldowns, Counter, LimitKey, Rate
from tests.servers_redis import RedisForTests, redis_server

TWO = Rate("uploads-student", 2)
ADA, BOB = LimitKey(TWO, "ada"), LimitKey(TWO, "bob")


@pytest.fixture(scope="module")
def redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisForTests]:
    with redis_server(tmp_path_factory.mktemp("rates")) as server:
        yield server


@pytest.fixture(params=["process", "shared"])
def counter(request: pytest.FixtureRequest) -> Counter:
    """Return a new counter."""
    if request.param == "process":
        return ProcessCounter()
    server: RedisForTests = request.getfixturevalue("redis")
    with server.client() as client:
        client.flushall()
    return SharedCounter(server.url)


def took(counter: Counter, *wanted: LimitKey) -> bool:
    """Count one more of each of ``wanted``; return whether it was allowed."""
    refused, _ = counter.count(wanted)
    return refused is None


def left(counter: Counter, wanted: LimitKey) -> int:
    """Return what is left of ``wanted`` without counting.

    Another key of the same call is used up, so none of them is counted.
    """
    none = LimitKey(Rate("none", 0), "nobody")
    refused, remaining = counter.count([none, wanted])
    assert refused == none
    return remaining[1].left


def test_requests_over_the_limit_are_refused(counter: Counter) -> None:
    assert [took(counter, ADA) for _ in range(4)] == [True, True, False, False]
    refused, (remaining,) = counter.count([ADA])
    assert (refused, remaining.rate, remaining.left) == (ADA, TWO, 0)
    assert 1 <= remaining.seconds <= 61


def test_the_remaining_requests_are_returned(counter: Counter) -> None:
    assert [one.left for one in counter.count([ADA])[1]] == [1]
    assert [one.left for one in counter.count([ADA, BOB])[1]] == [0, 1]


def test_keys_and_rates_are_counted_separately(counter: Counter) -> None:
    assert [took(counter, one) for one in (ADA, ADA, BOB)] == [True] * 3
    assert took(counter, LimitKey(Rate("uploads-token", 2), "ada"))
    assert [left(counter, one) for one in (ADA, BOB, LimitKey(TWO, "cleo"))] == [0, 1, 2]


def test_of_several_keys_all_are_counted_or_none(counter: Counter) -> None:
    assert took(counter, ADA, BOB)
    assert took(counter, ADA)
    refused, remaining = counter.count([BOB, ADA])
    assert refused == ADA
    assert [one.left for one in remaining] == [1, 0]
    assert left(counter, BOB) == 1


@pytest.fixture
def passing_for(
    counter: Counter, redis: RedisForTests, monkeypatch: pytest.MonkeyPatch
) -> Callable[[float], None]:
    """Return a function that lets seconds pass for ``counter``.

    The clock of Redis cannot be moved, so the start times of its counts are moved instead.
    """
    ahead = [0.0]
    if isinstance(counter, ProcessCounter):
        monkeypatch.setattr(counter, "_clock", lambda: monotonic() + ahead[0])

    def by(seconds: float) -> None:
        ahead[0] += seconds
        with redis.client() as client:
            for key in client.keys():
                client.hincrby(key, "start", round(-1_000 * seconds))

    return by


def test_counts_expire_gradually(counter: Counter, passing_for: Callable[[float], None]) -> None:
    wanted = LimitKey(Rate("r", 4), "ada")
    told = []
    # Seconds since the request before: 70 ends a window of four, 50 one of two, 130 all of them.
    for seconds in (0, 0, 0, 0, 0, 70, 10, 50, 130):
        passing_for(seconds)
        refused, (remaining,) = counter.count([wanted])
        told.append((refused is None, remaining.left))
    first = [(True, 3), (True, 2), (True, 1), (True, 0), (False, 0)]
    assert told == [*first, (True, 0), (True, 0), (True, 2), (True, 3)]


def test_a_clock_that_went_back_restarts_the_count(redis: RedisForTests) -> None:
    counter, wanted = SharedCounter(redis.url), LimitKey(Rate("back", 1), "ada")
    assert [took(counter, wanted) for _ in range(2)] == [True, False]
    with redis.client() as client:
        client.hincrby("grader-rates:back:ada", "start", 3_600_000)
    assert [took(counter, wanted) for _ in range(2)] == [True, False]


@given(st.lists(st.sampled_from("abc"), max_size=30), st.integers(1, 5))
def test_remaining_and_counted_requests_add_up_to_the_limit(keys: list[str], most: int) -> None:
    counter, rate = ProcessCounter(lambda: 7.0), Rate("r", most)
    taken = [key for key in keys if took(counter, LimitKey(rate, key))]
    for key in "abc":
        assert taken.count(key) == min(keys.count(key), most)
        assert left(counter, LimitKey(rate, key)) == most - taken.count(key)


@given(st.integers(1, 20), st.lists(st.floats(0, 40, allow_nan=False), min_size=1, max_size=60))
def test_requests_succeed_after_the_stated_wait_within_twice_the_limit(
    most: int, waits: list[float]
) -> None:
    now, times = [0.0], []
    counter, wanted = ProcessCounter(lambda: now[0]), LimitKey(Rate("r", most), "ada")
    for wait in waits:
        now[0] += wait
        refused, (remaining,) = counter.count([wanted])
        if refused is not None:
            now[0] += remaining.seconds
            assert took(counter, wanted)
        times.append(now[0])
        # Only a share of the previous window counts, so at worst twice the limit is allowed.
        assert len([time for time in times if time > now[0] - 60]) <= 2 * most


@given(st.integers(0, 50), st.integers(0, 50), st.integers(0, 59_999), st.integers(1, 50))
def test_the_stated_wait_is_the_shortest(
    current: int, previous: int, elapsed: int, most: int
) -> None:
    window = Window(min(current, most), previous, elapsed)
    remaining = window.remaining(Rate("r", most))

    def used(milliseconds: int) -> int:
        later = elapsed + milliseconds
        if later < 60_000:
            return Window(window.current, previous, later).used
        return Window(0, window.current, later - 60_000).used

    assert remaining.left == max(0, most - window.used)
    if window.used:
        counted = min(window.used, most)
        assert used(1_000 * remaining.seconds) < counted
        assert remaining.seconds == 1 or used(1_000 * (remaining.seconds - 1) - 1) >= counted


def test_the_least_recently_used_key_is_dropped(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("grader.infra.rates.MAX_KEYS", 2)
    counter = ProcessCounter(lambda: 7.0)
    assert [took(counter, one) for one in (ADA, BOB, ADA, LimitKey(TWO, "cleo"))] == [True] * 4
    assert [left(counter, one) for one in (ADA, BOB)] == [0, 2]


def test_a_cooldown_ends_when_it_was_said() -> None:
    now = [100.0]
    cooldowns = Cooldowns(lambda: now[0], most=2)
    cooldowns.start(ADA, 3)
    assert (cooldowns.seconds_left(ADA), cooldowns.seconds_left(BOB)) == (3, 0)
    now[0] += 2.5
    assert cooldowns.seconds_left(ADA) == 1
    now[0] += 0.5
    assert cooldowns.seconds_left(ADA) == 0
    for name in "abc":
        cooldowns.start(LimitKey(TWO, name), 9)
    assert [cooldowns.seconds_left(LimitKey(TWO, name)) for name in "abc"] == [0, 9, 9]


def test_processes_share_counts(redis: RedisForTests) -> None:
    one, other = SharedCounter(redis.url), SharedCounter(redis.url)
    wanted = LimitKey(Rate("together", 3), "ada")
    assert [took(both, wanted) for both in (one, other, one, other)] == [True] * 3 + [False]


def test_the_script_is_loaded_again_after_a_restart_of_redis(tmp_path: Path) -> None:
    with redis_server(tmp_path / "redis") as server:
        counter = SharedCounter(server.url)
        assert took(counter, ADA)
        server.stop()
        server.start()
        assert took(counter, ADA)
        assert left(SharedCounter(server.url), ADA) == 1


def test_an_outage_of_redis_refuses_no_request(
    tmp_path: Path, passing: Callable[[float], None]
) -> None:
    with redis_server(tmp_path / "redis") as server:
        counter = SharedCounter(server.url)
        assert [took(counter, ADA) for _ in range(3)] == [True, True, False]
        server.stop()
        assert [took(counter, ADA) for _ in range(3)] == [True, True, False]
        server.start()
        passing(60)
        assert took(counter, BOB)
        assert left(SharedCounter(server.url), BOB) == 1


@pytest.fixture
def passing(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Return a function that lets seconds of the pause after a failure of Redis pass."""

    def by(seconds: float) -> None:
        now = monotonic()
        monkeypatch.setattr("grader.infra.rates.monotonic", lambda: now + seconds)

    return by
