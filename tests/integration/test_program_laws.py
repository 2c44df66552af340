"""Laws on the files of a program: what a file that breaks, or is left out, may change."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.analysis.project.summary import summary_of, summary_of_lines
from grader.bootstrap import read_rubric
from grader.checks.catalog import CATALOG
from grader.domain.facts import FileFacts, SubmissionFacts
from grader.domain.inspection import Inspection, State
from grader.domain.leftovers import settle_parts
from grader.domain.program import Role
from grader.domain.rubric import CompiledRubric
from grader.domain.scoring import Ledger, Outcome, judge
from grader.domain.source import SourceFile, Submission
from grader.engine.measuring.combining import with_parts
from grader.engine.measuring.engine import Engine
from grader.engine.measuring.facts_cache import MemoryFacts
from grader.engine.rubric_text import shipped_rubric
from tests.in_process import InProcess

ENGINE = Engine(CATALOG, InProcess(CATALOG), MemoryFacts())
RUBRICS = {
    name: CompiledRubric.of(read_rubric(shipped_rubric(name) or ""), CATALOG)
    for name in ("chapter-practices", "numbers-refactor", "get-data")
}
Files = Mapping[str, str]

GOOD = '''"""Prices of a shop."""

TAX = 0.2


def with_tax(price: float) -> float:
    """Return the price with tax."""
    return price * (1 + TAX)


def total(prices: list[float]) -> float:
    """Return the sum of all prices with tax."""
    return sum(with_tax(price) for price in prices)
'''
BAD = """import os,sys
Total=0
def Add(x,l=[]):
  global Total
  try:
    Total+=int(x); l.append(x)
  except: pass
  print(Total,l)
  return l
"""
SCRIPT = """import csv
rows = list(csv.reader(open("prices.csv")))
total = 0
for row in rows:
    if row[1] == None:
        continue
    total += float(row[1])
    print(row, total)
print(total / len(rows))
"""
TESTS = """from prices import total


def test_total():
    assert total([1.0]) == 1.2
