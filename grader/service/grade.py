"""Grade due submissions: claim one, start measuring it, collect its facts, store its report.

A worker grades through a :class:`GradingPipeline`, which stores the report of one submission while
another process measures the next. A report is stored only if the claim of its submission is still
valid, and any failure puts the submission back into the queue. A failure of which the host is to
blame (:mod:`grader.service.host`) costs the submission none of its tries.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import timedelta
from time import sleep

import structlog

from grader.domain.errors import EngineFault, GraderError, StoreUnavailable
from grader.domain.facts import SubmissionFacts
from grader.domain.report.building import build_report
from grader.domain.rubric import CompiledRubric
from grader.domain.rubric.policies import Intake
from grader.service.host import Host
from grader.service.lanes import Lane
from grader.service.leases import Leases
from grader.service.ports import (
    Clock,
    Measure,
    Measurement,
    Notifier,
    ReadUpload,
    RunningMeasurement,
    Store,
)
from grader.service.records import Claim, Result, RubricRecord, SubmissionRecord
from grader.service.rubric_cache import RubricCache
from grader.service.score_messages import ScoreMessages
from grader.service.stored_facts import StoredFacts, stored_facts

log = structlog.get_logger(__name__)

#: Seconds between attempts to store the end of a grading while the database is away: half a minute
#: in all, enough for a restart or failover of PostgreSQL. Chosen by hand.
RETRY_DELAYS = (0.5, 1.0, 2.0, 4.0, 8.0, 16.0)
#: Doubtful failures that the next try would repeat on a host that is well: their report is made at
#: once. The others are tried again, and reported after the last try.
_REPEATED = frozenset({"memory"})
#: The largest limits of intake that a rubric can set. A submission was accepted under the limits
#: of its time; a newer rubric with lower limits must not make it unreadable.
MAX_INTAKE = Intake(
    notebooks="accepted",
    max_upload=52_428_800,
    max_entries=20_000,
    max_file=20_971_520,
    max_total=104_857_600,
    max_depth=64,
)


@dataclass(frozen=True)
class Started:
    """A claimed submission that is being measured: the result of :meth:`Grade.start`.

    ``record`` is the rubric that the submission is graded by, as stored, and ``compiled`` the same
    rubric, ready to use. ``starter`` are the facts of the rubric's starter files, ``None`` if there
    are none. ``running`` is the measurement.
    """

    claim: Claim
    record: RubricRecord
    compiled: CompiledRubric
    starter: SubmissionFacts | None
    running: RunningMeasurement


@dataclass(frozen=True)
class Measured:
    """A claimed submission whose measurement has ended: the result of :meth:`Grade.collect`.

    :meth:`Grade.finish` then makes and stores its report.
    """

    started: Started
    measurement: Measurement


@dataclass(frozen=True)
class Grade:
    """The use case that grades queued submissions: claim, measure and judge one, store its report.

    The steps are :meth:`claim`, :meth:`start`, :meth:`collect` and :meth:`finish`. :meth:`next`
    does all for one submission; :class:`GradingPipeline` calls them one by one. ``leases`` has the
    claims that are worked on; whose lease ends, e.g. because its worker died, is queued again or,
    after ``max_tries`` tries, needs attention. ``host`` tells whether it is to blame for a fault.
    ``pause`` is the time that a submission waits in the queue after a fault.
    """

    store: Store
    rubric_cache: RubricCache
    read_upload: ReadUpload
    engine: Measure
    clock: Clock
    notifier: Notifier
    leases: Leases
    host: Host
    max_tries: int
    pause: timedelta
    score_messages: ScoreMessages

    def next(self, lane: Lane) -> SubmissionRecord | None:
        """Grade the next due submission of ``lane`` from claim to report.

        Return its record at the time of the claim, also if grading failed; ``None`` if none is due.

        Raises:
            StoreUnavailable: the database stayed away. A submission that was claimed is queued
                again, or needs attention after its last try, when its lease has ended.
        """
        pipeline = GradingPipeline(self)
        claimed = pipeline.next(lane)
        pipeline.finish()
        return claimed

    def claim(self, lane: Lane) -> Claim | None:
        """Claim the next due submission of ``lane`` and hold the lease; ``None`` if none is due."""
        claim = self.store.submissions.claim(lane, self.clock.now(), self.leases.lease)
        if claim is not None:
            self.leases.hold(claim)
        return claim

    def start(self, claim: Claim) -> Started | None:
        """Start measuring the submission of ``claim``; return ``None`` if that failed.

        A failure is logged. The submission is then back in the queue, or needs attention after its
        last try, unless the claim was lost. In all three cases the notifier tells requests that
        wait for its report.

        Raises:
            StoreUnavailable: It failed, and the submission could not be put back either.
        """
        with _log_context(claim):
            # If this process is killed, the log shows which submission it was working on.
            log.info("claimed", tries=claim.submission.tries)
            try:
                return self._start(claim)
            except Exception as fault:  # whatever failed, the submission must not be lost
                self._put_back(claim, fault)
        self.notifier.notify_finished(claim.submission.id)
        return None

    def collect(self, started: Started) -> Measured | None:
        """Wait until the submission is measured; return ``None`` if that failed.

        It failed, too, if inspections failed that the next try may not repeat, unless this is the
        last try. A failure is logged. The submission is then back in the queue, or needs attention
        after its last try, unless the claim was lost. In all three cases the notifier tells
        requests that wait for its report.

        Raises:
            StoreUnavailable: It failed, and the submission could not be put back either.
        """
        with _log_context(started.claim):
            try:
                measurement = started.running.collect()
                if self._is_final(started.claim, measurement):
                    return Measured(started, measurement)
            except Exception as fault:  # whatever failed, the submission must not be lost
                self._put_back(started.claim, fault)
        self.notifier.notify_finished(started.claim.submission.id)
        return None

    def finish(self, measured: Measured) -> None:
        """Make the report of a measured submission, store it with the facts, and cache the facts.

        If the claim was lost, this is logged and nothing is stored. A failure of the cache is only
        logged. Any other failure but the one below puts the submission back into the queue or,
        after its last try, marks it as needing attention. In all these cases, and if nothing
        failed, the notifier tells requests that wait for the report.

        Raises:
            StoreUnavailable: The database stayed away. The submission is queued again without this
                try as soon as the database is back, or with it when its lease ends first.
        """
        claim = measured.started.claim
        with _log_context(claim):
            stored = False
            try:
                stored = _retry_while_store_is_away(lambda: self._store_report(measured))
            except StoreUnavailable:
                self.leases.give_back(claim, self.clock.now())
                raise
            except Exception as fault:
                self._put_back(claim, fault)
            self.leases.let_go(claim)
            self.notifier.notify_finished(claim.submission.id)
            if stored:  # if the claim was lost, the student may have been erased: cache nothing
                _cache_facts(measured.measurement)

    def _start(self, claim: Claim) -> Started:
        """Start to measure the upload of ``claim`` for the newest rubric, or take stored facts.

        Raises:
            EngineFault: The exercise has no rubric, or the engine failed.
            BadArchive: The upload cannot be read.
        """
        record = self.store.rubrics.newest(claim.submission.exercise)
        if record is None:
            raise EngineFault(f"The exercise {claim.submission.exercise} has no rubric.")
        compiled = self.rubric_cache.of(record)
        starter = self.engine.starter(compiled.rubric)
        running = self._measured_before(claim, compiled) or self._measure(claim, compiled)
        return Started(claim, record, compiled, starter, running)

    def _measured_before(self, claim: Claim, compiled: CompiledRubric) -> StoredFacts | None:
        """Return stored facts of a submission that is graded again, if they serve; else None."""
        if claim.submission.lane is not Lane.REGRADE:
            return None
        submission, engine = claim.submission, self.engine.identity
        return stored_facts(self.store, self.rubric_cache, submission, compiled, engine)

    def _measure(self, claim: Claim, compiled: CompiledRubric) -> RunningMeasurement:
        """Read the upload of ``claim`` and start to measure it. Raises as :meth:`_start`."""
        submission = self.read_upload(
            claim.data, filename=claim.submission.filename, limits=MAX_INTAKE
        )
        return self.engine.start(submission, compiled.rubric)

    def _store_report(self, measured: Measured) -> bool:
        """Judge and store the report; return whether the claim was still valid."""
        started = measured.started
        facts = measured.measurement.facts()
        report = build_report(
            started.compiled,
            facts,
            digest=started.record.digest,
            version=started.record.version,
            starter=started.starter,
            earlier=self.store.submissions.earlier(started.claim.submission),
        )
        now = self.clock.now()
        message = self.score_messages.of(started.claim, report, started.record, now)
        result = Result(report, facts, started.record, message)
        held = self.store.submissions.finish(started.claim, result, now)
        log.info("graded" if held else "claim_lost", status=report.status)
        return held

    def _is_final(self, claim: Claim, measurement: Measurement) -> bool:
        """Return whether to report ``measurement``; if not, put the submission of ``claim`` back.

        Not to be reported is what was measured under a lost claim, on a host in trouble, or with
        failures that the next try may not repeat, as long as there is one.

        Raises:
            StoreUnavailable: The database stayed away.
        """
        if self.leases.is_lost(claim):
            self.leases.let_go(claim)
            return False
        doubts = measurement.doubts()
        if not doubts:
            return True
        log.warning("inspections_failed", reasons=list(doubts))
        if self.host.is_to_blame(None, claim.submission.id):
            self.leases.give_back(claim, self.clock.now() + self.pause)
        elif claim.submission.tries >= self.max_tries or _REPEATED.issuperset(doubts):
            return True
        else:
            self._release(claim, f"Inspections failed: {', '.join(doubts)}.")
        return False

    def _put_back(self, claim: Claim, fault: Exception) -> None:
        """Put the submission of ``claim`` back into the queue after ``fault``.

        If the host is to blame, this costs no try; otherwise the submission needs attention after
        its last try. Nothing happens if the claim was lost.

        Raises:
            StoreUnavailable: The database stayed away.
        """
        if self.leases.is_lost(claim):  # and perhaps the fault is that this worker was told to stop
            log.info("grading_dropped", reason=type(fault).__name__)
            self.leases.let_go(claim)
            return
        log.error("grading_failed", exc_info=fault)
        if self.host.is_to_blame(fault, claim.submission.id):
            self.leases.give_back(claim, self.clock.now() + self.pause)
        elif isinstance(fault, GraderError):
            self._release(claim, fault.detail)
        else:
            self._release(claim, f"grading broke: {type(fault).__name__}")

    def _release(self, claim: Claim, problem: str) -> None:
        """Queue the submission of ``claim`` again, or park it after its last try with ``problem``.

        Raises:
            StoreUnavailable: The database stayed away.
        """

        def release() -> bool:
            """Release the claim; return whether it was still valid."""
            now = self.clock.now()
            return self.store.submissions.release(claim, problem, now, now + self.pause)

        try:
            _retry_while_store_is_away(release)
        finally:
            self.leases.let_go(claim)


class GradingPipeline:
    """Grades one submission after another, and overlaps measuring with storing.

    The tools run in another process, which measures the next submission while this process stores
    the report of the one before: about 10 % more submissions an hour. A submission that was tried
    before may end this process, so it waits until that report is stored. Reports are stored in the
    order of the claims. The last report is stored only when :meth:`finish` is called.
    """

    def __init__(self, grade: Grade) -> None:
        self._grade = grade
        self._measured: Measured | None = None

    def next(self, lane: Lane) -> SubmissionRecord | None:
        """Claim and measure the next submission of ``lane``, and store the previous one's report.

        Return the record of the claimed submission, also if measuring it failed. If none is due,
        or while the host is in trouble, return ``None`` and store nothing: call :meth:`finish`
        then.

        Raises:
            Exception: As :meth:`finish`, about the previous submission. The submission that was
                claimed is measured all the same.
            StoreUnavailable: Nothing could be claimed, or the claimed submission could neither be
                measured nor put back.
        """
        claim = self._grade.claim(lane) if self._grade.host.is_well() else None
        if claim is None:
            return None
        try:
            if claim.submission.tries > 1:
                # It may end this process: the report of another one must not be lost with it.
                self.finish()
        finally:
            self._measure(claim)
        return claim.submission

    def _measure(self, claim: Claim) -> None:
        """Measure the submission of ``claim``; store the previous report, if any, meanwhile."""
        started = self._grade.start(claim)
        try:
            self.finish()
        finally:
            self._measured = self._grade.collect(started) if started is not None else None

    def finish(self) -> None:
        """Store the report of the submission that was measured last, unless that was done before.

        Raises:
            Exception: The report could not be stored, nor the submission put back; most often
                ``StoreUnavailable``. The submission is queued again, or needs attention after its
                last try, when its lease has ended.
        """
        measured, self._measured = self._measured, None
        if measured is not None:
            self._grade.finish(measured)


def _retry_while_store_is_away(store: Callable[[], bool]) -> bool:
    """Call ``store`` until it does not raise StoreUnavailable, and return its result.

    Without retries the submission would wait for the end of its lease and be graded again. If the
    database stored it but the answer was lost, the next attempt finds that the claim has ended.

    Raises:
        StoreUnavailable: The database is still away after the last of :data:`RETRY_DELAYS`.
    """
    for delay in RETRY_DELAYS:
        try:
            return store()
        except StoreUnavailable:
            log.warning("store_away", again_in=delay)
            sleep(delay)
    return store()


def _cache_facts(measurement: Measurement) -> None:
    """Cache the facts of ``measurement``; a failure is logged and costs measuring them again."""
    try:
        measurement.remember()
    except Exception as fault:  # the report is stored already
        log.warning("not_remembered", exc_info=fault)


def _log_context(claim: Claim) -> AbstractContextManager[object]:
    """Return a context in which every log line has the id of the submission of ``claim``."""
    return structlog.contextvars.bound_contextvars(submission_id=claim.submission.id)
