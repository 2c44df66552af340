"""The interfaces (Protocols) that the use cases need. Every store method is one transaction."""

from grader.service.ports.audit_log import AuditLog
from grader.service.ports.clock import Clock
from grader.service.ports.drafts import Drafts
from grader.service.ports.measuring import (
    FactsCache,
    LintRubric,
    Measure,
    Measurement,
    PatchRubric,
    ReadRubric,
    ReadUpload,
    RunningMeasurement,
)
from grader.service.ports.notifier import Notifier
from grader.service.ports.passbacks import Passbacks
from grader.service.ports.previews import Measurements, Previews
from grader.service.ports.regrades import Regrades, WriteScore
from grader.service.ports.retention import Retention
from grader.service.ports.rubrics import Rubrics
from grader.service.ports.samples import Samples
from grader.service.ports.sources import Sources
from grader.service.ports.store import Store
from grader.service.ports.submissions import Submissions
from grader.service.ports.tokens import Tokens
from grader.service.ports.workers import Workers

__all__ = [
    "AuditLog",
    "Clock",
    "Drafts",
    "FactsCache",
    "LintRubric",
    "Measure",
    "Measurement",
    "Measurements",
    "Notifier",
    "Passbacks",
    "PatchRubric",
    "Previews",
    "ReadRubric",
    "ReadUpload",
    "Regrades",
    "Retention",
    "Rubrics",
    "RunningMeasurement",
    "Samples",
    "Sources",
    "Store",
    "Submissions",
    "Tokens",
    "Workers",
    "WriteScore",
]
