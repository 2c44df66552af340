"""The result of a grading that is to be stored, and a report as it was stored."""

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
    """The result of a grading: a report, and the facts and rubric that it was computed from.

    It is stored in one transaction, or not at all if the claim was lost. If the submission has a
    graded report of the same rubric and engine version, that one stays, and report and facts are
    not stored. ``score_message`` is added to the outbox only with a report that is stored and whose
    status is ``graded``; it is ``None`` if no score is to be sent.
    """

    report: Report
    facts: SubmissionFacts
    rubric: RubricRecord
    score_message: ScoreMessage | None = None


@dataclass(frozen=True)
class StoredReport:
    """A stored report with its submission, as that was when both were read.

    ``graded_at`` is when the report was stored, also if its status is ``needs_attention``.
    """

    submission: SubmissionRecord
    report: Report
    rubric_version: int
    graded_at: datetime