"""
MODULES = {
    "prices.py": GOOD,
    "adding.py": BAD,
    "script.py": SCRIPT,
    "pkg/part.py": GOOD,
    "pkg/__init__.py": "",
}
MAIN = "import prices\n\nif __name__ == '__main__':\n    prices.total([1])\n"
ENTRIES = ("main.py", "run.py", "app.py")


@st.composite
def programs(draw: st.DrawFn) -> Files:
    """A program with an entry that imports some modules; the other modules are leftovers."""
    names = draw(st.sets(st.sampled_from(sorted(MODULES)), min_size=1))
    used = [name for name in sorted(names) if name != "pkg/__init__.py" and draw(st.booleans())]
    imports = "".join(f"import {name[:-3].replace('/', '.')}\n" for name in used)
    guard = draw(st.sampled_from(['if __name__ == "__main__":', "if '__main__' == __name__:"]))
    entry = draw(st.sampled_from(ENTRIES))
    body = draw(st.sampled_from(["    print(1)\n", "    main()\n", f"    {'x = 1; ' * 8}\n"]))
    files = {name: MODULES[name] for name in names}
    files[entry] = f"{imports}\n\ndef main():\n    print(2)\n\n\n{guard}\n{body}"
    if draw(st.booleans()):
        files["tests/test_prices.py"] = TESTS
    return files


def facts_under(compiled: CompiledRubric, files: Files) -> SubmissionFacts:
    """The facts of `files`, with the roles that they have under the rubric."""
    sources = tuple(SourceFile(path, text.encode()) for path, text in sorted(files.items()))
    return settle_parts(compiled, ENGINE.measure(Submission(sources), compiled.rubric))


def ledger(compiled: CompiledRubric, files: Files) -> Ledger:
    return judge(compiled, facts_under(compiled, files))


def points(found: Ledger) -> dict[str, Fraction | None]:
    """The points of each criterion that a check judges."""
    return {row.id: row.points for row in found.rows if row.outcome is not Outcome.MANUAL}


@pytest.mark.slow
@pytest.mark.parametrize("rubric", RUBRICS)
@settings(max_examples=40, deadline=None)
@given(programs(), st.randoms(use_true_random=False))
def test_breaking_a_file_never_pays(rubric: str, files: Files, chance: Random) -> None:
    """Kept earns at least what broken earns, and so does left out.

    Tests are kept when they would be left out: without them other modules may become the program.
    """
    compiled = RUBRICS[rubric]
    path = chance.choice(sorted(files))
    broken = points(ledger(compiled, {**files, path: f"{files[path]}\ndef broken(:\n"}))
    kept = points(ledger(compiled, files))
    left_out = {other: text for other, text in files.items() if other != path or "test" in path}
    without = points(ledger(compiled, left_out)) if left_out else broken
    for name, earned in broken.items():
        assert earned is None or earned >= 0
        for others in (kept, without):
            assert (earned or 0) <= (others[name] or 0), (path, name)


def roles(compiled: CompiledRubric, files: Files) -> dict[str, Role]:
    return {file.path: file.part.role for file in facts_under(compiled, files).files}


@pytest.mark.parametrize("draft", [SCRIPT, "def draft(:\n  x = = 1\n"])
def test_a_draft_costs_a_little_once(draft: str) -> None:
    compiled = RUBRICS["chapter-practices"]
    files = {"main.py": MAIN, "prices.py": GOOD}
    alone = points(ledger(compiled, files))
    beside = ledger(compiled, {**files, "draft.py": draft})
    assert Fraction(5, 100) <= beside.leftovers.cost <= Fraction(15, 100)
    for name, earned in points(beside).items():
        most = alone[name] or Fraction()
        assert most * Fraction(84, 100) <= (earned or 0) <= most * Fraction(96, 100)
    told = [row.why for row in beside.rows if row.leftover_cost]
    assert told and all("The program does not use draft.py: that costs " in why for why in told)


def test_a_file_on_which_our_gate_fails_makes_no_other_file_a_leftover() -> None:
    def fails(sketch: str) -> FileFacts:
        readable = Inspection(state=State.FAILED, reason="grammar", sketch=sketch)
        return FileFacts(path="app.py", sha256="a", readable=readable)

    main = Inspection(sketch=summary_of(SourceFile("main.py", MAIN.encode())).model_dump_json())
    prices = Inspection(sketch=summary_of(SourceFile("prices.py", GOOD.encode())).model_dump_json())
    known = [
        FileFacts(path="main.py", sha256="b", readable=main),
        FileFacts(path="prices.py", sha256="c", readable=prices),
    ]
    unknown = with_parts([fails(""), *known], {}, ())
    assert {file.part.role for file in unknown.files} == {Role.MEMBER}
    newer = with_parts([fails(summary_of_lines("match = 1\n").model_dump_json()), *known], {}, ())
    assert [file.part.role for file in newer.files] == [Role.LEFTOVER, Role.ENTRY, Role.REACHED]


def test_files_of_equal_bytes_are_read_by_what_their_names_say() -> None:
    named = b"black\nflake8\n"
    files = (SourceFile("pyproject.toml", named), SourceFile("requirements.txt", named))
    rubric = read_rubric(shipped_rubric("numbers-linting") or "")
    (toml,), (text,) = (
        [one.state for key, one in file.inspections.items() if key.startswith("dependencies")]
        for file in ENGINE.measure(Submission(files), rubric).files
    )
    assert (toml, text) == (State.UNREADABLE, State.OK)


def test_a_file_that_the_rubric_names_is_no_leftover() -> None:
    files = {"main.py": MAIN, "prices.py": GOOD, "old.py": SCRIPT}
    options = "    options: {max_line_length: 88}\n"
    text = (shipped_rubric("chapter-practices") or "").replace(
        options, f"{options}    files: [old.py]\n"
    )
    named = CompiledRubric.of(read_rubric(text), CATALOG)
    assert roles(RUBRICS["chapter-practices"], files)["old.py"] is Role.LEFTOVER
    assert roles(named, files)["old.py"] is Role.ENTRY
