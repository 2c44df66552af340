"""The cost of measuring a student's file in a child, and in a sandbox."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from itertools import count

from grader.bootstrap import read_rubric
from grader.checks.catalog import CATALOG
from grader.engine.forkserver import ForkServer
from grader.engine.measuring.engine import ClosableInspector, Engine
from grader.engine.measuring.job import Limits
from grader.engine.sandbox.levels import AUTO, SandboxLevel, available_levels
from tests.benchmarks.corpus import Case
from tests.benchmarks.engine_figures import NoFacts, measuring
from tests.benchmarks.rubric import rubric_text
from tests.benchmarks.sampling import Pipeline, Timings, interleave
from tests.in_process import InProcess

IN_PROCESS, LIMITED, SANDBOXED = "in-process", "child, limits alone", "child in its sandbox"
FRESH = "a new child each, in its sandbox"


def isolation(cases: Sequence[Case], repeats: int) -> Timings[Case]:
    """Measure the same submissions in this process, and in children with growing isolation."""
    rubric = read_rubric(rubric_text())
    with ExitStack() as stack:

        def fork_server(sandbox: str, limits: Limits = Limits()) -> ForkServer:
            return stack.enter_context(ForkServer(limits, sandbox=sandbox))

        inspectors: dict[str, ClosableInspector] = {
            IN_PROCESS: InProcess(CATALOG),
            LIMITED: fork_server(SandboxLevel.RLIMITS),
            SANDBOXED: fork_server(AUTO),
            FRESH: fork_server(AUTO, Limits(reuse=1)),
        }
        pipelines = {
            name: _fresh(measuring(Engine(CATALOG, one, NoFacts()), rubric))
            for name, one in inspectors.items()
        }
        for pipeline in pipelines.values():
            pipeline(cases[0])()
        return interleave(pipelines, cases, repeats)


def isolation_figures(timings: Timings[Case]) -> dict[str, float]:
    """Return the ratio that has a bar; P / in-process belongs to the section ``engine``."""
    return {"sandbox": timings.ratio(SANDBOXED, LIMITED)}


def isolation_lines(timings: Timings[Case]) -> Iterator[str]:
    """Yield the median of each pipeline in milliseconds and relative to in-process."""
    yield f"the sandbox that this host offers: {available_levels()[0].value}"
    for name in timings.seconds:
        milliseconds = timings.median(name) * 1_000
        ratio = timings.ratio(name, IN_PROCESS)
        yield f"{name:34} {milliseconds:8.1f} ms   {ratio:6.3f} x in-process"


def _fresh(measure: Pipeline[Case]) -> Pipeline[Case]:
    """Return the pipeline with a new text in each run, which no cache of the checks contains."""
    numbers = count()

    def prepare(case: Case) -> Callable[[], object]:
        return measure(case.fresh(next(numbers)))

    return prepare
