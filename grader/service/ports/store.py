"""The port for the store as a whole."""

from __future__ import annotations

from typing import Protocol

from grader.service.ports.audit_log import AuditLog
from grader.service.ports.drafts import Drafts
from grader.service.ports.measuring import FactsCache
from grader.service.ports.passbacks import Passbacks
from grader.service.ports.previews import Measurements, Previews
from grader.service.ports.regrades import Regrades
from grader.service.ports.rubrics import Rubrics
from grader.service.ports.samples import Samples
from grader.service.ports.sources import Sources
from grader.service.ports.submissions import Submissions
from grader.service.ports.tokens import Tokens
from grader.service.ports.workers import Workers


class Store(Protocol):
    """What the use cases store, as one repository for each kind.

    ``Retention``, which purges and erases, is a port of its own.
    """

    submissions: Submissions
    rubrics: Rubrics
    drafts: Drafts
    previews: Previews
    measurements: Measurements
    regrades: Regrades
    samples: Samples
    tokens: Tokens
    sources: Sources
    passbacks: Passbacks
    audit_log: AuditLog
    workers: Workers
    facts: FactsCache
