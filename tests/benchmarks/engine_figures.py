"""Compares the engine with the command lines and the bare libraries, on the same submissions.

A: the bare libraries in one warm process. P: the engine as a worker runs it, in a child that can be
killed, without cached facts. All pipelines run in one loop, in turns.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from pathlib import Path

from grader.bootstrap import read_rubric
from grader.checks.catalog import CATALOG
from grader.domain.facts import SubmissionFacts
from grader.domain.inspection import Inspection, State
from grader.domain.rubric import Rubric
from grader.engine.forkserver import ForkServer
from grader.engine.measuring.engine import Engine
from grader.engine.measuring.facts_cache import MemoryFacts
from tests.benchmarks.bare import Bare
from tests.benchmarks.command_lines import CommandLines
from tests.benchmarks.corpus import Case
from tests.benchmarks.parity import mismatches
from tests.benchmarks.rubric import every_check_text, rubric_text
from tests.benchmarks.sampling import Pipeline, Timings, interleave, timed
from tests.in_process import InProcess

LINES, A, P = "seven command lines", "A: bare libraries", "P: verdicts only"
PATCH = "P with the patch"
EVERY = "every check, verdicts only"
IN_PROCESS, PATCH_IN_PROCESS = "verdicts in-process", "with the patch in-process"
KNOWN = "all facts known"


#: A pipeline that returns the facts of a case.
Measuring = Callable[[Case], Callable[[], SubmissionFacts]]


class NoFacts:
    """A facts cache that stores nothing."""

    def get_many(self, keys: Sequence[str]) -> Mapping[str, Inspection]:
        """Return nothing."""
        return {}

    def put_many(self, inspections: Mapping[str, Inspection], at: datetime) -> None:
        """Store nothing."""


@dataclass(frozen=True)
class Placed:
    """A case whose files are also on disk, in ``root``, for the tools."""

    case: Case
    root: Path
    files: tuple[Path, ...]


def place(cases: Sequence[Case], folder: Path) -> list[Placed]:
    """Write each of ``cases`` into a folder of its own below ``folder``."""
    return [
        Placed(case, folder / case.name, tuple(case.write(folder / case.name))) for case in cases
    ]


def measuring(engine: Engine, rubric: Rubric) -> Measuring:
    """Return a pipeline that measures a case by ``rubric``, each time from its bytes."""

    def prepare(case: Case) -> Callable[[], SubmissionFacts]:
        submission = case.submission()
        return lambda: checked(engine.measure(submission, rubric))

    return prepare


def checked(facts: SubmissionFacts) -> SubmissionFacts:
    """Return ``facts`` unchanged. A failure is quick, so it must not count as speed.

    Raises:
        RuntimeError: a check failed, or a file could not be read.
    """
    for file in facts.files:
        for one in (file.readable, *file.inspections.values()):
            if one.state in (State.FAILED, State.UNREADABLE):
                raise RuntimeError(f"{file.path} is {one.state.value}: {one.reason}")
    return facts


@contextmanager
def engines() -> Iterator[dict[str, Engine]]:
    """Yield an engine for each pipeline, by name, and close them at the end."""
    fork_server = ForkServer()
    made = {
        P: Engine(CATALOG, fork_server, NoFacts()),
        PATCH: Engine(CATALOG, fork_server, NoFacts()),
        EVERY: Engine(CATALOG, fork_server, NoFacts()),
        IN_PROCESS: Engine(CATALOG, InProcess(CATALOG), NoFacts()),
        PATCH_IN_PROCESS: Engine(CATALOG, InProcess(CATALOG), NoFacts()),
        KNOWN: Engine(CATALOG, fork_server, MemoryFacts(1_000_000)),
    }
    try:
        yield made
    finally:
        fork_server.close()


@dataclass
class EngineRun:
    """The timings of one run; ``wrong`` are the verdicts in which engine and commands differ."""

    timings: Timings[Placed]
    wrong: list[str]

    def figures(self) -> dict[str, float]:
        """Return the ratios that have a bar."""
        ratio = self.timings.ratio
        return {
            "lines_over_p": ratio(LINES, P),
            "p_over_a": ratio(P, A),
            "lines_over_patch": ratio(LINES, PATCH),
            "patch_over_a": ratio(PATCH, A),
            "every_over_p": ratio(EVERY, P),
            "p_over_in_process": ratio(P, IN_PROCESS),
            "known_over_p": ratio(KNOWN, P),
            "parity": len(self.wrong),
        }

    def lines(self) -> Iterator[str]:
        """Yield the median of each pipeline in milliseconds and relative to A, and ``wrong``."""
        for name in self.timings.seconds:
            milliseconds = self.timings.median(name) * 1_000
            ratio = self.timings.ratio(name, A)
            yield f"{name:28} {milliseconds:9.1f} ms   {ratio:7.3f} x A"
        yield from self.wrong


def run_engine(cases: Sequence[Case], folder: Path, repeats: int) -> EngineRun:
    """Run every pipeline on every case, in turns, and compare the verdicts."""
    placed = place(cases, folder / "cases")
    commands = CommandLines.at(folder / "command-lines")
    said: dict[str, dict[str, str]] = {}
    with engines() as made:
        pipelines = _pipelines(made, commands, said)
        for one in placed:  # fill the facts cache of this pipeline
            pipelines[KNOWN](one)()
        timings = interleave(pipelines, placed, repeats)
        measure = measuring(made[P], _rubric(P))
        wrong = [
            line for one in placed for line in mismatches(said[one.case.name], measure(one.case)())
        ]
    return EngineRun(timings, wrong)


def run_large(case: Case, folder: Path, repeats: int) -> Timings[Placed]:
    """Run the command lines, A and P, without and with the patch, on the large submission."""
    placed = place([case], folder / "large")
    with engines() as made:
        pipelines = _pipelines(made, CommandLines.at(folder / "large-lines"), {})
        chosen = {name: pipelines[name] for name in (LINES, A, P, PATCH)}
        for name in (A, P, PATCH):
            timed(chosen[name](placed[0]))
        return interleave(chosen, placed, repeats)


def _rubric(pipeline: str) -> Rubric:
    """Return the rubric that ``pipeline`` uses."""
    if pipeline == EVERY:
        return read_rubric(every_check_text())
    return read_rubric(rubric_text(patch=pipeline in (PATCH, PATCH_IN_PROCESS)))


def _pipelines(
    made: Mapping[str, Engine], commands: CommandLines, said: dict[str, dict[str, str]]
) -> dict[str, Pipeline[Placed]]:
    """Return all pipelines by name; the output of command lines goes into ``said``, by case."""
    bare = Bare()

    def by_command_lines(one: Placed) -> Callable[[], object]:
        def run() -> None:
            said[one.case.name] = commands.run_all(one.root, one.files)

        return run

    def by_bare_libraries(one: Placed) -> Callable[[], object]:
        return lambda: bare.run_all(one.root, one.files)

    pipelines: dict[str, Pipeline[Placed]] = {LINES: by_command_lines, A: by_bare_libraries}
    for name, engine in made.items():
        pipelines[name] = _of_placed(measuring(engine, _rubric(name)), fresh=name != KNOWN)
    return pipelines


def _of_placed(measure: Pipeline[Case], *, fresh: bool) -> Pipeline[Placed]:
    """Return the pipeline for cases on disk; with ``fresh`` each run gets a text of its own.

    Otherwise the caches of the checks, which keep the last few texts, would be measured.
    """
    numbers = count()
    return lambda one: measure(one.case.fresh(next(numbers)) if fresh else one.case)
