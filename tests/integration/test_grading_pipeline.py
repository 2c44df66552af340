"""The grading pipeline: one report is stored while the next submission is measured."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from grader.bootstrap import Service, build_engine, build_grade
from grader.domain.errors import EngineFault, StoreUnavailable
from grader.engine.measuring.engine import Engine
from grader.engine.measuring.facts_cache import MemoryFacts
from grader.engine.measuring.measurement import Measurement, RunningMeasurement
from grader.service.access import Principal
from grader.service.grade import Grade, GradingPipeline, Started
from grader.service.lanes import Lane
from grader.service.records import Claim, SubmissionRecord, SubmissionState
from grader.service.submit import Upload

GRADED, QUEUED, RUNNING = SubmissionState.GRADED, SubmissionState.QUEUED, SubmissionState.RUNNING


@pytest.fixture
def hand_in(service: Service, zipped: Callable[..., bytes]) -> Callable[..., SubmissionRecord]:
    """Return a function: ``hand_in(text)`` is the record of a new submission of ``text``."""
    service.seed()
    rubric = service.store.rubrics.newest("numbers-refactor")
    assert rubric is not None
    principal = Principal.of_source("test", rubric.course)
    admission = service.submit.admit_event(principal, rubric)

    def send(text: str, student: str = "ada") -> SubmissionRecord:
        data = zipped({"main.py": text})
        upload = Upload(student=student, filename="a.zip", data=data, source="")
        return service.submit(admission, upload).record

    return send


@pytest.fixture
def grade(service: Service, engine: Engine) -> Grade:
    """Return the use case, with no pause before a submission is tried again."""
    return replace(build_grade(service, engine), pause=service.settings.lease_time * 0)


def states(service: Service, records: list[SubmissionRecord]) -> list[SubmissionState]:
    return [service.store.submissions.get(record.id).state for record in records]


def test_a_report_is_stored_while_the_next_submission_is_measured(
    service: Service, grade: Grade, hand_in: Callable[..., SubmissionRecord]
) -> None:
    records = [hand_in(f"print({at})\n", f"s{at}") for at in range(3)]
    pipeline, seen = GradingPipeline(grade), []
    while pipeline.next(Lane.LIVE):
        seen.append(states(service, records))
    assert seen == [
        [RUNNING, QUEUED, QUEUED],
        [GRADED, RUNNING, QUEUED],
        [GRADED, GRADED, RUNNING],
    ]
    pipeline.finish()
    assert states(service, records) == [GRADED] * 3


def test_a_submission_that_was_tried_before_is_measured_after_the_previous_report_is_stored(
    service: Service, grade: Grade, hand_in: Callable[..., SubmissionRecord]
) -> None:
    """If it ends its worker again, the submission before it must not be lost with it again."""
    suspect = hand_in("print('suspect')\n", "a")
    claim = grade.claim(Lane.LIVE)
    assert claim is not None
    innocent = hand_in("print('innocent')\n", "b")
    pipeline = GradingPipeline(grade)
    pipeline.next(Lane.LIVE)
    grade.store.submissions.release(claim, "", grade.clock.now(), grade.clock.now())
    seen: list[list[SubmissionState]] = []
    with pytest.MonkeyPatch.context() as patch:
        start = Grade.start

        def watched(self: Grade, claim: Claim) -> Started | None:
            seen.append(states(service, [innocent, suspect]))
            return start(self, claim)

        patch.setattr(Grade, "start", watched)
        pipeline.next(Lane.LIVE)
    pipeline.finish()
    assert seen == [[GRADED, RUNNING]]


def test_a_student_s_attempts_know_of_each_other(
    service: Service, grade: Grade, hand_in: Callable[..., SubmissionRecord]
) -> None:
    pipeline = GradingPipeline(grade)
    for at in range(2):
        record = hand_in(f"x = {at}\n")
        pipeline.next(Lane.LIVE)
    pipeline.finish()
    report = service.store.submissions.report(record.id)
    assert report is not None and report.report.history is not None
    assert report.report.history.previous_attempt == 1


def test_what_cannot_be_stored_is_not_the_fault_of_the_next_one(
    service: Service,
    grade: Grade,
    hand_in: Callable[..., SubmissionRecord],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    first, second = hand_in("print('first')\n", "a"), hand_in("print('second')\n", "b")
    finish = type(service.store.submissions).finish
    answers: Iterator[bool] = iter([False, True])

    def flaky(self: Any, *given: Any) -> bool:
        if not next(answers):
            raise StoreUnavailable("The database is away.")
        return finish(self, *given)

    monkeypatch.setattr(type(service.store.submissions), "finish", flaky)
    monkeypatch.setattr("grader.service.grade.RETRY_DELAYS", ())
    pipeline = GradingPipeline(grade)
    pipeline.next(Lane.LIVE)
    with pytest.raises(StoreUnavailable):
        pipeline.next(Lane.LIVE)
    pipeline.finish()
    assert states(service, [first, second]) == [QUEUED, GRADED]
    tries = [service.store.submissions.get(one.id).tries for one in (first, second)]
    assert tries == [0, 1]  # the database's trouble costs no try


def test_a_submission_that_cannot_be_measured_goes_back_and_the_one_before_it_is_stored(
    service: Service,
    grade: Grade,
    hand_in: Callable[..., SubmissionRecord],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The fork server fails twice while it measures the second submission."""
    first, second = hand_in("print('measured')\n", "a"), hand_in("print('broken')\n", "b")
    collect = RunningMeasurement.collect
    outcomes: Iterator[bool] = iter([True, False])

    def failing(self: RunningMeasurement) -> Measurement:
        measurement = collect(self)
        if next(outcomes):
            return measurement
        raise EngineFault("The process that inspects files failed twice.")

    monkeypatch.setattr(RunningMeasurement, "collect", failing)
    pipeline = GradingPipeline(grade)
    pipeline.next(Lane.LIVE)
    assert pipeline.next(Lane.LIVE) is not None
    assert states(service, [first, second]) == [GRADED, QUEUED]
    pipeline.finish()
    assert states(service, [first, second]) == [GRADED, QUEUED]
    assert service.store.submissions.get(second.id).tries == 1


def test_what_cannot_be_remembered_holds_up_nobody(
    service: Service,
    grade: Grade,
    hand_in: Callable[..., SubmissionRecord],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    records = [hand_in(f"forgotten = {at}\n", f"s{at}") for at in range(3)]
    refused: list[object] = []

    def away(_: object, inspections: object, at: object) -> None:
        refused.append(inspections)
        raise StoreUnavailable("The database is away.")

    monkeypatch.setattr(MemoryFacts, "put_many", away)
    pipeline = GradingPipeline(grade)
    while pipeline.next(Lane.LIVE):
        pass
    pipeline.finish()
    assert states(service, records) == [GRADED] * 3
    assert len(refused) == 3


@pytest.mark.parametrize("when", ["measured", "graded"])
def test_what_was_measured_of_somebody_who_is_erased_is_forgotten(
    when: str, service: Service, hand_in: Callable[..., SubmissionRecord]
) -> None:
    engine = build_engine(service.settings, service.store.facts)
    pipeline = GradingPipeline(build_grade(service, engine))
    hand_in("print('Ada Lovelace')\n")
    pipeline.next(Lane.LIVE)
    if when == "graded":
        pipeline.finish()
    service.store.retention.erase("ada", "", "test", service.clock.now())
    pipeline.finish()
    engine.close()
    with sqlite3.connect(service.settings.data_dir / "grader.db") as database:
        assert database.execute("SELECT body FROM inspections").fetchall() == []
    database.close()
