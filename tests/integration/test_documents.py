"""Only the checks that are about documents read the documents of a submission."""

from __future__ import annotations

from collections.abc import Mapping

from grader.domain.check import Catalog, Check, Context, FileDigests, Guidance, Inspections, Options
from grader.domain.facts import SubmissionFacts
from grader.domain.inspection import Facts, Inspection, State
from grader.domain.measures import count_measure
from grader.domain.report import Report
from grader.domain.report.building import build_report
from grader.domain.rubric import CompiledRubric
from grader.domain.rubric.reading import read_rubric
from grader.domain.source import SourceFile, Submission, is_document
from grader.engine.measuring.engine import Engine
from grader.engine.measuring.facts_cache import MemoryFacts
from tests.in_process import InProcess

GUIDANCE = Guidance("What.", "How.", "https://example.org")


def count_lines(source: SourceFile, options: Options, context: Context) -> Inspection:
    counts = {"lines": len(source.lines), "others": len(context)}
    return Inspection(facts=Facts(counts=counts))


def as_they_are(inspections: Inspections, options: Options) -> Inspections:
    return inspections


def paths(path: str, files: FileDigests) -> Context:
    return tuple(other for other, _ in files)


MEASURES = (count_measure("lines", "Lines", "lines"),)
CODE = Check("code", 1, "Code", GUIDANCE, MEASURES, count_lines, Options, context=paths)
TEXT = Check(
    "text",
    1,
    "Text",
    GUIDANCE,
    MEASURES,
    count_lines,
    Options,
    reads=is_document,
    combine=as_they_are,
)
CATALOG: Catalog = {"code": CODE, "text": TEXT}


def measured(files: Mapping[str, bytes], *checks: str) -> tuple[SubmissionFacts, Report]:
    scale = {"measure": "lines", "full_at": 0, "zero_at": 10}
    criteria = {
        check: {"title": check, "points": 10, "check": check, "scale": scale} for check in checks
    }
    head = {"exercise": "e", "course": "c", "title": "t", "total": 10 * len(checks)}
    rubric = read_rubric({**head, "criteria": criteria}, CATALOG)
    sources = tuple(SourceFile(path, data) for path, data in sorted(files.items()))
    facts = Engine(CATALOG, InProcess(CATALOG), MemoryFacts()).measure(Submission(sources), rubric)
    return facts, build_report(CompiledRubric.of(rubric, CATALOG), facts, digest="d")


def points(report: Report) -> dict[str, float | None]:
    return {line.id: line.points for line in report.criteria}


def test_each_check_is_asked_about_the_files_that_it_reads_alone() -> None:
    facts, report = measured({"a.py": b"x = 1\n", "answers.md": b"# E501\n\n"}, "code", "text")
    assert {file.path: set(file.inspections) for file in facts.files} == {
        "a.py": {"code"},
        "answers.md": {"text"},
    }
    assert {file.path: file.checks for file in report.files} == {
        "a.py": {"code": State.OK},
        "answers.md": {"text": State.OK},
    }
    assert points(report) == {"code": 9, "text": 8}


def test_a_document_is_no_part_of_what_a_check_of_code_may_know() -> None:
    facts, _ = measured({"a.py": b"x = 1\n", "answers.md": b""}, "code", "text")
    assert facts.files[0].inspections["code"].facts.counts["others"] == 1


def test_a_document_that_no_check_reads_is_left_out_with_a_reason() -> None:
    files = {"README.md": b"\xff", "a.py": b"x = 1\n", "pyproject.toml": b"[tool.black]\n"}
    facts, report = measured(files, "code")
    assert [file.path for file in facts.files] == ["a.py"]
    assert {one.path: one.reason for one in report.dropped} == {
        "README.md": "not Python",
        "pyproject.toml": (
            "configuration of a tool: every submission is graded with the exercise's own"
        ),
    }
    assert report.notes == ()


def test_settings_that_are_read_for_another_reason_set_up_no_tool_and_the_report_says_so() -> None:
    files = {"a.py": b"x = 1\n", "pyproject.toml": b"[tool.black]\n"}
    _, report = measured(files, "code", "text")
    assert report.notes == (
        "pyproject.toml was read as a text and set up no tool: every submission is graded with "
        "the exercise's own settings.",
    )


def test_a_document_that_cannot_be_read_bars_what_reads_documents_and_no_code() -> None:
    files = {"a.py": b"x = 1\n", "answers.md": b"caf\xe9\n", "more.md": b""}
    _, report = measured(files, "code", "text")
    assert points(report) == {"code": 9, "text": 0}
    assert report.criteria[1].why == ("answers.md cannot be read: nothing is earned until it can.")
    assert report.next_step is not None
    assert (report.next_step.path, report.next_step.line) == ("answers.md", 1)
    assert report.findings[0].how_to_fix.startswith("Open it in an editor")


def test_code_that_cannot_be_read_bars_no_document() -> None:
    _, report = measured({"a.py": b"x = (\n", "answers.md": b"E501\n"}, "code", "text")
    assert points(report) == {"code": 0, "text": 9}
    assert {file.path: file.checks for file in report.files} == {
        "a.py": {"code": State.UNREADABLE},
        "answers.md": {"text": State.OK},
    }


def test_facts_with_documents_survive_storage() -> None:
    facts, _ = measured({"a.py": b"x = 1\n", "answers.md": b"E501\n"}, "code", "text")
    assert SubmissionFacts.model_validate_json(facts.model_dump_json()) == facts
    bare = facts.without_findings()
    assert bare.with_findings(facts.findings()) == facts
