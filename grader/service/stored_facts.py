"""Judge again by stored facts: a submission that was measured before is not measured again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from grader.domain.errors import BadRubric
from grader.domain.facts import EngineIdentity, SubmissionFacts
from grader.domain.judging import Basis, serves
from grader.domain.rubric import CompiledRubric
from grader.service.ports import Store
from grader.service.records import SubmissionRecord
from grader.service.rubric_cache import RubricCache


@dataclass(frozen=True)
class StoredFacts:
    """A measurement that ended long ago: the facts of the submission's newest report.

    It takes the place of a ``RunningMeasurement`` and of its ``Measurement``.
    """

    stored: SubmissionFacts

    def collect(self) -> StoredFacts:
        """Return this measurement, at once."""
        return self

    def facts(self) -> SubmissionFacts:
        """Return the facts with their findings."""
        return self.stored

    def doubts(self) -> Sequence[str]:
        """Return no reasons: facts with inspections that failed are never used again."""
        return ()

    def remember(self) -> None:
        """Store nothing: the facts were cached when they were measured."""


def stored_facts(
    store: Store,
    rubric_cache: RubricCache,
    submission: SubmissionRecord,
    compiled: CompiledRubric,
    engine: EngineIdentity,
) -> StoredFacts | None:
    """Return the facts of the newest report of ``submission``, if they serve for ``compiled``.

    ``None`` if there is no report, if ``engine`` or ``compiled`` asks for something that was not
    measured, if an inspection failed, or if the rubric of that report can no longer be read.
    """
    version = store.submissions.judged_by(submission.id)
    judged_by = None if version is None else store.rubrics.version(submission.exercise, version)
    if judged_by is None:
        return None
    try:
        measured_on = Basis.of(rubric_cache.of(judged_by))
    except BadRubric:
        return None
    needed = Basis.of(compiled)
    if not measured_on.covers(needed):  # before reading what may be large
        return None
    found = store.submissions.facts(submission.id)
    if found is None or not serves(found, measured_on, needed, engine):
        return None
    return StoredFacts(found)
