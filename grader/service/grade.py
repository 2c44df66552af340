"""Grade the next due submission of a lane: claim, look, judge, store if the claim holds."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import timedelta
from time import sleep

import structlog

from grader.domain.errors import EngineFault, GraderError, StoreUnavailable
from grader.domain.facts import SubmissionFacts
from grader.domain.report import Report
from grader.domain.report.building import build_report
from grader.domain.rubric import CompiledRubric
from grader.domain.rubric.policies import Intake
from grader.service.lanes import Lane
from grader.service.ports import Clock, Inspected, Measure, Notifier, ReadUpload, Store
from grader.service.records import Claim, Result, RubricRecord, SubmissionRecord
from grader.service.rubric_cache import RubricCache
from grader.service.score_messages import ScoreMessages

log = structlog.get_logger(__name__)

#: Pauses between tries to store how a grading ended, in seconds: about half a minute in all.
PATIENCE = (0.5, 1.0, 2.0, 4.0, 8.0, 16.0)
#: What was accepted under an older rubric's limits is graded whatever the newest one says.
CEILING = Intake(
    notebooks="accepted",
    max_upload=52_428_800,
    max_entries=20_000,
    max_file=20_971_520,
    max_total=104_857_600,
    max_depth=64,
)


@dataclass(frozen=True)
class Looked:
    """A claimed submission, looked at: all that its report takes. ``given`` is the starter's."""

    claim: Claim
    record: RubricRecord
    compiled: CompiledRubric
    inspected: Inspected
    given: SubmissionFacts | None


@dataclass(frozen=True)
class Grade:
    """The use case. ``lease`` is longer than any grading can take; ``pause`` follows a fault."""

    store: Store
    rubric_cache: RubricCache
    read_upload: ReadUpload
    engine: Measure
    clock: Clock
    notifier: Notifier
    lease: timedelta
    pause: timedelta
    score_messages: ScoreMessages

    def next(self, lane: Lane) -> SubmissionRecord | None:
        """Grade one submission; ``None`` when nothing is due. A fault puts the row back."""
        line = Line(self)
        claimed = line.next(lane)
        line.finish()
        return claimed

    def claim(self, lane: Lane) -> Claim | None:
        """Take the next due submission of a lane."""
        return self.store.submissions.claim(lane, self.clock.now(), self.lease)

    def look(self, claim: Claim, meanwhile: Callable[[], None]) -> Looked | None:
        """Have the files of a claimed submission looked at; ``None`` where that broke.

        The row was put back then. ``meanwhile`` is called once, if it can be while another process
        does the looking.
        """
        with _about(claim):
            # Should this process be killed, the log tells what it held.
            log.info("claimed", tries=claim.submission.tries)
            try:
                return self._looked(claim, meanwhile)
            except Exception as fault:  # whatever broke, the row must go back and never be lost
                self._give_back(claim, fault)
        self.notifier.notify_finished(claim.submission.id)
        return None

    def conclude(self, looked: Looked) -> None:
        """Measure, judge and store what came of it, if the claim still holds; then remember it."""
        claim = looked.claim
        with _about(claim):
            held = False
            try:
                held = _patiently(lambda: self._stored(looked))
            except StoreUnavailable:
                raise  # nothing can be put back either: the end of the lease does that
            except Exception as fault:
                self._give_back(claim, fault)
            self.notifier.notify_finished(claim.submission.id)
            if held:  # else whoever handed in may have been erased
                _remember(looked.inspected)

    def _looked(self, claim: Claim, meanwhile: Callable[[], None]) -> Looked:
        record = self.store.rubrics.newest(claim.submission.exercise)
        if record is None:
            raise EngineFault(f"The exercise {claim.submission.exercise} has no rubric.")
        compiled = self.rubric_cache.of(record)
        given = self.engine.starter(compiled.rubric)
        submission = self.read_upload(
            claim.data, filename=claim.submission.filename, limits=CEILING
        )
        inspected = self.engine.inspect(submission, compiled.rubric, meanwhile)
        return Looked(claim, record, compiled, inspected, given)

    def _stored(self, looked: Looked) -> bool:
        """Whether the claim still held, so that the report is stored."""
        facts = looked.inspected.facts()
        report = self._report(looked, facts)
        now = self.clock.now()
        message = self.score_messages.of(looked.claim, report, looked.record, now)
        result = Result(report, facts, looked.record, message)
        held = self.store.submissions.finish(looked.claim, result, now)
        log.info("graded" if held else "claim_lost", status=report.status)
        return held

    def _report(self, looked: Looked, facts: SubmissionFacts) -> Report:
        record = looked.record
        return build_report(
            looked.compiled,
            facts,
            digest=record.digest,
            version=record.version,
            starter=looked.given,
            earlier=self.store.submissions.earlier(looked.claim.submission),
        )

    def _give_back(self, claim: Claim, fault: Exception) -> None:
        log.error("grading_failed", exc_info=fault)
        known = isinstance(fault, GraderError)
        problem = fault.detail if isinstance(fault, GraderError) else type(fault).__name__
        problem = problem if known else f"grading broke: {problem}"

        def give_back() -> bool:
            now = self.clock.now()
            return self.store.submissions.release(claim, problem, now, now + self.pause)

        _patiently(give_back)


def _patiently(store: Callable[[], bool]) -> bool:
    """Store how a grading ended, also where the database is away for a while.

    Without it the row would wait for the end of its lease, and be graded again. What was stored
    without our hearing of it is not stored twice: the claim is over then.
    """
    for pause in PATIENCE:
        try:
            return store()
        except StoreUnavailable:
            log.warning("store_away", again_in=pause)
            sleep(pause)
    return store()


def _remember(inspected: Inspected) -> None:
    """Nobody waits for this any more, and what is not kept is only looked at again."""
    try:
        inspected.remember()
    except Exception as fault:  # the report is stored: the line goes on
        log.warning("not_remembered", exc_info=fault)


class Line:
    """One submission after another: while one is being looked at, the one before is concluded.

    The tools run in another process, which so has never to wait for a report to be stored.
    They are concluded in the order in which they were claimed. Call :meth:`finish` at the end.
    """

    def __init__(self, grade: Grade) -> None:
        self._grade = grade
        self._waiting: Looked | None = None
        self._broken: Exception | None = None

    def next(self, lane: Lane) -> SubmissionRecord | None:
        """Claim the next submission and look at it; ``None`` when nothing is due."""
        claim = self._grade.claim(lane)
        if claim is None:
            return None
        looked = self._grade.look(claim, self._conclude)
        try:
            self.finish()
        finally:
            self._waiting = looked
        return claim.submission

    def finish(self) -> None:
        """Conclude what waits for it.

        Raises:
            Exception: whatever broke while the last one was concluded; its lease brings it back.
        """
        self._conclude()
        broken, self._broken = self._broken, None
        if broken is not None:
            raise broken

    def _conclude(self) -> None:
        """Where this breaks it is not the fault of the submission that is being looked at."""
        waiting, self._waiting = self._waiting, None
        if waiting is not None:
            try:
                self._grade.conclude(waiting)
            except Exception as error:
                self._broken = error


def _about(claim: Claim) -> AbstractContextManager[object]:
    """What is logged meanwhile is about this submission."""
    return structlog.contextvars.bound_contextvars(submission_id=claim.submission.id)
