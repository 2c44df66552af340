"""Compares the time from a worker's start to its first report with the import of its tools."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

from tests.benchmarks.corpus import Case
from tests.benchmarks.sampling import timed
from tests.benchmarks.site import Site, installed
from tests.servers_redis import redis_server

_IMPORTS = (
    "import black, isort, flake8.main.application, pycodestyle, pyflakes.api, mccabe; "
    "import radon.complexity, radon.metrics, radon.raw"
)
#: The imports that any worker on Celery and SQLAlchemy needs for the same report.
_LIBRARIES = (
    "import celery.apps.worker, celery.concurrency.prefork, celery.worker.consumer; "
    "import kombu.transport.redis, pydantic.main, sqlalchemy; "
)
_WORKER = ("workers", "--without-heartbeat")
_POOL = ("--pool", "prefork", "--concurrency", "1", "--queues", "live,regrade")


def starting(case: Case, folder: Path, repeats: int) -> dict[str, list[float]]:
    """Return seconds by name, a value for each repeat.

    ``import``: a new process imports the four tools. ``libraries``: it imports also the libraries
    of a worker. ``worker``: from the start of a worker to its first report.
    """
    found: dict[str, list[float]] = {"import": [], "libraries": [], "worker": []}
    with redis_server(folder / "redis") as redis, installed(folder / "site", redis.url) as site:
        for number in range(repeats):
            found["import"].append(timed(lambda: _run(_IMPORTS)))
            found["libraries"].append(timed(lambda: _run(_LIBRARIES + _IMPORTS)))
            found["worker"].append(_first_report(site, case.fresh(number)))
    return found


def starting_figures(found: dict[str, list[float]]) -> dict[str, float]:
    """Return the figure that has a bar."""
    return {"start": median(found["worker"]) / median(found["import"])}


def _run(code: str) -> None:
    subprocess.run([sys.executable, "-I", "-c", code], check=True)


def _first_report(site: Site, case: Case) -> float:
    """Return the seconds from the start of a worker to the report of a waiting submission."""
    site.accept(case.zipped(), "first")
    environment = {
        **os.environ,
        "GRADER_DATA_DIR": str(site.settings.data_dir),
        "GRADER_REDIS_URL": site.settings.redis_url,
    }
    start = datetime.now(UTC)
    with (site.settings.data_dir / "worker.log").open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", *_WORKER, *_POOL], stdout=log, stderr=log, env=environment
        )
        try:
            site.drain()
        finally:
            process.terminate()
            process.wait(60)
    graded_at = site.newest(1)[0].graded_at
    assert graded_at is not None
    return (graded_at - start).total_seconds()
