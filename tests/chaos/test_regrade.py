"""A regrade of 300 goes on while workers die: nothing is lost, nothing twice, and undo still works.

The reports before the regrade are made in this process; then the whole service runs, and the
processes that grade are killed until every submission has its new report.
"""

from __future__ import annotations

import os
import random
import signal
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx
import pytest

from grader.bootstrap import Service, build_engine, build_grade, build_service, migrate
from grader.infra.broker import NoNotifier
from grader.service.access import Principal
from grader.service.lanes import Lane
from grader.service.records import (
    NewSubmission,
    Role,
    SourceRecord,
    SubmissionRecord,
    SubmissionState,
)
from grader.settings import Settings
from tests.chaos.site import WORKER
from tests.e2e.running import PATIENCE, Running, started
from tests.processes import parent_of
from tests.servers import postgres_server

COUNT = 300
#: How many processes are killed at most, and the seconds between two kills: a process that starts
#: anew grades some submissions in that time. Killed every 0.4 s, none ever grades any.
KILLS = 6
BETWEEN_KILLS = 0.8
#: A killed worker is missed soon, and no submission runs out of tries.
GIVEN = {"GRADER_LEASE": "2", "GRADER_SWEEP_EVERY": "0.3", "GRADER_MAX_TRIES": "10"}
RUBRIC = """\
exercise: sums
course: mlops
title: Sums
total: 10
attempts: {superseded: grade}
criteria:
  formatted:
    title: Formatted with Black
    points: 10
    check: formatting
    scale: {measure: lines_rate, full_at: 0, zero_at: 50}
"""
#: It has a check that was not measured before, so every submission is measured again.
NEWER = RUBRIC.replace("points: 10", "points: 4") + """\
  documented:
    title: Every function says what it is for
    points: 6
    check: docstrings
    scale: {measure: coverage, full_at: 100, zero_at: 0}
"""
Reports = Mapping[str, list[tuple[int, float, bool]]]


class Class:
    """The submissions of a class, as they are in the database of a service."""

    def __init__(self, settings: Settings) -> None:
        migrate(settings)
        self.service: Service = build_service(settings, notifier=NoNotifier())
        self._actor = Principal(Role.INSTRUCTOR, "mlops", "", "test")
        self.publish(RUBRIC)
        config = {"secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}
        source = SourceRecord("campus", "mlops", "standard-webhooks", config)
        self.service.store.sources.put(source, "test", self.service.clock.now())
        self._hand_in()
        with _engine(settings) as engine:
            grade = build_grade(self.service, engine)
            while grade.next(Lane.LIVE):
                pass

    def publish(self, text: str) -> None:
        """Publish ``text`` as the newest version of the rubric."""
        newest = self.service.store.rubrics.newest("sums")
        match = newest.etag if newest else ""
        self.service.publish("sums", text, if_match=match, principal=self._actor)

    def _hand_in(self) -> None:
        """Hand in as many students, each another program; an LMS wants the score of every tenth."""
        for at in range(COUNT):
            new = NewSubmission(
                exercise="sums",
                student=f"s{at:03d}",
                filename="sums.py",
                data=f"def add_{at}(a, b):\n    return a + b + {at}\n".encode(),
                source="campus",
                actor="webhook:campus",
                scope="webhook:campus",
                request_digest="",
                callback_url="" if at % 10 else "https://lms.example/scores",
            )
            self.service.store.submissions.accept(new, self.service.clock.now())

    def records(self) -> dict[str, SubmissionRecord]:
        """Return the record of each submission by id, without what counts its gradings."""
        found: dict[str, SubmissionRecord] = {}
        cursor = ""
        while True:
            page = self.service.store.submissions.page("sums", cursor=cursor, limit=500)
            for one in page.items:
                found[one.id] = replace(one, tries=0, queued_at=one.received_at)
            cursor = page.next_cursor
            if not cursor:
                return found

    def reports(self) -> Reports:
        """Return (rubric version, points, whether it counts) of all reports of each submission."""
        return {
            one: sorted(
                (entry.rubric_version, float(entry.total.points or -1), entry.is_current)
                for entry in self.service.store.submissions.reports(one)
            )
            for one in self.records()
        }

    def scores(self) -> list[list[int]]:
        """Return, of each submission that an LMS has sent, how many scores its outbox has."""
        of = self.service.store.passbacks.of
        counts = [len(of(one)) for one in self.records()]
        return [[count] for count in counts if count]


@contextmanager
def _engine(settings: Settings) -> Iterator[Any]:
    engine = build_engine(settings)
    try:
        yield engine
    finally:
        engine.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Class, Running]]:
    """Yield a graded class, and the service that runs on its database, on each kind of database."""
    data_dir = tmp_path / "data"
    data_dir.mkdir()
    if request.param == "sqlite":
        given = Class(Settings(data_dir=data_dir))
        with started(data_dir, "--workers", "2", **GIVEN) as running:
            yield given, running
        given.service.close()
        return
    with TemporaryDirectory(prefix="grader-pg-") as home, postgres_server(Path(home)) as url:
        given = Class(Settings(data_dir=data_dir, database_url=url))
        with started(data_dir, "--workers", "2", GRADER_DATABASE_URL=url, **GIVEN) as running:
            yield given, running
        given.service.close()


