"""Starter files from the rubric to the report: real checks, command line and HTTP."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient

from grader.__main__ import main
from grader.checks.catalog import CATALOG
from grader.domain.facts import SubmissionFacts
from grader.domain.report import CriterionLine, Report
from grader.domain.report.building import build_report
from grader.domain.rubric import CompiledRubric
from grader.domain.source import SourceFile, Submission
from grader.engine.measuring.engine import Engine
from grader.engine.measuring.facts_cache import MemoryFacts
from grader.engine.measuring.job import Job, RunningJob
from grader.engine.rubric_text import read_rubric_text
from tests.in_process import InProcess

Headers = dict[str, str]

#: The starter file: badly formatted, with a finished function and one to be written.
GIVEN = '''\
import os, sys
def mean(values: list[float]) -> float:
    """Return the mean of some values."""
    return sum(values)/len(values)


def median(values: list[float]) -> float:
    """Return the middle of some values."""
    pass
'''
WRITTEN = GIVEN.replace("    pass\n", "    return sorted(values)[len(values) // 2]\n")

RUBRIC = """\
exercise: median
course: mlops
title: Write the function median
total: 50
criteria:
  style:
    title: Nothing for Flake8 to complain about
    points: 10
    check: style
    scale: {measure: violations, full_at: 0, zero_at: 5}
  formatting:
    title: Formatted with Black
    points: 10
    check: formatting
    scale: {measure: files_to_reformat, full_at: 0, zero_at: 1}
  simple:
    title: Simple
    points: 10
    check: complexity
    scale: {measure: highest, full_at: 3, zero_at: 10}
  functions:
    title: Functions that do something
    points: 10
    check: modularity
    scale: {measure: functions, full_at: 1, zero_at: 0}
  repetition:
    title: Nothing said twice
    points: 10
    check: duplication
    scale: {measure: repeated_statements, full_at: 0, zero_at: 5}
"""


def with_starter(files: Mapping[str, str], rubric: str = RUBRIC) -> str:
    """Return ``rubric`` with starter ``files``, written as JSON, which is valid YAML."""
    return f"{rubric}starter: {json.dumps(files)}\n"


@dataclass
class Listening:
    """An inspector that records the paths of all files in its jobs."""

    asked: list[str] = field(default_factory=list)

    def start(self, job: Job) -> RunningJob:
        self.asked += [file.path for file in job.files]
        return InProcess(CATALOG).start(job)

    def close(self) -> None:
        """Do nothing."""


@dataclass
class Room:
    """An engine with an inspector that records its jobs."""

    inspector: Listening = field(default_factory=Listening)

    def __post_init__(self) -> None:
        self.engine = Engine(CATALOG, self.inspector, MemoryFacts())

    def measured(self, files: Mapping[str, str], rubric: str) -> SubmissionFacts:
        sources = [SourceFile(path, text.encode()) for path, text in sorted(files.items())]
        return self.engine.measure(Submission(tuple(sources)), read_rubric_text(rubric, CATALOG))

    def judged(self, facts: SubmissionFacts, rubric: str) -> Report:
        compiled = CompiledRubric.of(read_rubric_text(rubric, CATALOG), CATALOG)
        return build_report(
            compiled, facts, digest="d", starter=self.engine.starter(compiled.rubric)
        )

    def graded(self, files: Mapping[str, str], rubric: str) -> Report:
        return self.judged(self.measured(files, rubric), rubric)


@pytest.fixture(scope="module")
def room() -> Room:
    return Room()


def rows(report: Report) -> dict[str, CriterionLine]:
    return {row.id: row for row in report.criteria}


def test_the_students_part_of_a_starter_file_is_judged(room: Room) -> None:
    rubric = with_starter({"stats.py": GIVEN})
    alone = rows(room.graded({"stats.py": WRITTEN}, RUBRIC))
    mine = room.graded({"stats.py": WRITTEN}, rubric)
    assert (alone["style"].value, alone["functions"].value) == (4, 2)
    assert {row.id: row.value for row in mine.criteria} == {
        "style": 0,
        "formatting": 0,
        "simple": 0,
        "functions": 1,
        "repetition": 0,
    }
    assert mine.total.points == 50
    assert mine.findings == ()
    assert mine.patch is not None


@pytest.mark.parametrize(
    "sent",
    [
        {"stats.py": GIVEN},
        {"s123/stats.py": GIVEN.replace("\n", "\r\n")},
        {"stats.py": "\ufeff" + GIVEN.replace("\n\n", "\n# A thought.\n   \n")},
        {"copy_of_stats.py": GIVEN},
        {"part_of_stats.py": GIVEN.partition("\n\n\n")[0]},
        {"stats.py": GIVEN.replace("import os, sys\n", "")},
    ],
)
def test_what_was_handed_out_alone_earns_nothing(room: Room, sent: dict[str, str]) -> None:
    report = room.graded(sent, with_starter({"stats.py": GIVEN}))
    assert report.total.points == 0
    assert [line.handed_out for line in report.files] == [True]
    assert (report.findings, report.patch) == ((), None)
    assert report.notes == (
        f"As handed out, so neither blamed nor praised: {report.files[0].path}.",
    )


def test_a_fault_that_the_student_adds_is_the_students(room: Room) -> None:
    worse = "import json\n" + WRITTEN
    report = room.graded({"stats.py": worse}, with_starter({"stats.py": GIVEN}))
    assert rows(report)["style"].value == 1
    assert [(one.line, one.code) for one in report.findings] == [(1, "F401")]


def test_a_starter_file_that_the_student_breaks_is_the_students(room: Room) -> None:
    report = room.graded({"stats.py": "def broken(:\n"}, with_starter({"stats.py": GIVEN}))
    assert report.total.points == 0
    assert {row.outcome for row in report.criteria} == {"unreadable"}
    assert report.next_step is not None and report.next_step.path == "stats.py"


HELPERS = '''\
"""Helpers that were handed out."""


def mean(values):
    """Return the mean of some values."""
    total, number = 0, 0
    for value in values:
        if value is not None:
            total += value
            number += 1
    if number == 0:
        raise ValueError("there are no values")
    return total / number
'''
MAIN = """\
from helpers import mean


