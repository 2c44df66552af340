"""A report with its facts: to be stored, and as stored."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from grader.domain.facts import SubmissionFacts
from grader.domain.report import Report
from grader.service.records.passbacks import ScoreMessage
from grader.service.records.rubrics import RubricRecord
from grader.service.records.submissions import SubmissionRecord


@dataclass(frozen=True)
class Result:
    """The result of a grading, stored in one transaction, or not at all if the claim was lost.

    ``score_message`` goes to the outbox with the report if it was graded.
    """

    report: Report
    facts: SubmissionFacts
    rubric: RubricRecord
    score_message: ScoreMessage | None = None


@dataclass(frozen=True)
class StoredReport:
    """A stored report with its submission."""

    submission: SubmissionRecord
    report: Report
    rubric_version: int
    graded_at: datetime
