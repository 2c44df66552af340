"""Counts of the last minute: in one process, in a Redis that processes share, and without it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from time import monotonic

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.rates import ProcessCounter, SharedCounter
from grader.service.limits import Counter, Rate, Rests
from tests.servers_redis import RedisForTests, redis_server

TWO = Rate("uploads-student", 2)


@pytest.fixture(scope="module")
def redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisForTests]:
    with redis_server(tmp_path_factory.mktemp("rates")) as server:
        yield server


@pytest.fixture(params=["process", "shared"])
def counter(request: pytest.FixtureRequest) -> Counter:
    """A counter that has counted nothing yet."""
    if request.param == "process":
        return ProcessCounter()
    server: RedisForTests = request.getfixturevalue("redis")
    with server.client() as client:
        client.flushall()
    return SharedCounter(server.url)


def test_so_many_and_no_more(counter: Counter) -> None:
    assert [counter.take(TWO, "ada") for _ in range(4)] == [True, True, False, False]
    standing = counter.standing(TWO, "ada")
    assert (standing.left, 1 <= standing.seconds <= 60) == (0, True)


def test_keys_and_rates_are_counted_apart(counter: Counter) -> None:
    assert [counter.take(TWO, key) for key in ("ada", "ada", "bob")] == [True] * 3
    assert counter.take(Rate("uploads-token", 2), "ada")
    assert [counter.standing(TWO, key).left for key in ("ada", "bob", "cleo")] == [0, 1, 2]


def test_a_look_counts_nothing(counter: Counter) -> None:
    for _ in range(5):
        assert counter.standing(TWO, "ada").left == 2


@given(st.lists(st.sampled_from("abc"), max_size=30), st.integers(1, 5))
def test_what_is_left_and_what_was_taken_make_the_limit(keys: list[str], most: int) -> None:
    counter, rate = ProcessCounter(), Rate("r", most)
    taken = [key for key in keys if counter.take(rate, key)]
    for key in "abc":
        assert taken.count(key) == min(keys.count(key), most)
        assert counter.standing(rate, key).left == most - taken.count(key)


def test_who_rests_may_come_back_when_told() -> None:
    now = [100.0]
    rests, wanted = Rests(lambda: now[0], most=2), (TWO, "ada")
    rests.begin(wanted, 3)
    assert (rests.left(wanted), rests.left((TWO, "bob"))) == (3, 0)
    now[0] += 2.5
    assert rests.left(wanted) == 1
    now[0] += 0.5
    assert rests.left(wanted) == 0
    for name in "abc":
        rests.begin((TWO, name), 9)
    assert [rests.left((TWO, name)) for name in "abc"] == [0, 9, 9]


def test_processes_count_together(redis: RedisForTests) -> None:
    one, other = SharedCounter(redis.url), SharedCounter(redis.url)
    rate = Rate("together", 3)
    assert [both.take(rate, "ada") for both in (one, other, one, other)] == [True] * 3 + [False]


def test_while_redis_is_away_nobody_is_refused_for_that(
    tmp_path: Path, passing: Callable[[float], None]
) -> None:
    with redis_server(tmp_path / "redis") as server:
        counter = SharedCounter(server.url)
        assert [counter.take(TWO, "ada") for _ in range(3)] == [True, True, False]
        server.stop()
        assert [counter.take(TWO, "ada") for _ in range(3)] == [True, True, False]
        assert counter.standing(TWO, "ada").left == 0
        server.start()
        passing(60)
        assert counter.take(TWO, "ada")
        assert SharedCounter(server.url).standing(TWO, "ada").left == 1


@pytest.fixture
def passing(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Let time pass for the rest that Redis is given after a failure."""

    def by(seconds: float) -> None:
        now = monotonic()
        monkeypatch.setattr("grader.rates.monotonic", lambda: now + seconds)

    return by
