"""The report that a student and an LMS read."""

from __future__ import annotations

import json
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.domain.check import Guidance, Options
from grader.domain.facts import DroppedFile, SubmissionFacts
from grader.domain.inspection import Finding, Inspection, State
from grader.domain.measures import count_measure
from grader.domain.report import Receipt, Report
from grader.domain.report.building import build_report
from grader.domain.rubric import NEWER_SYNTAX
from grader.domain.scoring import number
from grader.domain.unreadable import READABLE
from tests.unit.domain_material import (
    CATALOG,
    FAILED,
    NO_PYTHON,
    MendOptions,
    by_hand,
    check,
    compiled_rubric_of,
    complaints,
    criterion,
    empty_file,
    facts_of,
    file,
    reported,
    seen,
)

X1 = Finding(code="X1", line=4, column=2, message="no")
X2 = Finding(code="X2", line=2, message="never")
OVER = {"measure": "functions_over", "limit": 20, "full_at": 0, "zero_at": 3}


def long_functions(*lengths: int) -> Inspection:
    findings = [
        Finding(code="long", line=at, message=f"{length} lines", value=length)
        for at, length in enumerate(lengths, 1)
    ]
    return seen(State.OK, *findings, histograms={"lengths": dict.fromkeys(lengths, 1)})


def full_report() -> Report:
    criteria = {
        "lint": criterion(10, scale={"measure": "complaints", "full_at": 0, "zero_at": 3}),
        "length": criterion(5, check="length", scale=OVER, caps_total_at=50.5),
        "hand": by_hand(2.5),
    }
    files = [
        file("a.py", lint=complaints(1, X1), length=long_functions(30, 10)),
        file("ü b.py", lint=FAILED, length=long_functions(21)),
        file("tests/test_a.py", NO_PYTHON),
    ]
    return reported(criteria, *files)


def test_json_round_trip() -> None:
    report = full_report()
    text = report.to_json()
    assert Report.model_validate_json(text) == report
    assert Report.model_validate_json(text).to_json() == text
    assert text.endswith("}\n")
    assert list(json.loads(text))[:4] == ["schema", "status", "total", "next_step"]
    assert json.loads(text)["schema"] == "grader.report/1"


def test_a_receipt_is_all_that_a_server_adds() -> None:
    report = full_report()
    times = {"received_at": "2024-05-01T00:00:00Z", "graded_at": "2024-05-01T00:00:01Z"}
    receipt = Receipt(submission="s", student="t", attempt=1, **times)
    served = report.model_copy(update={"receipt": receipt})
    assert Report.model_validate_json(served.to_json()) == served
    assert served.model_copy(update={"receipt": None}).to_json() == report.to_json()


@pytest.mark.parametrize(
    ("exact", "told"), [("3", 3), ("5/2", 2.5), ("67/10", 6.7), ("1/10", 0.1), ("0", 0)]
)
def test_numbers_are_plain_in_json(exact: str, told: float) -> None:
    found = number(Fraction(exact))
    assert found == told and type(found) is type(told)


@given(st.integers(0, 100_000))
def test_tenths_survive_json(tenths: int) -> None:
    exact = Fraction(tenths, 10)
    assert Fraction(json.dumps(number(exact))) == exact


def test_lines_of_criteria_and_total() -> None:
    report = full_report()
    lint, length, hand = report.criteria
    assert (lint.outcome, lint.points, lint.max_points) == ("unreadable", 0, 10)
    assert (length.outcome, length.value, length.unit) == ("scored", 2, "functions")
    assert (length.points, length.measure, length.check) == (1.7, "functions_over", "length")
    assert (hand.outcome, hand.points, hand.max_points) == ("manual", None, 2.5)
    assert (hand.measure, hand.value, hand.unit, hand.label) == (None, None, None, None)
    total = report.total
    assert (total.points, total.at_least, total.max_points) == (1.7, 1.7, 17.5)
    assert (total.awaiting, total.capped_at, total.capped_by) == (2.5, None, None)


def test_a_criterion_with_points_to_win_says_how() -> None:
    lines = {line.id: line for line in full_report().criteria}
    assert lines["length"].how_to_fix == CATALOG["length"].guidance.how_to_fix
    assert lines["hand"].how_to_fix == ""
    won = reported({"lint": criterion()}, file("a.py", lint=complaints(0)))
    assert won.criteria[0].how_to_fix == ""


