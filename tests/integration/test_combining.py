"""Checks that combine files: results from all sketches, and none if a file is unreadable."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace

import pytest

from grader.domain.check import AnyCheck, Check, Context, Guidance, Inspections, Options
from grader.domain.facts import SubmissionFacts
from grader.domain.inspection import Facts, Inspection, State
from grader.domain.measures import count_measure
from grader.domain.report import Report
from grader.domain.report.building import build_report
from grader.domain.rubric import CompiledRubric
from grader.domain.rubric.reading import read_rubric
from grader.domain.source import SourceFile, Submission
from grader.engine.measuring.engine import Engine
from grader.engine.measuring.facts_cache import MemoryFacts
from tests.in_process import InProcess


def look(source: SourceFile, options: Options, context: Context) -> Inspection:
    return Inspection(sketch=json.dumps(sorted(set(source.text.split()))))


def shared(inspections: Inspections, options: Options) -> dict[str, Inspection]:
    """Return inspections that count the words of each file that another file also has."""
    words = {path: set(json.loads(one.sketch)) for path, one in inspections.items()}
    found = {}
    for path, mine in words.items():
        others = set().union(*(theirs for other, theirs in words.items() if other != path))
        counts = {"shared": len(mine & others)}
        found[path] = inspections[path].model_copy(update={"facts": Facts(counts=counts)})
    return found


def explode(inspections: Inspections, options: Options) -> dict[str, Inspection]:
    raise RuntimeError("broken")


CHECK = Check(
    id="shared_words",
    version=1,
    title="Shared words",
    guidance=Guidance("What.", "How.", "https://example.org"),
    measures=(count_measure("shared", "Shared words", "words"),),
    inspect=look,
    options=Options,
    combine=shared,
)


def measured(
    sent: Mapping[str, str], check: AnyCheck = CHECK, **criterion: object
) -> tuple[SubmissionFacts, Report]:
    catalog = {check.id: check}
    given = {"title": "t", "points": 10, "check": check.id, **criterion}
    given["scale"] = {"measure": "shared", "full_at": 0, "zero_at": 10}
    data = {"exercise": "e", "course": "c", "title": "t", "total": 10, "criteria": {"it": given}}
    rubric = read_rubric(data, catalog)
    sources = tuple(SourceFile(path, text.encode()) for path, text in sorted(sent.items()))
    engine = Engine(catalog, InProcess(catalog), MemoryFacts())
    facts = engine.measure(Submission(sources), rubric)
    return facts, build_report(CompiledRubric.of(rubric, catalog), facts, digest="d")


def points(report: Report) -> int | float | None:
    return report.total.points


@pytest.fixture
def files() -> Iterator[dict[str, str]]:
    yield {"a.py": "x = 1\n", "b.py": "x = 2\n", "c/d.py": "y = 3\n"}


def test_files_are_seen_in_the_light_of_the_others(files: dict[str, str]) -> None:
    facts, report = measured(files)
    counts = {file.path: file.inspections["shared_words"].facts.counts for file in facts.files}
    assert counts == {"a.py": {"shared": 2}, "b.py": {"shared": 2}, "c/d.py": {"shared": 1}}
    assert points(report) == 5


def test_sketches_do_not_stay_in_the_facts_of_a_submission(files: dict[str, str]) -> None:
    facts, _ = measured(files)
    assert all(not one.sketch for file in facts.files for one in file.inspections.values())


def test_an_unreadable_file_bars_what_lies_between_files_wherever_it_is(
    files: dict[str, str],
) -> None:
    _, before = measured(files, files=("a.py",))
    _, after = measured({**files, "b.py": "x = (\n"}, files=("a.py",))
    assert points(before) == 8
    assert points(after) == 0
    assert after.next_step and after.next_step.path == "b.py"


def test_a_check_that_breaks_on_all_files_costs_no_points(files: dict[str, str]) -> None:
    facts, report = measured(files, replace(CHECK, combine=explode))
    states = {file.inspections["shared_words"].state for file in facts.files}
    assert states == {State.FAILED}
    assert (report.status, points(report)) == ("needs_attention", None)


def test_what_was_measured_once_is_combined_anew() -> None:
    catalog = {CHECK.id: CHECK}
    cache = MemoryFacts()
    engine = Engine(catalog, InProcess(catalog), cache)
    data = {
        "exercise": "e",
        "course": "c",
        "title": "t",
        "total": 10,
        "criteria": {
            "it": {
                "title": "t",
                "points": 10,
                "check": "shared_words",
                "scale": {"measure": "shared", "full_at": 0, "zero_at": 10},
            }
        },
    }
    rubric = read_rubric(data, catalog)
    one, other = SourceFile("a.py", b"x = 1\n"), SourceFile("b.py", b"x = 2\n")
    alone = engine.measure(Submission((one,)), rubric)
    both = engine.measure(Submission((one, other)), rubric)
    found = [facts.files[0].inspections["shared_words"].facts.counts for facts in (alone, both)]
    assert found == [{"shared": 0}, {"shared": 2}]
