"""Signals between files, and that no signal changes points."""

from __future__ import annotations

from typing import Any

import pytest

from grader.domain.facts import DroppedFile, FileFacts
from grader.domain.inspection import Finding, Inspection
from grader.domain.report import Report
from grader.domain.report.building import build_report
from tests.unit.domain_material import (
    CATALOG,
    COMPLAINTS,
    NO_PYTHON,
    check,
    compiled_rubric_of,
    criterion,
    facts_of,
    file,
    seen,
)

MORE = {
    **CATALOG,
    "signals": check("signals", gradable=False, always_runs=True),
    "style": check("style", COMPLAINTS),
}
COMPILED = compiled_rubric_of({"it": criterion(), "style": criterion(check="style")}, MORE)


def one(path: str, statements: int, complaints: int = 0, *findings: Finding) -> FileFacts:
    """Return the facts of a file with ``statements`` statements and ``complaints`` of style."""
    found = [Finding(code="E1", line=at + 1, message="no") for at in range(complaints)]
    style = seen(counts={"complaints": complaints}).model_copy(update={"findings": tuple(found)})
    signals = Inspection(findings=findings).model_copy(
        update={"facts": seen(counts={"statements": statements}).facts}
    )
    return file(path, style=style, signals=signals)


def reported(*files: FileFacts, dropped: tuple[str, ...] = ()) -> Report:
    facts = facts_of(*files)
    left_out = tuple(DroppedFile(path=path, reason="why") for path in dropped)
    return build_report(COMPILED, facts.model_copy(update={"dropped": left_out}), digest="r")


def told(*files: FileFacts, **more: Any) -> list[tuple[str, str]]:
    return [(each.path, each.code) for each in reported(*files, **more).signals]


def test_what_a_file_holds_is_told_with_words_and_is_no_finding() -> None:
    run = Finding(code="text-as-code", line=3, message="`exec` runs a text")
    report = reported(one("a.py", 9, 0, run))
    (signal,) = report.signals
    assert (signal.path, signal.line, signal.check) == ("a.py", 3, "signals")
    assert signal.explanation and signal.how_to_fix and signal.criteria == ()
    assert report.findings == ()
    assert report.for_students().signals == ()


def test_signals_change_no_points_and_ask_for_no_attention() -> None:
    run = Finding(code="text-as-code", message="`exec` runs a text")
    plain, odd = reported(one("a.py", 9)), reported(one("a.py", 9, 0, run), dropped=("b.pyw",))
    kept = odd.model_copy(update={"dropped": ()}).for_students()
    assert len(odd.signals) == 2
    assert kept == plain


def twin(path: str, statements: int) -> FileFacts:
    return one(path, statements).model_copy(update={"sha256": "e" * 64})


def test_the_same_file_twice() -> None:
    report = reported(twin("a.py", 5), twin("b.py", 5), one("c.py", 5))
    assert [(each.path, each.message) for each in report.signals] == [
        ("b.py", "The same file as `a.py`")
    ]
    assert told(twin("a/__init__.py", 1), twin("b/__init__.py", 1)) == []


def test_one_file_far_better_than_the_rest() -> None:
    others = (one("a.py", 40, 20), one("b.py", 40, 18), one("c.py", 60, 30))
    assert told(*others, one("d.py", 40, 0)) == [("d.py", "far-better-file")]
    assert told(*others, one("d.py", 40, 2)) == [("d.py", "far-better-file")]


@pytest.mark.parametrize(
    "files",
    [
        [one("a.py", 40, 20), one("b.py", 40, 20), one("d.py", 40, 3)],
        [one("a.py", 40, 20), one("d.py", 40, 0)],
        [one("a.py", 40, 20), one("b.py", 40, 20), one("d.py", 19, 0)],
        [one("a.py", 40, 20), one("b.py", 40, 20), one("tests/test_a.py", 40, 0)],
        [one("a.py", 100, 9), one("b.py", 100, 9), one("d.py", 100, 0)],
        [one("a.py", 40, 20), one("b.py", 40, 0), one("d.py", 40, 0)],
        [one("a.py", 40, 0), one("b.py", 40, 0), one("d.py", 40, 20)],
    ],
    ids=["a tenth at most", "two files", "short", "a test", "few expected", "half", "one worse"],
)
def test_what_says_nothing_of_its_author(files: list[FileFacts]) -> None:
    assert told(*files) == []


def test_files_that_were_left_out_and_look_like_program() -> None:
    dropped = ("gui.PYW", "notes.txt", "venv/lib/", "venv/pyvenv.cfg", "other/pyvenv.cfg")
    assert told(one("a.py", 3), dropped=dropped) == [
        ("gui.PYW", "hidden-file"),
        ("venv/pyvenv.cfg", "hidden-file"),
    ]
    assert told(one("a.py", 3), dropped=("pyvenv.cfg", "lib/")) == [("pyvenv.cfg", "hidden-file")]


def test_a_file_that_cannot_be_read_says_nothing() -> None:
    assert told(file("a.py", NO_PYTHON), one("b.py", 30, 3)) == []


def test_a_document_is_no_program() -> None:
    guide = FileFacts(path="README.md", sha256="e" * 64, inspections={})
    assert told(twin("a.py", 30), guide) == []


def test_what_was_handed_out_is_no_sign_of_anything() -> None:
    run = Finding(code="text-as-code", line=3, message="`exec` runs a text", anchor="exec(text)")
    given = facts_of(one("a.py", 100, 2, run))
    others = (one("b.py", 40, 20), one("c.py", 40, 20))
    changed = facts_of(one("a.py", 110, 2, run).model_copy(update={"sha256": "c" * 64}), *others)
    assert len(reported(*changed.files).signals) == 2
    assert build_report(COMPILED, changed, digest="r", starter=given).signals == ()


def test_without_the_check_there_are_none() -> None:
    compiled = compiled_rubric_of({"it": criterion()})
    assert build_report(compiled, facts_of(file("a.py")), digest="r").signals == ()
