"""How much a crash delays the next submission, and whether time is linear in long statements."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from statistics import median

from grader.bootstrap import read_rubric
from grader.checks.catalog import CATALOG
from grader.domain.facts import SubmissionFacts
from grader.domain.inspection import State
from grader.domain.rubric import Rubric
from grader.engine.forkserver import ForkServer
from grader.engine.measuring.engine import Engine
from grader.engine.rubric_text import read_rubric_text
from tests.benchmarks import crash_checks
from tests.benchmarks.corpus import Case
from tests.benchmarks.engine_figures import NoFacts, measuring
from tests.benchmarks.rubric import rubric_text
from tests.benchmarks.sampling import timed

_CRASH = """\
  crash:
    title: Does not crash
    points: 0
    check: crash
    scale: {measure: lines, full_at: 0, zero_at: 1}
"""


def crash_delay(cases: Sequence[Case], repeats: int) -> float:
    """Return how much longer the submission after a crash waits for its report, in medians of P.

    The delay is the time that the crash adds to its own submission, which occupies the worker, plus
    the time that it adds to the start of the next. Every text is new, because a child that survives
    has cached the last few, and losing that cache is not counted.
    """
    numbers = count()
    with _crashing_engine() as (engine, rubric):
        calm: list[float] = []
        crashed: list[float] = []
        alone: list[float] = []
        for number in range(repeats * len(cases)):
            first, then = cases[number % len(cases)], cases[(number + 1) % len(cases)]
            alone.append(_seconds(engine, rubric, (then.fresh(next(numbers)),)))
            for mark, into in ((crash_checks.CALM, calm), (crash_checks.TRIGGER, crashed)):
                pair = (_marked(first.fresh(next(numbers)), mark), then.fresh(next(numbers)))
                into.append(_seconds(engine, rubric, pair))
    added = [after - before for after, before in zip(crashed, calm, strict=True)]
    return max(0.0, median(added)) / median(alone)


@contextmanager
def _crashing_engine() -> Iterator[tuple[Engine, Rubric]]:
    """Yield an engine and a rubric with the check that crashes.

    Raises:
        RuntimeError: the check did not crash, or the crash had an effect on another file.
    """
    rubric = read_rubric_text(rubric_text() + _CRASH, crash_checks.CATALOG)
    folder = str(Path(crash_checks.__file__).parent)
    with ForkServer(catalog="crash_checks:CATALOG", path=folder) as fork_server:
        engine = Engine(crash_checks.CATALOG, fork_server, NoFacts())
        case = Case("crash", (("a.py", b"x = 1\n"), ("b.py", b"y = 1\n")))
        facts = engine.measure(_marked(case, crash_checks.TRIGGER).submission(), rubric)
        if _crash_states(facts) != [State.FAILED, State.OK]:
            raise RuntimeError("the crash did not come, or was not contained")
        yield engine, rubric


def _crash_states(facts: SubmissionFacts) -> list[State]:
    """Return the state of the check that crashes, for each file."""
    return [file.inspections["crash"].state for file in facts.files]


def _marked(case: Case, mark: bytes) -> Case:
    """Return ``case`` with ``mark`` in front of its first file."""
    (path, data), *others = sorted(case.files)
    return Case(case.name, ((path, mark + data), *others))


def _seconds(engine: Engine, rubric: Rubric, cases: Sequence[Case]) -> float:
    """Return the seconds to measure ``cases`` one after another."""
    submissions = [case.submission() for case in cases]
    return timed(lambda: [engine.measure(one, rubric) for one in submissions])


def statement_growth(repeats: int) -> float:
    """Return how many times longer one statement of 2,000 lines takes than one of 1,000.

    Three kinds of statements are measured; the largest ratio is returned.
    """
    rubric = read_rubric(rubric_text())
    with ForkServer() as fork_server:
        engine = Engine(CATALOG, fork_server, NoFacts())
        run = measuring(engine, rubric)
        run(_statement("list", 10))()
        seconds: dict[tuple[str, int], list[float]] = {}
        for _ in range(repeats):
            for kind in _STATEMENTS:
                for lines in (1_000, 2_000):
                    work = run(_statement(kind, lines))
                    seconds.setdefault((kind, lines), []).append(timed(work))
    return max(median(seconds[k, 2_000]) / median(seconds[k, 1_000]) for k in _STATEMENTS)


_STATEMENTS = {
    "list": ("WORDS = [\n", '    "word {}",\n', "]\n"),
    "dict": ("WORDS = {{\n", '    "word {0}": {0},\n', "}}\n"),
    "docstring": ('"""Words.\n\n', "word {}\n", '"""\n\nx = 1\n'),
}


def _statement(kind: str, lines: int) -> Case:
    """Return a case whose only file is one statement of ``kind``, with ``lines`` lines."""
    head, line, tail = _STATEMENTS[kind]
    text = head.format() + "".join(line.format(at) for at in range(lines)) + tail.format()
    return Case(kind, (("words.py", text.encode()),))
