"""Measure what a rubric that is not published needs and nobody has measured, in the workers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import structlog

from grader.domain.errors import GraderError, StoreUnavailable
from grader.domain.facts import SubmissionFacts
from grader.domain.judging import Basis
from grader.service.grade import MAX_INTAKE
from grader.service.host import Host
from grader.service.ports import Clock, Measure, Measurement, ReadUpload, Store
from grader.service.records import MeasurementClaim
from grader.service.rubric_cache import RubricCache

log = structlog.get_logger(__name__)

#: How long a claim lasts: far longer than a measurement takes. It is not renewed: if two workers
#: measure the same, they store the same facts.
LEASE = timedelta(seconds=60)
#: How often a measurement is started. Chosen by hand, as for submissions.
MAX_TRIES = 3
_ELSEWHERE = "Another release of the service asked for it. Ask for the preview again."


@dataclass(frozen=True)
class MeasureRequested:
    """The use case by which a worker makes one requested measurement after another.

    ``host`` tells whether it is to blame for a fault: such a try does not count. ``pause`` is the
    time before a measurement is tried again.
    """

    store: Store
    rubric_cache: RubricCache
    read_upload: ReadUpload
    engine: Measure
    clock: Clock
    host: Host
    pause: timedelta

    def next(self) -> MeasurementClaim | None:
        """Make the next measurement; return its claim, also if it failed, ``None`` if none is due.

        Raises:
            StoreUnavailable: the database is away. What was claimed is due when its lease ends.
        """
        if not self.host.is_well():
            return None
        claim = self.store.measurements.claim(self.clock.now(), LEASE, MAX_TRIES)
        if claim is None:
            return None
        with structlog.contextvars.bound_contextvars(subject=claim.subject[:16]):
            try:
                self._measure(claim)
            except StoreUnavailable:
                raise
            except Exception as fault:  # whatever failed, the next one is measured all the same
                self._put_back(claim, fault)
        return claim

    def _measure(self, claim: MeasurementClaim) -> None:
        """Make the measurement of ``claim``, and store its facts if they are certain.

        Raises:
            GraderError: the rubric or the upload cannot be read, or the engine failed.
        """
        compiled = self.rubric_cache.text(claim.text, claim.digest)
        if Basis.of(compiled).key(self.engine.identity) != claim.probes:
            # Another release asked for it, e.g. during an upgrade: its workers have some minutes.
            if claim.tries < MAX_TRIES:
                self.store.measurements.release(claim, self.clock.now() + LEASE)
            else:
                self.store.measurements.fail(claim, _ELSEWHERE)
            return
        if claim.data is None:
            starter = self.engine.starter(compiled.rubric)
            assert starter is not None, "only those of a rubric with starter files are asked for"
            self._finish(claim, starter)
            return
        submission = self.read_upload(claim.data, filename=claim.filename, limits=MAX_INTAKE)
        measurement = self.engine.start(submission, compiled.rubric).collect()
        if self._is_final(claim, measurement) and self._finish(claim, measurement.facts()):
            measurement.remember()  # if the claim was lost, the student may have been erased

    def _finish(self, claim: MeasurementClaim, facts: SubmissionFacts) -> bool:
        """Store ``facts``; return whether ``claim`` was still valid."""
        held = self.store.measurements.finish(claim, facts)
        log.info("measured" if held else "claim_lost")
        return held

    def _is_final(self, claim: MeasurementClaim, measurement: Measurement) -> bool:
        """Return whether to store ``measurement``; if not, queue it again.

        Not to be stored are failures that the next try may not repeat, as long as there is one.
        """
        doubts = measurement.doubts()
        if not doubts:
            return True
        log.warning("inspections_failed", reasons=list(doubts))
        if self.host.is_to_blame(None, claim.subject):
            self.store.measurements.give_back(claim, self.clock.now() + self.pause)
            return False
        if claim.tries >= MAX_TRIES:
            return True
        self.store.measurements.release(claim, self.clock.now() + self.pause)
        return False

    def _put_back(self, claim: MeasurementClaim, fault: Exception) -> None:
        """Queue ``claim`` again after ``fault`` or, after its last try, store why it failed."""
        log.error("measuring_failed", exc_info=fault)
        due_at = self.clock.now() + self.pause
        if self.host.is_to_blame(fault, claim.subject):
            self.store.measurements.give_back(claim, due_at)
        elif claim.tries < MAX_TRIES:
            self.store.measurements.release(claim, due_at)
        else:
            self.store.measurements.fail(claim, _problem(fault))


def _problem(fault: Exception) -> str:
    """Return a sentence for staff about ``fault``."""
    if isinstance(fault, GraderError):
        return fault.detail
    return f"Measuring broke: {type(fault).__name__}."
