"""A worker starts only on a database that it can work with."""

from __future__ import annotations

from time import sleep

import structlog

from grader.bootstrap import schema_problem
from grader.settings import Settings

log = structlog.get_logger(__name__)

#: Seconds between two looks at the schema. Chosen by hand.
_PAUSE = 2.0


def await_schema(settings: Settings) -> None:
    """Return when the database has the schema of this release or a newer one.

    Until then, e.g. while the database is empty or away, log why, once for each reason.
    """
    logged = ""
    while problem := schema_problem(settings):
        if problem != logged:
            log.warning("worker_waits_for_database", problem=problem)
            logged = problem
        sleep(_PAUSE)