def test_a_regrade_goes_on_while_workers_die(place: tuple[Class, Running]) -> None:
    given, running = place
    before, scores = given.records(), given.scores()
    assert len(before) == COUNT
    assert {one.state for one in before.values()} == {SubmissionState.GRADED}
    assert all(found == [(1, 10, True)] for found in given.reports().values())
    assert scores == [[1]] * (COUNT // 10)
    given.publish(NEWER)

    regrade = _post(running, "/exercises/sums/regrades", scope="all", reason="Docstrings count.")
    assert regrade["progress"]["total"] == COUNT
    kills, live = _kill_workers(running, regrade)

    assert kills >= 2, "workers died while the regrade went on"
    assert live.status_code == 200, live.text
    done = running.get(regrade["links"]["self"]).json()["progress"]
    assert (done["done"], done["failed"], done["changed"]) == (COUNT, 0, COUNT)
    # Nothing is lost, and nothing is there twice: two reports and two scores of each.
    assert all(found == [(1, 10, False), (2, 4, True)] for found in given.reports().values())
    assert given.scores() == [[2]] * (COUNT // 10)
    after = given.records()
    assert {one.state for one in after.values()} == {SubmissionState.GRADED}

    undone = _post(running, f"/regrades/{regrade['id']}/undo")["progress"]
    assert (undone["undone"], undone["kept"]) == (COUNT, 0)
    restored = {one: replace(record, lane=Lane.LIVE) for one, record in given.records().items()}
    assert restored == before
    assert all(found == [(1, 10, True), (2, 4, False)] for found in given.reports().values())
    assert given.scores() == [[2]] * (COUNT // 10)


def _kill_workers(running: Running, regrade: Mapping[str, Any]) -> tuple[int, httpx.Response]:
    """Kill a process that grades, again and again, until nothing of ``regrade`` waits.

    Return how many were killed, and the answer to an upload that waits for its report meanwhile.
    """
    chance, kills, live = random.Random(7), 0, None
    deadline = time.monotonic() + PATIENCE
    while running.get(regrade["links"]["self"]).json()["progress"]["waiting"]:
        assert time.monotonic() < deadline, "the regrade came to an end"
        workers = running.pids(WORKER)
        pool = [pid for pid in workers if parent_of(pid) in workers]
        if pool and kills < KILLS:
            with suppress(ProcessLookupError):
                os.kill(chance.choice(pool), signal.SIGKILL)
                kills += 1
        if live is None and kills == 2:
            live = running.upload("zoe", Prefer="wait=60")
        time.sleep(BETWEEN_KILLS)
    assert live is not None, "the regrade went on while something was handed in"
    return kills, live


def _post(running: Running, path: str, **body: str) -> dict[str, Any]:
    """Send ``body`` as JSON to ``path``, or no body; return the JSON of the answer."""
    answer = httpx.post(
        f"{running.url}/api/v1{path}",
        headers={"Authorization": f"Bearer {running.token}"},
        json=body or None,
        timeout=PATIENCE,
    )
    assert answer.is_success, answer.text
    found: dict[str, Any] = answer.json()
    return found
