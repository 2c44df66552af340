"""Compares the service over HTTP with the engine alone, measured in turns in the same minutes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from grader.bootstrap import read_rubric
from grader.checks.catalog import CATALOG
from grader.engine.forkserver import ForkServer
from grader.engine.measuring.engine import Engine
from tests.benchmarks.client import Client
from tests.benchmarks.corpus import Case
from tests.benchmarks.engine_figures import NoFacts, P, measuring
from tests.benchmarks.load import Load
from tests.benchmarks.memory import resident_bytes
from tests.benchmarks.rubric import rubric_text
from tests.benchmarks.sampling import Timings, percentile, timed
from tests.benchmarks.site import HIGH_LIMITS, installed
from tests.e2e.running import Running, started
from tests.processes import wait_until

_LOADED = 0.8
_POOL = "--queues live,regrade"
_FORK_SERVER = "grader.engine.forkserver"


@dataclass(frozen=True)
class Amounts:
    """The numbers of submissions: per round, ``low`` one by one and a ``burst``; then ``arrivals``.

    ``marks`` are the numbers of submissions after which memory is measured: near the start, in the
    middle and at the end.
    """

    rounds: int
    low: int
    burst: int
    arrivals: int
    marks: tuple[int, int, int]


@dataclass
class HttpRun:
    """The measured times and rates.

    ``one`` and ``two`` are submissions per second with one and two workers, ``low`` and ``loaded``
    the seconds from upload to report, ``memory`` the bytes by number of submissions.
    """

    p: Timings[Case] = field(default_factory=Timings)
    one: list[float] = field(default_factory=list)
    two: list[float] = field(default_factory=list)
    low: list[float] = field(default_factory=list)
    loaded: list[float] = field(default_factory=list)
    memory: dict[int, int] = field(default_factory=dict)

    def figures(self) -> dict[str, float]:
        """Return the ratios that have a bar."""
        p = self.p.median(P)
        start, middle, end = self.memory.values()
        return {
            "burst": median(self.one) * self.p.mean(P),
            "two_workers": median(self.two) / median(self.one),
            "low_p50": median(self.low) / p,
            "low_p99": percentile(self.low, 0.99) / p,
            "loaded_p50": median(self.loaded) / p,
            "loaded_p99": percentile(self.loaded, 0.99) / p,
            "memory": end / start,
            "memory_growth": end / middle - 1,
        }

    def lines(self) -> Iterator[str]:
        """Yield the figures that the ratios are computed from."""
        own = 1 / self.p.mean(P)
        yield f"P in the same minutes: median {1_000 * self.p.median(P):.1f} ms, {own:.2f} a second"
        for name, rates in (("one worker", self.one), ("two workers", self.two)):
            told = ", ".join(f"{rate:.2f}" for rate in rates)
            yield f"burst, {name}: {told} a second; median {median(rates):.2f}"
        for name, seconds in (("low load", self.low), (f"{_LOADED:.0%} load", self.loaded)):
            yield f"upload to report, {name} ({len(seconds)}): {_percentiles(seconds)}"
        for number, size in self.memory.items():
            yield f"memory of one worker after {number} fresh submissions: {size / 2**20:.1f} MiB"


def run_http(cases: Sequence[Case], folder: Path, amounts: Amounts) -> HttpRun:
    """Measure all loads, on an installation with one worker and on one with two, in turns."""
    run = HttpRun()
    with ExitStack() as stack:
        one, running = serving(stack, cases, folder / "one", workers=1)
        two, _ = serving(stack, cases, folder / "two", workers=2)
        fork_server = stack.enter_context(ForkServer())
        engine = Engine(CATALOG, fork_server, NoFacts())
        _warm(engine, cases, two)
        for _ in range(amounts.rounds):
            _measure_engine(engine, cases, run.p)
            run.low += one.one_by_one(amounts.low)
            _look_at_memory(run, one, running, amounts)
            run.one.append(one.burst(amounts.burst))
            _look_at_memory(run, one, running, amounts)
            run.two.append(two.burst(amounts.burst))
        run.loaded += one.by_chance(amounts.arrivals, _LOADED * median(run.one))
        _look_at_memory(run, one, running, amounts)
        _measure_engine(engine, cases, run.p)
    return run


def serving(
    stack: ExitStack, cases: Sequence[Case], folder: Path, workers: int
) -> tuple[Load, Running]:
    """Start ``grader serve`` on a new installation; return the load to send, and the service."""
    site = stack.enter_context(installed(folder))
    options = ("--workers", str(workers))
    running = stack.enter_context(
        started(folder, *options, GRADER_MAX_QUEUED="100000", **HIGH_LIMITS)
    )
    load = Load(site, Client(running.url, site.token), cases)
    # Each pool process starts its fork server with its first submission.
    wait_until(lambda: len(running.pids(_POOL)) == 1 + workers, 60, "the workers stood")
    load.one_by_one(1)
    return load, running


def _warm(engine: Engine, cases: Sequence[Case], two: Load) -> None:
    """Run the engine, and a burst on ``two``, before any time is taken."""
    measuring(engine, read_rubric(rubric_text()))(cases[0])()
    two.burst(8)


def _measure_engine(engine: Engine, cases: Sequence[Case], timings: Timings[Case]) -> None:
    """Measure every case once with the engine, and add the times to ``timings``."""
    prepare = measuring(engine, read_rubric(rubric_text()))
    for at, case in enumerate(cases):
        timings.add(P, at, timed(prepare(case.fresh(at))))


def _look_at_memory(run: HttpRun, load: Load, running: Running, amounts: Amounts) -> None:
    """Measure the memory of the worker's processes if a further mark has been passed."""
    passed = [mark for mark in amounts.marks if mark <= load.sent]
    if len(passed) > len(run.memory):
        processes = [*running.pids(_POOL), *running.pids(_FORK_SERVER)]
        run.memory[load.sent] = resident_bytes(processes)


def _percentiles(seconds: Sequence[float]) -> str:
    shares = {"p50": 0.5, "p95": 0.95, "p99": 0.99}
    told = (f"{name} {1_000 * percentile(seconds, at):.1f} ms" for name, at in shares.items())
    return ", ".join(told)
