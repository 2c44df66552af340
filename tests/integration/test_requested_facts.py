"""What a rubric needs that is not published: requested by the API, measured by a worker."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import cast

import pytest
from celery import Celery

from grader.bootstrap import Service, build_grade, build_measure_requested
from grader.checks.catalog import CATALOG
from grader.domain.rubric import CompiledRubric
from grader.domain.rubric.digest import rubric_digest
from grader.engine.intake import read_upload
from grader.engine.measuring.engine import Engine
from grader.engine.measuring.identity import engine_identity
from grader.infra.broker import NoNotifier
from grader.service.grade import GradingPipeline
from grader.service.lanes import Lane
from grader.service.measure import MeasureRequested
from grader.service.ports import Clock
from grader.service.records import MeasurementRecord, NewSubmission, PreviewRecord, Subject
from grader.service.requested_facts import RequestedFacts
from workers.context import WorkerContext
from workers.shared_times import SharedTimes
from workers.tasks import Tasks

EXERCISE = "numbers-refactor"


@dataclass(frozen=True)
class Later:
    """A clock that is ahead of ``clock``."""

    clock: Clock
    ahead: timedelta

    def now(self) -> datetime:
        """Return its time."""
        return self.clock.now() + self.ahead


@pytest.fixture
def measure(service: Service, engine: Engine) -> MeasureRequested:
    """Return the use case of a worker around the real engine."""
    return build_measure_requested(service, build_grade(service, engine))


@pytest.fixture
def requested(service: Service) -> RequestedFacts:
    """Return the use case of the API."""
    return RequestedFacts(service.store, service.notifier, engine_identity(CATALOG))


def preview_of(service: Service, change: str) -> tuple[PreviewRecord, CompiledRubric]:
    """Return a preview of the shipped rubric with ``change`` at its end, and it compiled."""
    record = service.store.rubrics.newest(EXERCISE)
    assert record is not None
    text = f"{record.text}\n{change}\n"
    now, digest = service.clock.now(), rubric_digest(text)
    preview = service.store.previews.put(
        EXERCISE, record.course, text, digest, actor="ada", now=now
    )
    return preview, service.rubric_cache.read(text)


def hand_in(service: Service, data: bytes, filename: str = "work.zip") -> Subject:
    """Store an upload; return the subject by which it is measured."""
    new = NewSubmission(EXERCISE, "ada", filename, data, "api", "t", "t", "d")
    record, _ = service.store.submissions.accept(new, service.clock.now())
    return Subject.of_upload(record.archive_sha256, record.filename)


def test_a_worker_measures_what_is_asked_for(
    service: Service,
    engine: Engine,
    measure: MeasureRequested,
    requested: RequestedFacts,
    zipped: Callable[..., bytes],
) -> None:
    starter = {"helpers.py": "def one():\n    return 1\n"}
    preview, compiled = preview_of(service, 'starter: {helpers.py: "def one():\\n    return 1\\n"}')
    data = zipped({"main.py": "def x(A):\n    print(A)\n\n\nx(1)\n"})
    subjects = [hand_in(service, data), Subject.of_starter(starter)]
    assert measure.next() is None
    assert requested.of(preview, compiled, subjects) == {}
    assert requested.of(preview, compiled, subjects).keys() == {one.key for one in subjects}

    assert measure.next() is not None and measure.next() is not None
    assert measure.next() is None
    found = requested.of(preview, compiled, subjects)
    expected = engine.measure(read_upload(data, filename="work.zip"), compiled.rubric)
    of_starter = engine.starter(compiled.rubric)
    assert of_starter is not None
    assert found == {
        one.key: MeasurementRecord(one.key, facts.without_findings(), "")
        for one, facts in zip(subjects, (expected, of_starter), strict=True)
    }


def test_an_upload_that_cannot_be_read_fails_after_three_tries_and_stops_no_other(
    service: Service,
    measure: MeasureRequested,
    requested: RequestedFacts,
    zipped: Callable[..., bytes],
) -> None:
    preview, compiled = preview_of(service, "feedback: {patch: false}")
    subjects = [hand_in(service, b"PK no zip"), hand_in(service, zipped())]
    requested.of(preview, compiled, subjects)
    at_once = replace(measure, pause=timedelta())
    for _ in range(4):
        assert at_once.next() is not None
    assert at_once.next() is None
    torn, good = (requested.of(preview, compiled, subjects)[one.key] for one in subjects)
    assert torn.facts is None and "zip" in torn.problem
    assert good.facts is not None and not good.problem


def test_what_another_release_asked_for_is_left_to_its_workers_for_a_while(
    service: Service, measure: MeasureRequested, zipped: Callable[..., bytes]
) -> None:
    preview, _ = preview_of(service, "feedback: {patch: false}")
    subject = hand_in(service, zipped())
    service.store.measurements.request(preview, "another key", [subject])
    assert measure.next() is not None
    assert measure.next() is None, "it waits a while"
    assert service.store.measurements.waiting("another key") == 1
    for minutes in (2, 4):
        later = replace(measure, clock=Later(service.clock, timedelta(minutes=minutes)))
        assert later.next() is not None
    assert later.next() is None
    known = service.store.measurements.get_many("another key", [subject.key])[subject.key]
    assert known.facts is None and "Another release" in known.problem


class Notes(NoNotifier):
    """A notifier that notes the lanes."""

    def __init__(self) -> None:
        self.lanes: list[Lane] = []

    def notify(self, lane: Lane) -> None:
        """Note ``lane``."""
        self.lanes.append(lane)


def test_a_sweep_notifies_of_what_is_to_be_measured(service: Service) -> None:
    notes = Notes()
    sweep = replace(service.sweep, notifier=notes)
    sweep()
    assert notes.lanes == []
    preview, _ = preview_of(service, "feedback: {patch: false}")
    service.store.measurements.request(preview, "key", [Subject.of_starter({"a.py": "x = 1"})])
    sweep()
    assert notes.lanes == [Lane.REGRADE]


@dataclass
class Context:
    """The part of a worker's context that a step of its task uses."""

    measure_requested: MeasureRequested


def test_live_uploads_come_before_each_measurement(
    service: Service, engine: Engine, measure: MeasureRequested, zipped: Callable[..., bytes]
) -> None:
    preview, _ = preview_of(service, "feedback: {patch: false}")
    starters = [Subject.of_starter({"a.py": f"x = {at}\n"}) for at in range(2)]
    service.store.measurements.request(preview, "key", starters)
    pipeline = GradingPipeline(build_grade(service, engine))
    tasks, context = Tasks(Celery(), SharedTimes()), cast(WorkerContext, Context(measure))

    def step(lane: Lane) -> str:
        """Do one step of a task for ``lane``; return the kind of what was done."""
        return type(tasks._next(context, pipeline, lane)).__name__

    hand_in(service, zipped())
    assert step(Lane.REGRADE) == "SubmissionRecord"
    assert step(Lane.REGRADE) == "MeasurementClaim"
    hand_in(service, zipped({"main.py": "print(2)\n"}))
    assert step(Lane.REGRADE) == "SubmissionRecord"
    assert step(Lane.LIVE) == "NoneType"
    assert step(Lane.REGRADE) == "MeasurementClaim"
    assert step(Lane.REGRADE) == "NoneType"
    pipeline.finish()