def test_advice_on_code_waits_until_there_is_some_to_read() -> None:
    for one, told in ((file("a.py", NO_PYTHON), "being read"), (file("a.py"), "is measured")):
        (line,) = reported({"lint": criterion()}, one).criteria
        assert told in line.how_to_fix
        assert line.how_to_fix != CATALOG["lint"].guidance.how_to_fix


def test_empty_files_are_named_unless_they_mark_a_package() -> None:
    files = map(empty_file, ("a.py", "tools/__init__.py", "z.py"))
    (note,) = reported({"lint": criterion()}, *files).notes
    assert note.startswith("a.py, z.py: there is not a single character")


@pytest.mark.parametrize("tone", ["beginner", "standard", "strict"])
def test_the_report_carries_the_tone_of_the_rubric_and_a_students_own_line(tone: str) -> None:
    shown = Finding(code="X1", line=4, message="no", before="x = 1;", after="x = 1")
    compiled = compiled_rubric_of({"lint": criterion()}, feedback={"tone": tone})
    report = build_report(
        compiled, facts_of(file("a.py", lint=complaints(1, shown))), digest="r" * 64
    )
    assert report.tone == tone
    (line,) = report.findings
    assert (line.before, line.after) == ("x = 1;", "x = 1")


def test_cap_that_bites_is_told() -> None:
    criteria = {
        "cap": criterion(5, caps_total_at=2.5),
        "rest": criterion(10, check="length", scale=OVER),
    }
    files = file("a.py", lint=complaints(10), length=long_functions(3))
    total = reported(criteria, files).total
    assert (total.points, total.capped_at, total.capped_by) == (2.5, 2.5, "cap")


def test_finding_of_two_criteria_is_told_once() -> None:
    criteria = {
        "a": criterion(),
        "b": criterion(scale={"measure": "uses", "full_at": 2, "zero_at": 0}),
    }
    report = reported(criteria, file("a.py", lint=complaints(2, X1, X1, X2)))
    assert [(one.code, one.line, one.criteria) for one in report.findings] == [
        ("X2", 2, ("a", "b")),
        ("X1", 4, ("a", "b")),
    ]


def test_same_finding_in_two_files_is_two_findings() -> None:
    files = [file(path, lint=complaints(1, X1)) for path in ("b.py", "a.py")]
    found = reported({"a": criterion()}, *files).findings
    assert [one.path for one in found] == ["a.py", "b.py"]


def test_finding_names_only_the_criteria_that_take_its_file() -> None:
    criteria = {"a": criterion(files=["a.py"]), "b": criterion(files=["b.py"])}
    files = [file(f"{name}.py", lint=complaints(1, X1)) for name in "abc"]
    found = reported(criteria, *files).findings
    assert [(one.path, one.criteria) for one in found] == [("a.py", ("a",)), ("b.py", ("b",))]


def test_evidence_is_held_against_the_limit() -> None:
    report = reported(
        {"it": criterion(check="length", scale=OVER)},
        file("a.py", length=long_functions(20, 21, 9)),
    )
    assert [one.value for one in report.findings] == [21]
    assert report.criteria[0].value == len(report.findings) == 1


def test_one_finding_under_two_limits_names_whom_it_concerns() -> None:
    strict = OVER | {"limit": 10}
    criteria = {
        "kind": criterion(check="length", scale=OVER),
        "strict": criterion(check="length", scale=strict),
    }
    report = reported(criteria, file("a.py", length=long_functions(15, 30)))
    assert [one.criteria for one in report.findings] == [("strict",), ("kind", "strict")]


def test_finding_carries_its_words() -> None:
    words = {"X": Guidance("Why X.", "Mend X.", "https://example.org/X")}
    lint = check("lint", count_measure("complaints", "C", "c"), guidance_by_code=words)
    compiled = compiled_rubric_of({"it": criterion()}, {"lint": lint})
    other = Finding(code="Y1", message="odd")
    facts = facts_of(file("a.py", lint=complaints(2, X1, other)))
    odd, no = build_report(compiled, facts, digest="r").findings
    assert (no.explanation, no.how_to_fix, no.url) == ("Why X.", "Mend X.", "https://example.org/X")
    assert (no.check, no.path, no.line, no.column, no.message) == ("lint", "a.py", 4, 2, "no")
    assert odd.explanation == "About lint."


