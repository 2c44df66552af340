"""Grade the next due submission of a lane: claim, measure, judge, store if the claim holds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from time import sleep

import structlog

from grader.domain.errors import EngineFault, GraderError, StoreUnavailable
from grader.domain.report import build_report
from grader.domain.rubric import Intake
from grader.service.plans import Plans
from grader.service.ports import Clock, Measure, ReadUpload, Store, Waker
from grader.service.records import Claim, Lane, Result, SubmissionRecord

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
class Grade:
    """The use case. ``lease`` is longer than any grading can take; ``pause`` follows a fault."""

    store: Store
    plans: Plans
    read_upload: ReadUpload
    engine: Measure
    clock: Clock
    waker: Waker
    lease: timedelta
    pause: timedelta

    def next(self, lane: Lane) -> SubmissionRecord | None:
        """Grade one submission; ``None`` when nothing is due. A fault puts the row back."""
        claim = self.store.submissions.claim(lane, self.clock.now(), self.lease)
        if claim is None:
            return None
        with structlog.contextvars.bound_contextvars(submission_id=claim.submission.id):
            # Should this process be killed, the log tells what it held.
            log.info("claimed", tries=claim.submission.tries)
            self._grade(claim)
        self.waker.ended(claim.submission.id)
        return claim.submission

    def _grade(self, claim: Claim) -> None:
        try:
            result = self._result(claim)
        except Exception as fault:  # whatever broke, the row must go back and never be lost
            self._give_back(claim, fault)
            return
        held = _patiently(lambda: self.store.submissions.finish(claim, result, self.clock.now()))
        log.info("graded" if held else "claim_lost", status=result.report.status)

    def _result(self, claim: Claim) -> Result:
        record = self.store.rubrics.newest(claim.submission.exercise)
        if record is None:
            raise EngineFault(f"The exercise {claim.submission.exercise} has no rubric.")
        plan = self.plans.of(record)
        submission = self.read_upload(
            claim.data, filename=claim.submission.filename, limits=CEILING
        )
        facts = self.engine.measure(submission, plan.rubric)
        report = build_report(
            plan,
            facts,
            digest=record.digest,
            version=record.version,
            given=self.engine.starter(plan.rubric),
            earlier=self.store.submissions.earlier(claim.submission),
        )
        return Result(report, facts, record)

    def _give_back(self, claim: Claim, fault: Exception) -> None:
        log.error("grading_failed", exc_info=fault)
        known = isinstance(fault, GraderError)
        problem = fault.detail if isinstance(fault, GraderError) else type(fault).__name__
        problem = problem if known else f"grading broke: {problem}"

        def give_back() -> bool:
            now = self.clock.now()
            return self.store.submissions.give_back(claim, problem, now, now + self.pause)

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
