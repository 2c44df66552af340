"""Laws of changes to a submission: applying the patch, splitting a module, moving all files.

Each law is tested on real and on generated files. If a law has an exception, a test shows it.
"""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Mapping, Sequence
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from grader.analysis.syntax.statements import is_docstring
from grader.checks.catalog import CATALOG
from grader.domain.inspection import Facts
from grader.domain.report import Report
from grader.domain.report.building import build_report
from grader.domain.rubric import CompiledRubric, Rubric
from grader.domain.source import SourceFile, Submission
from grader.engine.measuring.engine import Engine
from grader.engine.measuring.facts_cache import MemoryFacts
from grader.engine.rubric_text import read_rubric_text, shipped_rubric
from tests.checks.conftest import Corpus, inspect, measure
from tests.checks.test_check_laws import BLOCKS, indented
from tests.in_process import InProcess

GOLDEN = Path(__file__).parents[2] / "rubrics" / "golden"
STYLE = """
exercise: laws
course: tests
title: Format and sort
python: "3.11"
total: 100
criteria:
  formatting:
    title: Formatted
    points: 50
    check: formatting
    scale: {measure: lines_to_change, full_at: 0, zero_at: 5000}
  import_order:
    title: Sorted
    points: 50
    check: import_order
    options: {profile: black}
    scale: {measure: files_to_sort, full_at: 0, zero_at: 2}
"""
SLOPPY = [
    "import sys, os",
    "import json",
    "from os import path, getcwd",
    "x = { 'a':1 }",
    "y=[1,2,]",
]


def read(text: str | None) -> Rubric:
    return read_rubric_text(text or "", CATALOG)


LAWS, PRACTICES = read(STYLE), read(shipped_rubric("chapter-practices"))
ENGINE = Engine(CATALOG, InProcess(CATALOG), MemoryFacts())


def plain(report: Report, folder: str) -> str:
    """Return ``report`` as JSON with a fixed name for ``folder``, without the digest of paths."""
    return report.model_dump_json(exclude={"submission"}).replace(folder, FOLDER)


def report_of(files: Mapping[str, bytes], rubric: Rubric) -> Report:
    sources = tuple(SourceFile(path, files[path]) for path in sorted(files))
    facts = ENGINE.measure(Submission(sources), rubric)
    return build_report(CompiledRubric.of(rubric, CATALOG), facts, digest="")


def patched(files: Mapping[str, bytes], patch: str, folder: Path) -> dict[str, bytes]:
    """Return ``files`` after ``git apply`` of ``patch`` in ``folder``."""
    for path, data in files.items():
        (folder / path).write_bytes(data)
    command = ["git", "apply", "--whitespace=nowarn", "-"]
    subprocess.run(command, cwd=folder, input=patch.encode(), check=True, timeout=60)
    return {path: (folder / path).read_bytes() for path in files}


def losses(files: Mapping[str, bytes], folder: Path) -> dict[str, tuple[float, float]]:
    """Return (points before, points after) of the criteria that earn less after the patch.

    isort and Black cannot undo each other's work, because such a rubric is refused.
    """
    before = report_of(files, LAWS)
    if before.patch is None:
        return {}
    after = report_of(patched(files, before.patch, folder), LAWS)
    earned = {one.id: one.points or 0.0 for one in before.criteria}
    return {
        one.id: (earned[one.id], one.points or 0.0)
        for one in after.criteria
        if (one.points or 0.0) < earned[one.id]
    }


def test_the_patch_lowers_nothing_on_real_files(corpus: Corpus, tmp_path: Path) -> None:
    small = [source for source in corpus.files if len(source.data) < 2_500][:40]
    assert len(small) == 40
    taken = 0
    for at, source in enumerate(small):
        folder = tmp_path / str(at)
        folder.mkdir()
        files = {"code.py": source.data}
        taken += report_of(files, LAWS).patch is not None
        assert losses(files, folder) == {}
    assert taken > 5


@pytest.mark.slow
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.sampled_from(SLOPPY), max_size=6), BLOCKS)
def test_the_patch_lowers_nothing_on_generated_files(
    tmp_path: Path, head: list[str], body: list[str]
) -> None:
    text = "\n".join([*head, *body]) + "\n"
    assert losses({"code.py": text.encode()}, tmp_path) == {}


def halves(source: str) -> tuple[str, str] | None:
    """Return the two modules into which ``source`` is split; ``None`` if it cannot be split.

    It must have at least two definitions, and otherwise only imports and a docstring.
    """
    tree = ast.parse(source)
    body = tree.body[1:] if tree.body and is_docstring(tree.body[0]) else tree.body
    imports = [one for one in body if isinstance(one, ast.Import | ast.ImportFrom)]
    made = [one for one in body if isinstance(one, ast.FunctionDef | ast.ClassDef)]
    if len(made) < 2 or len(imports) + len(made) < len(body):
        return None
    middle = len(made) // 2
    first, second = ([*imports, *some] for some in (made[:middle], made[middle:]))
    return _text(first), _text(second)