def test_unreadable_file_is_told_with_words_of_its_own() -> None:
    report = reported({"it": criterion()}, file("a.py", NO_PYTHON))
    (found,) = report.findings
    assert (found.check, found.code, found.line, found.criteria) == (
        READABLE,
        "syntax-error",
        3,
        (),
    )
    assert "never" in found.how_to_fix and found.url
    assert report.files[0].checks == {"lint": "unreadable", "suppressions": "unreadable"}
    assert report.status == "graded"


def test_suppressions_are_told_whatever_the_criteria() -> None:
    silenced = seen(State.OK, Finding(code="suppression", line=7, message="fmt: off"))
    report = reported({"it": criterion()}, file("a.py", lint=complaints(0), suppressions=silenced))
    assert [(one.check, one.line, one.criteria) for one in report.findings] == [
        ("suppressions", 7, ())
    ]
    assert report.notes[0].startswith("Comments that silence a tool were found in 1 place(s)")
    scale = {"measure": "comments", "full_at": 0, "zero_at": 2}
    criteria = {"it": criterion(check="suppressions", scale=scale)}
    (found,) = reported(criteria, file("a.py", suppressions=silenced)).findings
    assert found.criteria == ("it",)


def test_newer_syntax_is_advice_only_where_the_exercise_names_an_older_python() -> None:
    syntax = check(NEWER_SYNTAX, count_measure("n", "Newer", "constructs"), always_runs=True)
    catalog = {**CATALOG, NEWER_SYNTAX: syntax}
    found = [
        Finding(code="newer-syntax", line=minor, message=f"3.{minor}", value=minor)
        for minor in (9, 11, 12)
    ]
    facts = facts_of(
        file("a.py", lint=complaints(0), newer_syntax=seen(State.OK, *found), suppressions=seen())
    )
    for python, told in {"3.8": [9, 11, 12], "3.11": [12], "3.12": []}.items():
        compiled = compiled_rubric_of({"it": criterion()}, catalog, python=python)
        report = build_report(compiled, facts, digest="d")
        assert [(one.line, one.criteria) for one in report.findings] == [(at, ()) for at in told]
        assert report.total.points == 10


def test_fault_needs_attention_and_costs_others_nothing() -> None:
    criteria = {"lint": criterion(), "length": criterion(5, check="length", scale=OVER)}
    well = reported(criteria, file("a.py", lint=complaints(2), length=long_functions(3)))
    broken = reported(criteria, file("a.py", lint=FAILED, length=long_functions(3)))
    assert (well.status, broken.status) == ("graded", "needs_attention")
    assert broken.criteria[1] == well.criteria[1]
    assert (broken.criteria[0].points, broken.total.points, broken.total.at_least) == (
        None,
        None,
        5,
    )
    assert [(one.path, one.check, one.reason) for one in broken.faults] == [
        ("a.py", "lint", "timeout")
    ]
    assert "costs no points" in broken.notes[-1]


def test_fault_of_what_no_criterion_needs_costs_nothing_at_all() -> None:
    criteria = {"it": criterion()}
    well = reported(criteria, file("a.py", lint=complaints(2)))
    broken = reported(criteria, file("a.py", lint=complaints(2), suppressions=FAILED))
    assert broken.status == "needs_attention"
    assert (broken.total, broken.criteria) == (well.total, well.criteria)


def test_file_that_our_grammar_cannot_read_is_one_fault() -> None:
    grammar = Inspection(state=State.FAILED, reason="grammar")
    report = reported({"it": criterion()}, file("a.py", grammar), file("b.py", lint=complaints(0)))
    assert [(one.path, one.check, one.reason) for one in report.faults] == [
        ("a.py", READABLE, "grammar")
    ]
    assert report.total.points is None


def test_worst_state_of_a_check_is_shown_for_a_file() -> None:
    criteria = {"a": criterion(), "b": criterion(options={"width": 9})}
    inspections = {"lint": complaints(0), 'lint{"width": 9}': FAILED}
    report = reported(criteria, file("a.py", **inspections))
    assert report.files[0].checks["lint"] is State.FAILED
    report = reported(criteria, file("a.py", **inspections | {'lint{"width": 9}': Inspection()}))
    assert report.files[0].checks["lint"] is State.OK


class Width(Options):
    """Options with a width."""

    width: int = 88


def with_formatters() -> dict[str, Any]:
    def command(options: Options, paths: tuple[str, ...]) -> str:
        assert isinstance(options, Width)
        return f"black -l {options.width}"

    black = check("formatting", CATALOG["lint"].measures[0], options=Width, command=command)
    return {"formatting": black, "mend": check("mend", options=MendOptions, gradable=False)}


