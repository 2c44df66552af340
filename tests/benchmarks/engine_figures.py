"""The engine beside the command lines and the bare libraries, on the same submissions.

A: the bare libraries in one warm process. P: the engine as a worker runs it, a killable child
for each submission, with nothing known. Both in a bare loop, taken in turns with the rest.
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


#: A pipeline that gives the facts of a case.
Measuring = Callable[[Case], Callable[[], SubmissionFacts]]


class NoFacts:
    """A memory that forgets: every measuring is the first one."""

    def get_many(self, keys: Sequence[str]) -> Mapping[str, Inspection]:
        """Nothing is known."""
        return {}

    def put_many(self, inspections: Mapping[str, Inspection], at: datetime) -> None:
        """Nothing is kept."""


@dataclass(frozen=True)
class Placed:
    """A case that also lies on the disk, for the tools that read it there."""

    case: Case
    root: Path
    files: tuple[Path, ...]


def place(cases: Sequence[Case], folder: Path) -> list[Placed]:
    """Lay every case out in a folder of its own."""
    return [
        Placed(case, folder / case.name, tuple(case.write(folder / case.name))) for case in cases
    ]


def measuring(engine: Engine, rubric: Rubric) -> Measuring:
    """A pipeline that measures; each time from bytes alone."""

    def prepare(case: Case) -> Callable[[], SubmissionFacts]:
        submission = case.submission()
        return lambda: checked(engine.measure(submission, rubric))

    return prepare


def checked(facts: SubmissionFacts) -> SubmissionFacts:
    """The facts, if nothing went wrong: a failure is quick, and would count as speed.

    Raises:
        RuntimeError: a check failed, or a file of the corpus was not let through.
    """
    for file in facts.files:
        for one in (file.readable, *file.inspections.values()):
            if one.state in (State.FAILED, State.UNREADABLE):
                raise RuntimeError(f"{file.path} is {one.state.value}: {one.reason}")
    return facts


@contextmanager
def engines() -> Iterator[dict[str, Engine]]:
    """Engines by pipeline, closed at the end."""
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
    """One interleaved run, and what the command lines and the engine said of each case."""

    timings: Timings[Placed]
    wrong: list[str]

    def figures(self) -> dict[str, float]:
        """The ratios that bars are set for."""
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
        """Medians in milliseconds, each beside A."""
        for name in self.timings.seconds:
            milliseconds = self.timings.median(name) * 1_000
            ratio = self.timings.ratio(name, A)
            yield f"{name:28} {milliseconds:9.1f} ms   {ratio:7.3f} x A"
        yield from self.wrong


def run_engine(cases: Sequence[Case], folder: Path, repeats: int) -> EngineRun:
    """Every pipeline on every case, in turns."""
    placed = place(cases, folder / "cases")
    commands = CommandLines.at(folder / "command-lines")
    said: dict[str, dict[str, str]] = {}
    with engines() as made:
        pipelines = _pipelines(made, commands, said)
        for one in placed:  # what is known has to be learned first
            pipelines[KNOWN](one)()
        timings = interleave(pipelines, placed, repeats)
        measure = measuring(made[P], _rubric(P))
        wrong = [
            line for one in placed for line in mismatches(said[one.case.name], measure(one.case)())
        ]
    return EngineRun(timings, wrong)


def run_large(case: Case, folder: Path, repeats: int) -> Timings[Placed]:
    """The large submission through the pipelines that matter for it."""
    placed = place([case], folder / "large")
    with engines() as made:
        pipelines = _pipelines(made, CommandLines.at(folder / "large-lines"), {})
        chosen = {name: pipelines[name] for name in (LINES, A, P, PATCH)}
        for name in (A, P, PATCH):
            timed(chosen[name](placed[0]))
        return interleave(chosen, placed, repeats)


def _rubric(pipeline: str) -> Rubric:
    if pipeline == EVERY:
        return read_rubric(every_check_text())
    return read_rubric(rubric_text(patch=pipeline in (PATCH, PATCH_IN_PROCESS)))


def _pipelines(
    made: Mapping[str, Engine], commands: CommandLines, said: dict[str, dict[str, str]]
) -> dict[str, Pipeline[Placed]]:
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
    """With ``fresh`` no text comes twice, as the checks remember the last few in their process."""
    numbers = count()
    return lambda one: measure(one.case.fresh(next(numbers)) if fresh else one.case)