def main():
    print(mean([1, 2, 3]))


if __name__ == "__main__":
    main()
"""
REACHED = RUBRIC.replace("measure: functions, full_at", "measure: unreached_modules, full_at")
REACHED = REACHED.replace("full_at: 1, zero_at: 0}", "full_at: 0, zero_at: 1}")


def test_other_files_still_know_what_was_handed_out(room: Room) -> None:
    rubric = with_starter({"helpers.py": HELPERS}, REACHED)
    report = room.graded({"main.py": MAIN, "helpers.py": HELPERS}, rubric)
    assert {row.value for row in report.criteria if row.id != "simple"} == {0}
    assert report.total.points == 50


def test_what_is_handed_out_twice_blames_nobody(room: Room) -> None:
    twice = HELPERS + HELPERS.partition("\n\n\n")[2].replace("mean", "average")
    rubric = with_starter({"helpers.py": twice})
    blamed = room.graded({"helpers.py": twice, "main.py": MAIN}, RUBRIC)
    report = room.graded({"helpers.py": twice, "main.py": MAIN}, rubric)
    assert rows(blamed)["repetition"].value
    assert rows(report)["repetition"].value == 0


def test_a_starter_is_measured_once_for_a_class() -> None:
    room, rubric = Room(), with_starter({"stats.py": GIVEN})
    for number in range(3):
        room.graded({"stats.py": f"{WRITTEN}\n\nMINE = {number}\n"}, rubric)
    assert len(room.inspector.asked) == 3 + 1


def test_a_change_of_the_starter_measures_no_students_file() -> None:
    room, rubric = Room(), with_starter({"stats.py": GIVEN})
    facts = room.measured({"stats.py": WRITTEN}, rubric)
    stored = SubmissionFacts.model_validate_json(facts.model_dump_json())
    room.inspector.asked.clear()
    tidy = GIVEN.replace("import os, sys\n", "\n\n")
    assert rows(room.judged(stored, rubric))["style"].value == 0
    assert rows(room.judged(stored, with_starter({"stats.py": tidy})))["style"].value == 4
    assert room.inspector.asked == ["stats.py", "stats.py"]


def test_facts_from_before_there_was_a_starter_can_be_judged_again(room: Room) -> None:
    stored = room.measured({"stats.py": WRITTEN}, RUBRIC)
    assert rows(room.judged(stored, with_starter({"stats.py": GIVEN})))["style"].value == 0
    same = room.measured({"stats.py": GIVEN}, RUBRIC)
    assert room.judged(same, with_starter({"stats.py": GIVEN})).total.points == 0


@pytest.fixture
def rubric_file(tmp_path: Path) -> Iterator[Path]:
    file = tmp_path / "median.yaml"
    file.write_text(with_starter({"stats.py": GIVEN}))
    yield file


def run(*words: str | Path) -> Any:
    return CliRunner().invoke(main, [str(word) for word in words], env={"GRADER_REDIS_URL": ""})


def test_at_the_terminal(rubric_file: Path, tmp_path: Path) -> None:
    work = tmp_path / "work"
    work.mkdir()
    (work / "stats.py").write_text(GIVEN)
    (work / "more.py").write_text("def double(value):\n    return 2 * value\n")
    result = run("check", work, "--rubric", rubric_file, "--format", "json")
    assert result.exit_code == 0
    report = json.loads(result.stdout)
    handed_out = {line["path"]: line["handed_out"] for line in report["files"]}
    assert handed_out == {"more.py": False, "stats.py": True}
    assert report["total"]["points"] == 50
    told = run("check", work, "--rubric", rubric_file)
    assert "As handed out, so neither blamed nor praised: stats.py." in " ".join(
        told.stdout.split()
    )


def test_golden_submissions_know_the_starter(rubric_file: Path, tmp_path: Path) -> None:
    golden = tmp_path / "golden" / "median"
    for name, text in (("given", GIVEN), ("written", WRITTEN)):
        (golden / name).mkdir(parents=True)
        (golden / name / "stats.py").write_text(text)
    (golden / "expected.yaml").write_text("given: 0\nwritten: 50\n")
    assert run("rubric", "test", rubric_file).exit_code == 0


def test_lint_names_the_starter_file_and_its_line(rubric_file: Path) -> None:
    rubric_file.write_text(f"{RUBRIC}starter:\n  stats.py: |\n    import sys\n    def (\n")
    result = run("rubric", "lint", rubric_file)
    assert result.exit_code == 2
    line = RUBRIC.count("\n") + 2
    assert f"{line}:3" in result.output or f"line {line}" in result.output
    assert "(line 2 of it)" in result.output


def test_over_http(
    client: FlaskClient,
    instructor: Headers,
    zipped: Callable[..., bytes],
    grade: Callable[[], int],
) -> None:
    url = "/api/v1/exercises/median"
    yaml = instructor | {"Content-Type": "application/yaml"}
    refused = client.put(f"{url}/rubric", data=with_starter({"a.py": "def ("}), headers=yaml)
    assert refused.status_code == 422 and refused.json is not None
    assert refused.json["errors"][0]["path"] == ["starter", "a.py"]
    rubric = with_starter({"stats.py": GIVEN})
    assert client.put(f"{url}/rubric", data=rubric, headers=yaml).status_code == 201

    def points(text: str) -> int | float:
        sent = zipped({"work/stats.py": text})
        headers = instructor | {"Content-Type": "application/zip"}
        answer = client.post(f"{url}/submissions?student=ada", data=sent, headers=headers)
        assert grade() == 1
        report = client.get(f"{answer.headers['Location']}/report", headers=instructor).json
        assert report is not None
        total: int | float = report["total"]["points"]
        return total

    assert (points(GIVEN), points(WRITTEN)) == (0, 50)


ANSWERED = """\
exercise: linting
course: mlops
title: Say what Flake8 found
total: 10
criteria:
  answers:
    title: answers.md names what Flake8 found
    points: 10
    check: answers
    scale: {measure: agreement, limit: 1, full_at: 100, zero_at: 0}
"""


@pytest.mark.parametrize("text", [GIVEN, WRITTEN])
def test_answers_about_a_script_that_was_handed_out_count_in_full(room: Room, text: str) -> None:
    rubric = with_starter({"numbers.py": GIVEN}, ANSWERED)
    codes = "E401, F401 and E302"
    files = {"before/numbers.py": text, "answers.md": codes, "numbers.py": WRITTEN}
    assert room.graded(files, rubric).total.points == 10
    assert room.graded({**files, "answers.md": "E401"}, rubric).total.points == 3.3