HUNK = "@@ -1 +1 @@\n-x=1\n+x = 1\n"


def mended(path: str, *findings: Finding, **counts: int) -> Any:
    inspection = seen(State.OK, *findings, counts=counts)
    key = 'mend{"formatting": {}}'
    return file(path, formatting=complaints(1), **{key: inspection})


def formatted(*files: Any, **more: Any) -> Report:
    compiled = compiled_rubric_of({"it": criterion(check="formatting", **more)}, with_formatters())
    return build_report(compiled, facts_of(*files), digest="r", version=4)


def test_patch_joins_the_hunks_of_all_files() -> None:
    hunk = Finding(code="patch", message="m", hunk=HUNK)
    report = formatted(mended("b.py", hunk), mended("a.py", hunk), mended("c.py"))
    assert report.patch == "".join(
        f"diff --git a/{name} b/{name}\n--- a/{name}\n+++ b/{name}\n{HUNK}"
        for name in ("a.py", "b.py")
    )
    assert report.patch_disagreements == ()
    assert [one.check for one in report.findings] == []
    assert formatted(mended("c.py")).patch is None


def test_the_patch_leaves_alone_what_no_criterion_of_layout_counts() -> None:
    hunk = Finding(code="patch", message="m", hunk=HUNK)
    files = [mended(path, hunk) for path in ("a.py", "before/a.py")]
    patch = formatted(*files, exclude=["**/before/**"]).patch
    assert patch and "a/a.py" in patch and "before" not in patch


def test_disagreement_of_the_formatters_is_named() -> None:
    report = formatted(mended("a.py", disagreements=1), mended("b.py"))
    assert report.patch_disagreements == ("a.py",)
    assert report.notes == (
        "Black and isort disagree for ever on a.py, so there is no patch for it.",
    )


def test_a_withheld_patch_is_named_and_needs_no_attention() -> None:
    reason = Finding(code="withheld", message="Black would change what it does")
    broken = seen(State.FAILED, reason="error")
    failed = file("b.py", formatting=complaints(1), **{'mend{"formatting": {}}': broken})
    report = formatted(mended("a.py", reason), failed)
    assert [(one.path, one.reason) for one in report.patch_withheld] == [
        ("a.py", "Black would change what it does"),
        ("b.py", "isort or Black broke on it"),
    ]
    assert (report.status, report.faults, report.patch) == ("graded", (), None)
    assert report.notes[0] == (
        "There is no patch for a.py: Black would change what it does. That costs no points."
    )


def test_commands_are_those_of_the_options() -> None:
    assert [(one.check, one.command) for one in formatted().commands] == [
        ("formatting", "black -l 88")
    ]


def test_what_was_judged_by_what_is_told() -> None:
    report = formatted(mended("a.py"))
    assert (report.rubric.exercise, report.rubric.version, report.rubric.digest) == (
        "numbers",
        4,
        "r",
    )
    assert (report.submission.digest, report.submission.archive_sha256) == ("d" * 64, None)
    assert report.rounding == "nearest tenth of a point, halves up, once per criterion"


def test_archive_and_what_was_left_out_are_told() -> None:
    facts = facts_of(file("a.py", lint=complaints(0))).model_copy(
        update={"archive_sha256": "z", "dropped": (DroppedFile(path="x.txt", reason="no Python"),)}
    )
    report = build_report(compiled_rubric_of({"it": criterion()}), facts, digest="r")
    assert report.submission.archive_sha256 == "z"
    assert [one.path for one in report.dropped] == ["x.txt"]
    assert report.rubric.version is None


def test_report_of_nothing_is_a_report() -> None:
    report = reported({"it": criterion()})
    assert (report.total.points, report.files, report.findings) == (0, (), ())
    assert Report.model_validate_json(report.to_json()) == report


TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


@given(TEXT, TEXT, TEXT)
def test_whatever_a_student_writes_survives_json(path: str, message: str, hunk: str) -> None:
    finding = Finding(code="X1", message=message, hunk=hunk)
    facts = facts_of(file(f"{path}a.py", lint=complaints(1, finding)))
    report = build_report(compiled_rubric_of({"it": criterion()}), facts, digest="r")
    assert Report.model_validate_json(report.to_json()) == report
    assert report.findings[0].message == message
    assert SubmissionFacts.model_validate_json(facts.model_dump_json()) == facts
