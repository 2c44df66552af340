"""The ports for previews of rubrics, and for measurements that previews need."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from grader.domain.facts import SubmissionFacts
from grader.service.records.previews import (
    CountedAttempt,
    MeasurementClaim,
    MeasurementRecord,
    PreviewRecord,
    Subject,
)


class Previews(Protocol):
    """Stores the texts whose effect was asked for, and reads the class that they would affect."""

    def put(
        self, exercise: str, course: str, text: str, digest: str, *, actor: str, now: datetime
    ) -> PreviewRecord:
        """Store ``text`` with an audit entry, and return its record.

        If the exercise has a record of the same text, that is renewed.
        """

    def get(self, preview: str) -> PreviewRecord | None:
        """Return the record with the id ``preview``, or ``None``."""

    def counted(self, exercise: str) -> Iterator[Sequence[CountedAttempt]]:
        """Yield the counted attempts at ``exercise`` in portions, sorted by student.

        That is each student's newest attempt with a report.
        """


class Measurements(Protocol):
    """Queues what is to be measured for a rubric that was not published, and stores the facts.

    ``probes`` is the key of everything in a rubric that facts depend on
    (:meth:`grader.domain.judging.Basis.key`). Rows of equal probes and subject are one.
    """

    def get_many(self, probes: str, subjects: Collection[str]) -> Mapping[str, MeasurementRecord]:
        """Return the measurements of ``subjects``, by their key; unknown ones are left out."""

    def request(self, preview: PreviewRecord, probes: str, subjects: Sequence[Subject]) -> None:
        """Queue ``subjects`` to be measured for the text of ``preview``, unless they are known.

        An upload that is not stored any more is left out.
        """

    def retry_failed(self, probes: str) -> None:
        """Queue the failed measurements for ``probes`` again, with all tries."""

    def waiting(self, probes: str) -> int:
        """Return how many measurements for ``probes`` are still to be made."""

    def is_due(self, now: datetime) -> bool:
        """Return whether a measurement can be claimed."""

    def claim(self, now: datetime, lease: timedelta, max_tries: int) -> MeasurementClaim | None:
        """Claim the next measurement until ``now + lease``; ``None`` if none is due.

        One whose lease ended is claimed again or, after ``max_tries`` tries, fails.
        """

    def finish(self, claim: MeasurementClaim, facts: SubmissionFacts) -> bool:
        """Store ``facts``, without findings; return whether ``claim`` was valid."""

    def release(self, claim: MeasurementClaim, due_at: datetime) -> bool:
        """Queue a claimed measurement again, due at ``due_at``; return whether ``claim`` was valid.

        The try counts.
        """

    def give_back(self, claim: MeasurementClaim, due_at: datetime) -> bool:
        """Queue a claimed measurement again, as :meth:`release`, but without the try."""

    def fail(self, claim: MeasurementClaim, problem: str) -> bool:
        """End a measurement with the sentence ``problem``; return whether ``claim`` was valid."""
