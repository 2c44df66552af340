"""The shipped rubrics, and the points of sample submissions under them."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from grader.checks.catalog import CATALOG
from grader.domain.inspection import State
from grader.domain.report import Report
from grader.domain.report.building import build_report
from grader.domain.rubric import CompiledRubric
from grader.domain.rubric.digest import rubric_digest
from grader.engine.forkserver import ForkServer
from grader.engine.intake import read_path
from grader.engine.measuring.engine import Engine
from grader.engine.measuring.facts_cache import MemoryFacts
from grader.engine.rubric_text import (
    read_rubric_text,
    shipped_rubric,
    shipped_rubrics,
)

ROOT = Path(__file__).parents[2]
GOLDEN = ROOT / "rubrics" / "golden" / "numbers-refactor"
SAMPLES = ("monolith", "modules", "syntax-error")
LINTING = ROOT / "rubrics" / "golden" / "numbers-linting"
NAMES = ["chapter-practices", "get-data", "house-style", "numbers-linting", "numbers-refactor"]


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    engine = Engine(CATALOG, ForkServer(), MemoryFacts())
    yield engine
    engine.close()


def text_of(name: str) -> str:
    text = shipped_rubric(name)
    assert text is not None
    return text


def graded(engine: Engine, rubric_name: str, path: Path) -> Report:
    text = text_of(rubric_name)
    rubric = read_rubric_text(text, CATALOG)
    facts = engine.measure(read_path(path, rubric.intake), rubric)
    return build_report(CompiledRubric.of(rubric, CATALOG), facts, digest=rubric_digest(text))


def test_these_rubrics_ship() -> None:
    assert list(shipped_rubrics()) == NAMES
    assert shipped_rubric("unknown") is None
    assert shipped_rubric("../pyproject") is None


@pytest.mark.parametrize("name", NAMES)
def test_each_is_valid_and_named_for_its_exercise(name: str) -> None:
    rubric = read_rubric_text(text_of(name), CATALOG)
    assert rubric.exercise == name
    assert rubric.total == 100


def test_modularity_weighs_most_in_the_exercise() -> None:
    rubric = read_rubric_text(text_of("numbers-refactor"), CATALOG)
    weights: dict[str, Decimal] = {}
    for criterion in rubric.criteria.values():
        weights[criterion.check] = weights.get(criterion.check, Decimal()) + criterion.points
    assert max(weights, key=lambda check: weights[check]) == "modularity"
    assert weights["modularity"] >= 50
    assert "maintainability" not in weights


@pytest.mark.slow
def test_modules_score_at_least_40_points_above_the_monolith(engine: Engine) -> None:
    modules = graded(engine, "numbers-refactor", GOLDEN / "modules")
    monolith = graded(engine, "numbers-refactor", GOLDEN / "monolith")
    assert modules.status == monolith.status == "graded"
    assert modules.total.points is not None and monolith.total.points is not None
    assert modules.total.points == 100
    assert modules.total.points - monolith.total.points >= 40
    assert modules.findings == ()


def test_a_monolith_that_every_formatter_likes_is_still_40_points_below(
    engine: Engine, tmp_path: Path
) -> None:
    source = graded(engine, "numbers-refactor", GOLDEN / "monolith")
    assert source.patch
    script = tmp_path / "numbers.py"
    script.write_bytes((GOLDEN / "monolith" / "numbers.py").read_bytes())
    subprocess.run(["git", "apply", "-"], input=source.patch.encode(), cwd=tmp_path, check=True)
    tidy = graded(engine, "numbers-refactor", tmp_path)
    lines = {line.id: line for line in tidy.criteria}
    assert lines["formatting"].points == 8
    assert lines["import_order"].points == 4
    assert tidy.total.points is not None
    assert tidy.total.points + 8 <= 100 - 40  # even without a finding of Flake8


def test_a_function_in_place_of_a_script_is_worth_most_of_the_small_exercise(
    engine: Engine,
) -> None:
    samples = ("script", "function", "finished")
    told = {name: graded(engine, "get-data", GOLDEN.parent / "get-data" / name) for name in samples}
    points = {name: report.total.points or 0 for name, report in told.items()}
    assert points["function"] - points["script"] >= 50
    assert points["finished"] == 100 > points["function"]
    assert {report.tone for report in told.values()} == {"beginner"}


def test_a_file_that_does_not_parse_earns_nothing_and_comes_first(engine: Engine) -> None:
    broken = graded(engine, "numbers-refactor", GOLDEN / "syntax-error")
    states = {file.path: set(file.checks.values()) for file in broken.files}
    assert states["reporting.py"] == {State.UNREADABLE}
    assert broken.total.points == 0
    assert broken.next_step is not None
    assert broken.next_step.path == "reporting.py"


def run(folder: str, script: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-B", script, *arguments]
    return subprocess.run(command, cwd=GOLDEN / folder, capture_output=True, text=True)


@pytest.mark.parametrize("numbers", [None, "1 2 3\n", "6 6 6", "-1.5, 2 x nan\n# 9\n28", "", "# 1"])
def test_refactoring_changed_nothing_that_one_sees(numbers: str | None, tmp_path: Path) -> None:
    arguments = []
    if numbers is not None:
        (tmp_path / "numbers.txt").write_text(numbers)
        arguments = [str(tmp_path / "numbers.txt")]
    before = run("monolith", "numbers.py", *arguments)
    after = run("modules", "main.py", *arguments)
    assert before.stderr == after.stderr == ""
    assert (before.stdout, before.returncode) == (after.stdout, after.returncode)
    assert before.stdout


def test_the_broken_sample_is_broken() -> None:
    assert "SyntaxError" in run("syntax-error", "main.py").stderr


def test_linting_weighs_the_tools_the_code_and_the_answers(engine: Engine) -> None:
    full, half, bad = (
        graded(engine, "numbers-linting", LINTING / name) for name in ("full", "half", "bad")
    )
    points = [one.total.points for one in (full, half, bad)]
    assert None not in points and points == sorted(points, key=lambda one: -(one or 0))
    assert full.total.awaiting == 10
    assert full.total.points == full.total.max_points - full.total.awaiting
    assert full.findings == () and full.patch is None


def test_the_script_as_it_was_counts_for_the_answers_alone(engine: Engine) -> None:
    half = graded(engine, "numbers-linting", LINTING / "half")
    assert {one.check for one in half.findings if one.path.startswith("before/")} == {"answers"}
    assert half.patch and "before" not in half.patch


def test_no_sample_leaves_anything_behind() -> None:
    kept = {path.suffix for name in SAMPLES for path in (GOLDEN / name).rglob("*")}
    assert kept == {".py"}
