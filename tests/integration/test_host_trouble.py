"""Trouble of the host spends no try of a submission, and a submission's own trouble does."""

from __future__ import annotations

import errno
import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace
from datetime import timedelta

import pytest
import structlog

from grader.bootstrap import Service, build_engine, build_grade
from grader.domain.errors import EngineFault, StoreUnavailable
from grader.domain.rubric import Rubric
from grader.domain.source import Submission
from grader.engine.forkserver import ForkServer
from grader.engine.measuring.engine import Engine
from grader.engine.measuring.measurement import Measurement, RunningMeasurement
from grader.isolation import build_fork_server
from grader.service.access import Principal
from grader.service.grade import Grade
from grader.service.lanes import Lane
from grader.service.records import SubmissionRecord, SubmissionState
from grader.service.submit import Upload
from tests.integration.conftest import COURSE, EXERCISE
from tests.processes import children_of
from workers.keeper import Keeper
from workers.shared_times import SharedTimes

QUEUED, PARKED = SubmissionState.QUEUED, SubmissionState.NEEDS_ATTENTION
KILLED = EngineFault("The process that inspects files failed twice: it has closed its pipe.")


@pytest.fixture
def grade(service: Service, engine: Engine) -> Grade:
    """Return the use case, with no pause before a submission is tried again."""
    service.seed()
    return replace(build_grade(service, engine), pause=timedelta(0))


@pytest.fixture
def hand_in(service: Service, zipped: Callable[..., bytes]) -> Callable[[str], SubmissionRecord]:
    """Return a function: ``hand_in(student)`` is the record of a new submission of a program."""

    def send(student: str, text: str = "") -> SubmissionRecord:
        rubric = service.store.rubrics.newest(EXERCISE)
        assert rubric is not None
        admission = service.submit.admit_event(Principal.of_source("test", COURSE), rubric)
        data = zipped({"main.py": text or f"print('{student}')\n"})
        upload = Upload(student=student, filename="a.zip", data=data, source="")
        return service.submit(admission, upload).record

    return send


@pytest.fixture
def now_is() -> Iterator[Callable[[float], None]]:
    """Return a function that sets the monotonic clock of the host's pauses."""
    with pytest.MonkeyPatch.context() as patch:

        def set_to(seconds: float) -> None:
            patch.setattr("grader.service.host.monotonic", lambda: seconds)

        set_to(0)
        yield set_to


def break_measuring(patch: pytest.MonkeyPatch, fault: Exception) -> None:
    """Let every measurement of a submission raise ``fault``; not that of the file of our own."""

    def failing(self: RunningMeasurement) -> Measurement:
        raise fault

    patch.setattr(RunningMeasurement, "collect", failing)


def break_host(patch: pytest.MonkeyPatch, fault: Exception) -> None:
    """Let the measurement of the file of our own raise ``fault`` as well."""
    break_measuring(patch, fault)

    def failing(self: Engine) -> None:
        raise fault

    patch.setattr(Engine, "examine", failing)


def test_trouble_of_the_host_spends_no_try_and_stops_at_the_first_submission(
    service: Service,
    grade: Grade,
    hand_in: Callable[[str], SubmissionRecord],
    now_is: Callable[[float], None],
) -> None:
    records = [hand_in(f"s{at}") for at in range(4)]
    with pytest.MonkeyPatch.context() as patch, structlog.testing.capture_logs() as logs:
        break_host(patch, KILLED)
        for second in range(120):
            now_is(second)
            grade.next(Lane.LIVE)
    left = [service.store.submissions.get(record.id) for record in records]
    assert {(one.state, one.tries) for one in left} == {(QUEUED, 0)}
    said = [line["event"] for line in logs]
    assert said.count("host_in_trouble") == said.count("grading_failed") == 1
    (worker,) = service.store.workers.all()
    assert worker.trouble == KILLED.detail
    assert worker.trouble_since is not None

    now_is(500)
    with structlog.testing.capture_logs() as logs:
        while grade.next(Lane.LIVE):
            pass
    states = {service.store.submissions.get(record.id).state for record in records}
    assert states == {SubmissionState.GRADED}
    assert [line["event"] for line in logs].count("host_well_again") == 1
    (worker,) = service.store.workers.all()
    assert (worker.trouble, worker.trouble_since) == ("", None)


