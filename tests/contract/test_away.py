"""The database is unreachable for a while when a grading ends."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from threading import Timer

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from grader.bootstrap import Service, build_grade, build_service
from grader.checks.catalog import CATALOG
from grader.domain.rubric import Rubric
from grader.domain.source import Submission
from grader.engine.measuring.engine import Engine
from grader.engine.measuring.facts_cache import MemoryFacts
from grader.engine.measuring.measurement import Measurement, RunningMeasurement
from grader.infra.broker import NoNotifier
from grader.service.lanes import Lane
from grader.service.records import SubmissionState
from grader.settings import Settings
from tests.contract.conftest import fresh
from tests.contract.material import NOW, sent
from tests.in_process import InProcess


class Server:
    """A PostgreSQL database that can be closed to all connections, and opened again."""

    def __init__(self, server: str, url: str) -> None:
        self._url = make_url(server).set(drivername="postgresql+psycopg")
        self._name = make_url(url).database

    def close(self) -> None:
        self._run(f"ALTER DATABASE {self._name} ALLOW_CONNECTIONS false")
        self._run(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            f" WHERE datname = '{self._name}'"
        )

    def open(self) -> None:
        self._run(f"ALTER DATABASE {self._name} ALLOW_CONNECTIONS true")

    def _run(self, statement: str) -> None:
        engine = create_engine(self._url, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text(statement))
        engine.dispose()


@dataclass(frozen=True)
class CutWhenCollected(RunningMeasurement):
    """A running measurement; when it is collected, the database is closed for a second."""

    server: Server

    def collect(self) -> Measurement:
        measurement = super().collect()
        self.server.close()
        Timer(1.0, self.server.open).start()
        return measurement


class Cutting(Engine):
    """An engine after each of whose measurements the database is closed for a second."""

    server: Server

    def start(
        self, submission: Submission, rubric: Rubric, *, is_program: bool = False
    ) -> RunningMeasurement:
        running = super().start(submission, rubric, is_program=is_program)
        return CutWhenCollected(running.plan, running.job, self.server)


@pytest.fixture
def url(postgres: str) -> Iterator[str]:
    """Return the URL of the test's own PostgreSQL database; a SQLite file is always reachable."""
    yield from fresh(postgres, "TEMPLATE model")


@pytest.fixture
def service(url: str) -> Iterator[Service]:
    service = build_service(Settings(database_url=url), notifier=NoNotifier())
    service.seed()
    yield service
    service.close()


def test_a_result_waits_for_a_database_that_comes_back(
    service: Service, postgres: str, url: str
) -> None:
    engine = Cutting(CATALOG, InProcess(CATALOG), MemoryFacts())
    engine.server = Server(postgres, url)
    new = sent(exercise="numbers-refactor", filename="main.py")
    record, _ = service.store.submissions.accept(new, NOW)
    build_grade(service, engine).next(Lane.LIVE)
    graded = service.store.submissions.get(record.id)
    assert (graded.state, graded.tries) == (SubmissionState.GRADED, 1)
