"""The store: all repositories on one database. A process opens one store."""

from __future__ import annotations

from grader.service import ports
from grader.store.audit_log import SqlAuditLog
from grader.store.database import Database
from grader.store.engines import Timeouts
from grader.store.probes import DatabaseProbes
from grader.store.repositories.drafts import SqlDrafts
from grader.store.repositories.inspections import SqlFacts
from grader.store.repositories.measurements import SqlMeasurements
from grader.store.repositories.passbacks import SqlPassbacks
from grader.store.repositories.previews import SqlPreviews
from grader.store.repositories.regrades import SqlRegrades
from grader.store.repositories.rubrics import SqlRubrics
from grader.store.repositories.samples import SqlSamples
from grader.store.repositories.sources import SqlSources
from grader.store.repositories.submissions import SqlSubmissions
from grader.store.repositories.tokens import SqlTokens
from grader.store.repositories.workers import SqlWorkers
from grader.store.retention.repository import SqlRetention


class Store:
    """All repositories on one database, as attributes, which share its connections.

    They store submissions, rubrics, their drafts, previews and golden samples, measurements for
    previews, regrades, tokens, webhook sources, scores to be sent (``passbacks``), the audit log,
    the ``workers`` alive and cached inspections (``facts``). It implements the port ``Store``, and
    has in addition ``retention``, which purges, exports and erases, and ``probes`` of the database.
    After ``max_tries`` starts of its grading without a result a submission needs attention.
    """

    submissions: ports.Submissions
    rubrics: ports.Rubrics
    drafts: ports.Drafts
    previews: ports.Previews
    measurements: ports.Measurements
    regrades: ports.Regrades
    samples: ports.Samples
    tokens: ports.Tokens
    sources: ports.Sources
    passbacks: ports.Passbacks
    audit_log: ports.AuditLog
    workers: ports.Workers
    facts: ports.FactsCache
    retention: ports.Retention

    def __init__(self, database: Database, probes: DatabaseProbes, max_tries: int) -> None:
        self._database = database
        self.probes = probes
        self.submissions = SqlSubmissions(database, max_tries)
        self.rubrics = SqlRubrics(database)
        self.drafts = SqlDrafts(database)
        self.previews = SqlPreviews(database)
        self.measurements = SqlMeasurements(database)
        self.regrades = SqlRegrades(database)
        self.samples = SqlSamples(database)
        self.tokens = SqlTokens(database)
        self.sources = SqlSources(database)
        self.passbacks = SqlPassbacks(database)
        self.audit_log = SqlAuditLog(database)
        self.workers = SqlWorkers(database)
        self.facts = SqlFacts(database)
        self.retention = SqlRetention(database)

    def after_fork(self) -> None:
        """Forget the connections of the parent process, without closing them.

        Call this first in a forked child.
        """
        self._database.after_fork()

    def close(self) -> None:
        """Close the connections that are not in use. The next use opens new ones."""
        self._database.close()


def open_store(url: str, *, max_tries: int = 3, timeouts: Timeouts = Timeouts()) -> Store:
    """Return the store of the database at ``url``. It connects at first use.

    It waits for the database within ``timeouts``. :mod:`grader.store.migrate` must have created the
    tables. After ``max_tries`` starts of its grading without a result a submission needs attention.

    Raises:
        BadSettings: ``url`` is neither a SQLite file nor PostgreSQL.
    """
    return Store(Database(url, timeouts), DatabaseProbes(url), max_tries)
