"""Processes die and Redis forgets: every accepted submission ends with exactly one report."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from sqlalchemy import create_engine, func, select

from grader.service.records import SubmissionRecord, SubmissionState
from grader.store.database import Store, open_store
from grader.store.tables import reports
from tests.e2e.running import PATIENCE, Running, archive, started
from tests.processes import wait_until
from tests.servers import postgres_server
from tests.servers_redis import RedisForTests, redis_server

#: A worker that dies leaves its row for so long; short, so that the tests need not wait.
SETTINGS = {
    "GRADER_LEASE": "6",
    "GRADER_SWEEP_EVERY": "0.3",
    "GRADER_PAUSE": "0.1",
    "GRADER_MAX_TRIES": "10",
    "GRADER_DEAF_AFTER": "20",
}
POOL = "--queues live,regrade"
#: No submission is like another, so that every one has to be measured.
RUNS = count(1)


@dataclass(frozen=True)
class Site:
    """A running service, its Redis and a look into its database."""

    running: Running
    redis: RedisForTests
    store: Store
    database: str

    def hand_in(self, student: str, many: int, *, long: bool = False) -> list[str]:
        """Upload, without waiting for a report; the ids of what was accepted.

        Each is of a student of its own: a newer attempt would supersede one that waits.
        """
        functions = 120 if long else 1  # long enough to be killed in the midst of one
        runs = [next(RUNS) for _ in range(many)]
        answers = [
            self.running.upload(f"{student}-{run}", data=archive(run, functions)) for run in runs
        ]
        assert [answer.status_code for answer in answers] == [202] * many
        return [answer.json()["id"] for answer in answers]

    def wait_for_work(self) -> None:
        """Wait until a worker holds a submission."""
        wait_until(lambda: self.store.submissions.queue().running, PATIENCE, "work began")

    def pool(self) -> list[int]:
        """The worker, and then its pool process."""
        wait_until(lambda: len(self.running.pids(POOL)) == 2, PATIENCE, "the worker stood")
        return self.running.pids(POOL)

    def settle(self, ids: list[str]) -> list[SubmissionRecord]:
        """Wait for the end of submissions, and see that each has one report."""

        def records() -> list[SubmissionRecord]:
            return [self.store.submissions.get(one) for one in ids]

        wait_until(
            lambda: {one.state for one in records()} == {SubmissionState.GRADED},
            PATIENCE,
            "all were graded",
        )
        assert self.reports_of(ids) == dict.fromkeys(ids, 1)
        return records()

    def reports_of(self, ids: list[str]) -> dict[str, int]:
        """How many reports each has, as they stand in the table."""
        counted = select(reports.c.submission, func.count()).group_by(reports.c.submission)
        engine = create_engine(self.database)
        with engine.connect() as connection:
            found = {row[0]: row[1] for row in connection.execute(counted)}
        engine.dispose()
        return {one: found.get(one, 0) for one in ids}


@contextmanager
def site_on(database: str, folder: Path, **environment: str) -> Iterator[Site]:
    """The whole service on a database, with a Redis that the test may kill."""
    with ExitStack() as stack:
        redis = stack.enter_context(redis_server(folder / "redis"))
        environment = {**SETTINGS, "GRADER_REDIS_URL": redis.url, **environment}
        running = stack.enter_context(started(folder / "data", **environment))
        store = open_store(database)
        stack.callback(store.close)
        yield Site(running, redis, store, database)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The service on SQLite."""
    folder = tmp_path_factory.mktemp("sqlite")
    with site_on(f"sqlite:///{folder / 'data' / 'grader.db'}", folder) as running:
        yield running


def test_a_pool_process_is_killed_in_the_midst(site: Site) -> None:
    victim = site.pool()[1]
    ids = site.hand_in("pool", 3, long=True)
    site.wait_for_work()
    site.running.kill(victim)
    assert max(record.tries for record in site.settle(ids)) >= 2


def test_the_worker_is_killed_in_the_midst(site: Site) -> None:
    victim = site.pool()[0]
    ids = site.hand_in("worker", 3, long=True)
    site.wait_for_work()
    site.running.kill(victim)
    assert max(record.tries for record in site.settle(ids)) >= 2


def test_redis_restarts_and_has_forgotten_everything(site: Site) -> None:
    ids = site.hand_in("restart", 3, long=True)
    site.wait_for_work()
    site.redis.stop()
    site.redis.start()
    site.settle(ids + site.hand_in("restart", 1))


def test_redis_is_down_during_uploads(site: Site) -> None:
    site.redis.stop()
    ids = site.hand_in("down", 3)
    site.redis.start()
    site.settle(ids)


def test_redis_is_flushed(site: Site) -> None:
    ids = site.hand_in("flush", 4, long=True)
    with site.redis.client() as client:
        client.flushall()
    site.settle(ids + site.hand_in("flush", 1))


def test_the_api_is_killed_after_it_has_accepted(site: Site) -> None:
    ids = site.hand_in("api", 2)
    site.running.kill(site.running.pids("grader api")[0])
    site.settle(ids + site.hand_in("api", 1))


def test_all_of_it_on_postgresql(tmp_path: Path) -> None:
    with TemporaryDirectory(prefix="grader-pg-") as home, postgres_server(Path(home)) as server:
        database = server.replace("postgresql://", "postgresql+psycopg://", 1)
        with site_on(database, tmp_path, GRADER_DATABASE_URL=database) as site:
            victim = site.pool()[1]
            ids = site.hand_in("worker", 3, long=True)
            site.wait_for_work()
            site.running.kill(victim)
            site.redis.stop()
            ids += site.hand_in("down", 2)
            site.redis.start()
            site.running.kill(site.pool()[0])
            ids += site.hand_in("up", 2)
            assert max(record.tries for record in site.settle(ids)) >= 2