def test_pauses_grow_to_their_limit(grade: Grade, now_is: Callable[[float], None]) -> None:
    looks, now = [], 0.0
    with pytest.MonkeyPatch.context() as patch:
        break_host(patch, KILLED)
        assert grade.host.is_to_blame(KILLED, "s")
        while now < 400:
            now += 0.25
            now_is(now)
            before = grade.host._resume_at
            assert not grade.host.is_well()
            if grade.host._resume_at != before:
                looks.append(now)
    pauses = [after - before for before, after in zip(looks, looks[1:], strict=False)]
    assert pauses[0] <= 2.25
    assert max(pauses) <= 60.25
    assert all(after >= before / 2 for before, after in zip(pauses, pauses[1:], strict=False))
    assert 8 < len(looks) < 20


def test_a_submission_that_is_to_blame_is_parked_and_the_others_are_graded(
    service: Service,
    grade: Grade,
    hand_in: Callable[[str], SubmissionRecord],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    poison, others = hand_in("poison"), [hand_in(f"s{at}") for at in range(3)]
    collect = RunningMeasurement.collect

    def failing(self: RunningMeasurement) -> Measurement:
        measurement = collect(self)
        if b"poison" in self.plan.files[0].data:
            raise KILLED
        return measurement

    monkeypatch.setattr(RunningMeasurement, "collect", failing)
    while grade.next(Lane.LIVE):
        pass
    parked = service.store.submissions.get(poison.id)
    assert (parked.state, parked.tries) == (PARKED, 3)
    assert parked.problem == KILLED.detail
    states = {service.store.submissions.get(record.id).state for record in others}
    assert states == {SubmissionState.GRADED}


@contextmanager
def killing(fork_server: ForkServer) -> Iterator[None]:
    """Kill every child of ``fork_server`` as it comes, as the kernel does for want of memory."""
    ended = threading.Event()

    def kill() -> None:
        while not ended.wait(0.002):
            for child in children_of(fork_server.pid or 0):
                with suppress(ProcessLookupError):
                    os.kill(child, signal.SIGKILL)

    thread = threading.Thread(target=kill)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def test_a_submission_that_really_kills_its_child_is_parked_and_the_others_are_graded(
    service: Service,
    hand_in: Callable[..., SubmissionRecord],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    service.seed()
    lines = "\n".join(f"poison_{at} = [{at}, {at}]" for at in range(1_500))
    poison, others = hand_in("poison", lines), [hand_in(f"s{at}") for at in range(3)]
    start = Engine.start
    with ExitStack() as stack, build_fork_server(service.settings) as fork_server:
        engine = build_engine(service.settings, fork_server=fork_server)
        grade = replace(build_grade(service, engine), pause=timedelta(0))

        def starting(self: Engine, submission: Submission, rubric: Rubric) -> RunningMeasurement:
            if b"poison" in submission.files[0].data:
                stack.enter_context(killing(fork_server))
            return start(self, submission, rubric)

        def collecting(self: RunningMeasurement) -> Measurement:
            try:
                return collect(self)
            finally:
                stack.close()

        collect = RunningMeasurement.collect
        monkeypatch.setattr(Engine, "start", starting)
        monkeypatch.setattr(RunningMeasurement, "collect", collecting)
        while grade.next(Lane.LIVE):
            pass
    parked = service.store.submissions.get(poison.id)
    assert (parked.state, parked.tries) == (PARKED, 3)
    assert "readable on main.py" in parked.problem
    states = {service.store.submissions.get(record.id).state for record in others}
    assert states == {SubmissionState.GRADED}
    assert [one.trouble for one in service.store.workers.all()] == [""]


@pytest.mark.parametrize("reasons", [("killed",), ("timeout", "no_child")])
def test_inspections_that_the_host_may_have_broken_are_made_again(
    service: Service,
    grade: Grade,
    hand_in: Callable[[str], SubmissionRecord],
    monkeypatch: pytest.MonkeyPatch,
    reasons: tuple[str, ...],
) -> None:
    """After the last try there is a report, with everything that did run."""
    record = hand_in("ada")
    monkeypatch.setattr(Measurement, "doubts", lambda self: reasons)
    for tries in (1, 2):
        grade.next(Lane.LIVE)
        left = service.store.submissions.get(record.id)
        assert (left.state, left.tries) == (QUEUED, tries)
        assert service.store.submissions.report(record.id) is None
    grade.next(Lane.LIVE)
    assert service.store.submissions.report(record.id) is not None


def test_memory_that_a_submission_wants_is_its_own_trouble_on_a_host_that_is_well(
    service: Service,
    grade: Grade,
    hand_in: Callable[[str], SubmissionRecord],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    record = hand_in("ada")
    monkeypatch.setattr(Measurement, "doubts", lambda self: ("memory",))
    grade.next(Lane.LIVE)
    assert service.store.submissions.report(record.id) is not None


@pytest.mark.parametrize(
    "fault", [OSError(errno.ENOSPC, "No space left"), OSError(errno.EMFILE, "files"), MemoryError()]
)
def test_a_shortage_that_has_passed_is_spared_three_times(
    service: Service,
    grade: Grade,
    hand_in: Callable[[str], SubmissionRecord],
    monkeypatch: pytest.MonkeyPatch,
    fault: Exception,
) -> None:
    """The submission may be what causes it, so it is not spared for ever."""
    record = hand_in("ada")
    break_measuring(monkeypatch, fault)
    tries = []
    for _ in range(6):
        grade.next(Lane.LIVE)
        tries.append(service.store.submissions.get(record.id).tries)
    assert tries == [0, 0, 0, 1, 2, 3]
    assert service.store.submissions.get(record.id).state is PARKED


def test_a_database_that_is_away_spends_no_try(
    service: Service,
    grade: Grade,
    hand_in: Callable[[str], SubmissionRecord],
    monkeypatch: pytest.MonkeyPatch,
    now_is: Callable[[float], None],
) -> None:
    """Neither while the report is to be stored, nor while the claim is to be given back."""
    record = hand_in("ada")
    away = StoreUnavailable("The database does not answer.")

    def refuse(*_: object) -> bool:
        raise away

    submissions = type(service.store.submissions)
    monkeypatch.setattr("grader.service.grade.RETRY_DELAYS", ())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(submissions, "finish", refuse)
        patch.setattr(submissions, "give_back", refuse)
        with pytest.raises(StoreUnavailable):
            grade.next(Lane.LIVE)
        with pytest.raises(StoreUnavailable):
            grade.leases.renew()
    assert service.store.submissions.get(record.id).tries == 1
    grade.leases.renew()
    left = service.store.submissions.get(record.id)
    assert (left.state, left.tries) == (QUEUED, 0)


def test_a_lost_claim_is_dropped_before_it_is_judged(
    service: Service,
    grade: Grade,
    hand_in: Callable[[str], SubmissionRecord],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    record = hand_in("ada")
    collect = RunningMeasurement.collect

    def while_the_lease_ends(self: RunningMeasurement) -> Measurement:
        service.store.submissions.sweep(grade.clock.now() + timedelta(days=1))
        grade.leases.renew()
        return collect(self)

    monkeypatch.setattr(RunningMeasurement, "collect", while_the_lease_ends)
    grade.next(Lane.LIVE)
    left = service.store.submissions.get(record.id)
    assert (left.state, left.tries) == (QUEUED, 1)
    assert not grade.leases.busy


@pytest.mark.parametrize("seconds", [0.0, 3_600.0])
def test_a_worker_that_is_told_to_stop_finishes_or_gives_back_without_a_try(
    service: Service,
    grade: Grade,
    hand_in: Callable[[str], SubmissionRecord],
    monkeypatch: pytest.MonkeyPatch,
    seconds: float,
) -> None:
    record, times, interrupted = hand_in("ada"), SharedTimes(), []
    keeper = Keeper(
        grade.leases,
        grade.host,
        times,
        stop_seconds=seconds,
        interrupt=lambda: interrupted.append(1),
    )
    collect = RunningMeasurement.collect

    def while_it_stops(self: RunningMeasurement) -> Measurement:
        keeper.tick()
        assert not interrupted
        times.stop()
        for _ in range(3):
            keeper.tick()
        if interrupted:
            raise KILLED
        return collect(self)

    monkeypatch.setattr(RunningMeasurement, "collect", while_it_stops)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Engine, "examine", lambda self: pytest.fail("nobody is to blame"))
        grade.next(Lane.LIVE)
    left = service.store.submissions.get(record.id)
    if seconds:
        assert (left.state, interrupted) == (SubmissionState.GRADED, [])
    else:
        assert (left.state, left.tries, interrupted) == (QUEUED, 0, [1])
    assert times.busy_at > 0


def test_a_claim_is_renewed_while_it_is_worked_on_but_not_for_ever(
    service: Service, grade: Grade, hand_in: Callable[[str], SubmissionRecord]
) -> None:
    record = hand_in("ada")
    claim = grade.claim(Lane.LIVE)
    assert claim is not None
    lease, begun = grade.leases.lease, grade.clock.now()
    grade.leases.renew()
    assert service.store.submissions.sweep(begun + lease * 0.99).requeued == 0

    class Later:
        """A clock that is a day ahead."""

        def now(self) -> object:
            return begun + timedelta(days=1)

    grade.leases._clock = Later()  # type: ignore[assignment]  # a hanging process, a day later
    grade.leases.renew()
    assert service.store.submissions.sweep(begun + lease * 2).requeued == 1
    assert service.store.submissions.get(record.id).state is QUEUED