def _text(statements: Sequence[ast.stmt]) -> str:
    return "\n\n\n".join(map(ast.unparse, statements)) + "\n"


def complexities(*texts: str) -> list[Fraction]:
    """Return every measure of ``complexity`` for ``texts`` together, for each limit of 1 to 11.

    Shares are left out: they need the statements of a program.
    """
    merged = inspect("complexity", texts[0]).facts
    for text in texts[1:]:
        merged = Facts.merge([merged, inspect("complexity", text).facts])
    measures = [one for one in CATALOG["complexity"].measures if one.parts is None]
    assert all(one.better == "lower" for one in measures)
    return [_value(one.id, merged, limit) for one in measures for limit in range(1, 12)]


def _value(measure_id: str, facts: Facts, limit: int) -> Fraction:
    value = measure("complexity", measure_id, facts, limit)
    assert isinstance(value, Fraction), measure_id
    return value


def is_no_worse(whole: str, parts: tuple[str, str]) -> bool:
    before, after = complexities(whole), complexities(*parts)
    return all(b <= a for a, b in zip(before, after, strict=True))


def test_splitting_a_module_makes_real_code_no_more_complex(corpus: Corpus) -> None:
    tried = 0
    for source in corpus.files:
        parts = halves(source.text) if tried < 60 else None
        if parts is not None:
            tried += 1
            assert is_no_worse(source.text, parts), source.path
    assert tried == 60


@pytest.mark.slow
@settings(max_examples=60, deadline=None)
@given(st.lists(BLOCKS, min_size=2, max_size=5))
def test_splitting_a_module_makes_generated_code_no_more_complex(bodies: list[list[str]]) -> None:
    made = [
        "\n".join([f"def f{at}(x):", *indented(body), "    return x"])
        for at, body in enumerate(bodies)
    ]
    whole = "import os\n\n\n" + "\n\n\n".join(made) + "\n"
    parts = halves(whole)
    assert parts is not None and is_no_worse(whole, parts)


def test_a_limit_below_one_counts_modules_so_that_splitting_adds_one() -> None:
    """The exception: the body of every module is a block of complexity 1 or more."""
    whole = "def a():\n    return 1\n\n\ndef b():\n    return 2\n"
    parts = halves(whole)
    assert parts is not None
    single, split = inspect("complexity", whole), [inspect("complexity", part) for part in parts]
    together = Facts.merge([one.facts for one in split])
    before, after = (
        measure("complexity", "functions_over", facts, 0) for facts in (single.facts, together)
    )
    assert (before, after) == (3, 4)


def test_code_outside_definitions_may_split_into_two_blocks_over_a_limit() -> None:
    """The exception: a module with more than imports and definitions."""
    block = "if x:\n    y = 1\n"
    whole = inspect("complexity", block * 4).facts
    split = Facts.merge([inspect("complexity", block * 2).facts for _ in range(2)])
    over = [measure("complexity", "functions_over", facts, 2) for facts in (whole, split)]
    assert over == [1, 2]


FOLDER = "first_zq"
#: The name of a folder that no check regards as special, and that no text contains.
NAMES = st.from_regex(r"[a-z][a-z0-9_]{0,8}", fullmatch=True).map(lambda name: f"{name}_zq")


def submission(name: str) -> dict[str, bytes]:
    """Return the files of the golden submission ``name``, including tests."""
    folder = GOLDEN / name
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*.py")}


def below(folder: str, files: Mapping[str, bytes]) -> dict[str, bytes]:
    return {f"{folder}/{path}": data for path, data in files.items()}


@pytest.mark.parametrize(
    "golden",
    [
        "chapter-practices/practised",
        "chapter-practices/script",
        "numbers-refactor/modules",
        "numbers-refactor/syntax-error",
    ],
)
def test_renaming_the_folder_around_all_changes_only_paths(golden: str) -> None:
    files = submission(golden)
    first = plain(report_of(below(FOLDER, files), PRACTICES), FOLDER)

    @settings(max_examples=4, deadline=None, phases=[Phase.generate])
    @given(NAMES)
    def holds(name: str) -> None:
        assert plain(report_of(below(name, files), PRACTICES), name) == first

    holds()


def test_renaming_the_folder_changes_no_real_file(corpus: Corpus) -> None:
    files = {f"code_{at}.py": one.data for at, one in enumerate(corpus.files[:40])}
    first, other = (
        plain(report_of(below(folder, files), PRACTICES), folder)
        for folder in (FOLDER, "a_second_zq")
    )
    assert other == first


@pytest.mark.parametrize("meaning", ["tests", "requests"])
def test_a_folder_whose_name_has_a_meaning_is_more_than_a_path(meaning: str) -> None:
    """The exceptions: a folder of tests, and a folder named like an imported package."""
    text = b"import attr\nimport requests\n\nif attr:\n    print(requests)\n"
    files = {"a.py": text, "b.py": b"def double(number):\n    return 2 * number\n"}
    first, other = (
        {one.id: one.points for one in report_of(below(folder, files), PRACTICES).criteria}
        for folder in (FOLDER, meaning)
    )
    assert first != other
