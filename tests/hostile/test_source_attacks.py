"""Hostile sources through the real engine and its fork server, one after the other.

For any source, every check of every file ends in a named state within the limits; a failure on our
side neither costs nor earns points; and the next submission is measured as if nothing had happened.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from grader.checks.catalog import CATALOG
from grader.domain.facts import FileFacts, SubmissionFacts
from grader.domain.inspection import State
from grader.domain.report.building import build_report
from grader.domain.rubric import CompiledRubric
from grader.domain.source import SourceFile, Submission
from grader.engine.forkserver import ForkServer
from grader.engine.measuring.engine import Engine
from grader.engine.measuring.job import Limits
from grader.engine.rubric_text import read_rubric_text
from tests.benchmarks.engine_figures import NoFacts
from tests.benchmarks.rubric import every_check_text
from tests.hostile.grading import CHAPTER, REFACTOR, report_on, with_patch
from tests.hostile.odd_sources import NOTEBOOKS, odd_sources
from tests.hostile.source_attacks import attacks

#: Small limits, so that slow checks are stopped soon.
LIMITS = Limits(pair_seconds=0.8, seconds=2.0, memory=1 << 30)
#: Allowed reasons of a failure on our side; `error` (the check broke) and `confined` are bugs.
OURS = {"timeout", "cpu", "memory", "recursion", "gave_up", "grammar"}
CALM = b"""import sys


def main():
    print("The sum is", sum(float(word) for word in sys.argv[1:]))


main()
"""
FAILED = State.FAILED
#: File names that change how checks treat a file.
KINDS = ("b/__init__.py", "test_b.py", "b.pyi")


def _text() -> str:
    """Return a rubric with a criterion for every check."""
    text = every_check_text()
    free = text.count("points: 0")
    text = text.replace("points: 0", "points: 1").replace("total: 100", f"total: {100 + free}")
    return f"{text}intake: {{notebooks: accepted}}\n"


RUBRIC = read_rubric_text(_text(), CATALOG)
OF_PYTHON = {one for one in RUBRIC.criteria if CATALOG[one].reads("b.py")}


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    """Yield an engine without a cache; its fork server must survive every attack."""
    with ForkServer(LIMITS) as fork_server:
        engine = Engine(CATALOG, fork_server, NoFacts())
        measured_with_calm(engine, "b.py", b"x = 1\n")
        pid = fork_server.pid
        yield engine
        assert fork_server.pid == pid


def measured_with_calm(engine: Engine, path: str, data: bytes) -> SubmissionFacts:
    """Return the facts of a submission with a harmless file and the file ``path``."""
    files = (SourceFile("a.py", CALM), SourceFile(path, data))
    return engine.measure(Submission(files), RUBRIC)


@pytest.fixture(scope="module")
def calm(engine: Engine) -> FileFacts:
    """Return the facts of the harmless file before any attack."""
    return measured_with_calm(engine, "b.py", b"x = 1\n").files[0]


def endures(engine: Engine, calm: FileFacts, path: str, data: bytes) -> None:
    """Assert that the file ends in an allowed state, and that its neighbour has the same facts."""
    facts = measured_with_calm(engine, path, data)
    first, hostile = facts.files
    # Its part in the program may be another one, e.g. where the hostile file imports it.
    assert first.model_copy(update={"part": calm.part}) == calm
    asked = {key.partition("{")[0]: one for key, one in hostile.inspections.items()}
    failed = {check: one.reason for check, one in asked.items() if one.state is FAILED}
    assert set(failed.values()) <= OURS
    report = build_report(CompiledRubric.of(RUBRIC, CATALOG), facts, digest="")
    points = {one.id: one.points for one in report.criteria}
    if hostile.readable.state is State.UNREADABLE:
        if hostile.part.counts:  # not so a table that is too large to be read
            assert {one: points[one] for one in OF_PYTHON} == dict.fromkeys(OF_PYTHON, 0)
        assert hostile.readable.findings[0].message
    elif hostile.readable.state is FAILED:
        assert hostile.readable.reason in OURS
        assert {one: points[one] for one in OF_PYTHON} == dict.fromkeys(OF_PYTHON)
    else:
        assert set(asked) == {*OF_PYTHON, "signals"}
        withheld = {one for one, earned in points.items() if earned is None}
        assert withheld == failed.keys() & points.keys()
    assert (report.status == "needs_attention") == bool(report.faults)


SOURCES = {**attacks(), **odd_sources()}
SOME = ("chain of elif, 140", "nest of square, 30", "nest of call, 250", "lone surrogate")


@pytest.mark.parametrize("attack", SOURCES)
def test_a_source_ends_in_a_named_state(engine: Engine, calm: FileFacts, attack: str) -> None:
    endures(engine, calm, "b.py", SOURCES[attack])


@pytest.mark.parametrize("attack", NOTEBOOKS)
def test_a_notebook_ends_in_a_named_state(engine: Engine, calm: FileFacts, attack: str) -> None:
    endures(engine, calm, "b.ipynb", NOTEBOOKS[attack])


@pytest.mark.parametrize("path", KINDS)
@pytest.mark.parametrize("attack", SOME)
def test_attacks_under_other_file_names_end_in_a_named_state(
    engine: Engine, attack: str, path: str
) -> None:
    plain, other = (
        measured_with_calm(engine, one, SOURCES[attack]).files[1] for one in ("b.py", path)
    )
    assert other.path == path
    assert other.readable == plain.readable
    assert other.inspections.keys() == plain.inspections.keys()
    assert {one.reason for one in other.inspections.values()} <= {"", *OURS}


def test_the_number_of_attacks() -> None:
    assert len(SOURCES) + len(NOTEBOOKS) > 300


@pytest.mark.parametrize(
    ("text", "withheld"),
    [
        ("import os . path\n\n\ndef main():\n    print(os.path)\n", True),
        ("def main():\n    x = 1\n\f    print(x)\n", False),
    ],
)
def test_a_fault_of_a_formatter_withholds_at_most_the_patch(text: str, withheld: bool) -> None:
    for rubric in (CHAPTER, REFACTOR):
        report = report_on(
            {"main.py": text + "\n\nif __name__ == '__main__':\n    main()\n"}, with_patch(rubric)
        )
        assert (report.status, report.faults) == ("graded", ())
        assert [one.path for one in report.patch_withheld] == ["main.py"] * withheld
        assert bool(report.patch) is not withheld
