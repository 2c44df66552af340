"""Judging a whole class by new weights: stored facts are judged again, and no tool runs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median

from grader.checks.catalog import CATALOG
from grader.domain.facts import SubmissionFacts
from grader.domain.report.building import build_report
from grader.domain.rubric import CompiledRubric
from grader.domain.scoring import judge
from grader.engine.forkserver import ForkServer
from grader.engine.measuring.engine import Engine
from grader.service.lanes import Lane
from grader.service.records import Result
from tests.benchmarks.corpus import Case
from tests.benchmarks.engine_figures import NoFacts, checked
from tests.benchmarks.rubric import EXERCISE, rubric_text
from tests.benchmarks.sampling import timed
from tests.benchmarks.site import Site, installed


def regrade_seconds(site: Site, number: int, repeats: int) -> list[float]:
    """Return the seconds of each repeat, which reads and judges the facts of all submissions.

    There are ``number`` submissions stored at ``site``, judged by a rubric with other weights.
    """
    compiled = site.service.rubric_cache.read(rubric_text(reweighed=True))
    return [timed(lambda: _regrade(site, compiled, number)) for _ in range(repeats)]


@contextmanager
def stored_class(cases: Sequence[Case], folder: Path, number: int) -> Iterator[Site]:
    """Yield an installation with ``number`` graded submissions, each of a student of its own."""
    with installed(folder / "regrade") as site:
        _store(site, cases, number)
        yield site


def regrade_figures(seconds: Sequence[float]) -> dict[str, float]:
    """Return the figure that has a bar."""
    return {"regrade": median(seconds)}


def _regrade(site: Site, compiled: CompiledRubric, number: int) -> None:
    """Judge every stored submission; raise RuntimeError unless there are ``number`` results."""
    measured = site.service.store.submissions.measured(EXERCISE)
    points = [judge(compiled, facts).total.points for _, facts in measured]
    if len(points) != number or None in points:
        raise RuntimeError("not every submission was judged")


def _store(site: Site, cases: Sequence[Case], number: int) -> None:
    """Store ``number`` graded submissions as a worker does; each case is measured only once."""
    record = site.service.store.rubrics.newest(EXERCISE)
    assert record is not None
    compiled = site.service.rubric_cache.of(record)
    measured = _measured(cases, compiled)
    reports = [build_report(compiled, facts, digest=record.digest, version=1) for facts in measured]
    for at in range(number):
        site.accept(cases[at % len(cases)].fresh(at).zipped(), f"s{at}")
        now = datetime.now(UTC)
        claim = site.service.store.submissions.claim(Lane.LIVE, now, timedelta(minutes=5))
        assert claim is not None
        which = at % len(cases)
        result = Result(reports[which], measured[which], record)
        site.service.store.submissions.finish(claim, result, now)


def _measured(cases: Sequence[Case], compiled: CompiledRubric) -> list[SubmissionFacts]:
    with ForkServer() as fork_server:
        engine = Engine(CATALOG, fork_server, NoFacts())
        return [checked(engine.measure(case.submission(), compiled.rubric)) for case in cases]
