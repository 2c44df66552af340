"""Immutable records that the use cases and the store exchange.

Times are aware datetimes in UTC. Ids are UUIDv7 strings, which sort by creation time.
"""

from grader.service.records.audit_log import AuditEntry, AuditQuery
from grader.service.records.marks import Mark
from grader.service.records.pages import Page
from grader.service.records.passbacks import Passback, PassbackState, ScoreMessage
from grader.service.records.previews import (
    CountedAttempt,
    MeasurementClaim,
    MeasurementRecord,
    PreviewRecord,
    Subject,
)
from grader.service.records.queue import Claim, QueueState, Swept
from grader.service.records.regrades import (
    ItemState,
    NewRegrade,
    RegradeItem,
    RegradeProgress,
    RegradeRecord,
    RegradeScope,
    ReportEntry,
)
from grader.service.records.results import Result, StoredReport
from grader.service.records.retention import (
    DeletedRows,
    ExportedItem,
    HeldName,
    Merge,
    MergedAttempt,
    PurgeCriteria,
)
from grader.service.records.rubrics import DraftRecord, ExerciseRecord, RubricRecord
from grader.service.records.samples import NewSample, Override, SampleRecord
from grader.service.records.sources import SourceRecord
from grader.service.records.submissions import NewSubmission, SubmissionRecord, SubmissionState
from grader.service.records.tokens import Role, TokenRecord
from grader.service.records.workers import WorkerRecord

__all__ = [
    "AuditEntry",
    "AuditQuery",
    "Claim",
    "CountedAttempt",
    "DeletedRows",
    "DraftRecord",
    "ExerciseRecord",
    "ExportedItem",
    "HeldName",
    "ItemState",
    "Mark",
    "MeasurementClaim",
    "MeasurementRecord",
    "Merge",
    "MergedAttempt",
    "NewRegrade",
    "NewSample",
    "NewSubmission",
    "Override",
    "Page",
    "Passback",
    "PassbackState",
    "PreviewRecord",
    "PurgeCriteria",
    "QueueState",
    "RegradeItem",
    "RegradeProgress",
    "RegradeRecord",
    "RegradeScope",
    "ReportEntry",
    "Result",
    "Role",
    "RubricRecord",
    "SampleRecord",
    "ScoreMessage",
    "SourceRecord",
    "StoredReport",
    "Subject",
    "SubmissionRecord",
    "SubmissionState",
    "Swept",
    "TokenRecord",
    "WorkerRecord",
]
