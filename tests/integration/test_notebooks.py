"""Notebooks: graded if the rubric accepts them, else dropped with advice."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

import pytest

from grader.checks.catalog import CATALOG
from grader.domain.errors import BadArchive
from grader.domain.inspection import State
from grader.domain.report import Report
from grader.domain.report.building import build_report
from grader.domain.rubric import CompiledRubric, Rubric
from grader.domain.rubric.reading import read_rubric
from grader.engine.intake import read_upload
from grader.engine.measuring.engine import Engine
from grader.engine.measuring.facts_cache import MemoryFacts
from grader.exports.report.text import render_text
from grader.service.grade import MAX_INTAKE
from tests.in_process import InProcess

ENGINE = Engine(CATALOG, InProcess(CATALOG), MemoryFacts())


def rubric(notebooks: str) -> Rubric:
    style = {"measure": "violations", "full_at": 0, "zero_at": 10}
    layout = {"measure": "files_to_reformat", "full_at": 0, "zero_at": 2}
    criteria = {
        "style": {"title": "Style", "points": 10, "check": "style", "scale": style},
        "layout": {"title": "Layout", "points": 10, "check": "formatting", "scale": layout},
    }
    head: dict[str, Any] = {"exercise": "e", "course": "c", "title": "t", "total": 20}
    return read_rubric({**head, "criteria": criteria, "intake": {"notebooks": notebooks}}, CATALOG)


def notebook(*cells: str) -> str:
    made = [{"cell_type": "code", "source": text} for text in cells]
    return json.dumps({"cells": made, "nbformat": 4})


def zipped(files: dict[str, str]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for path, text in files.items():
            archive.writestr(path, text)
    return buffer.getvalue()


def graded(files: dict[str, str], notebooks: str = "accepted", *, stored: bool = False) -> Report:
    judge = rubric(notebooks)
    limits = MAX_INTAKE if stored else judge.intake
    facts = ENGINE.measure(read_upload(zipped(files), limits=limits), judge)
    return build_report(CompiledRubric.of(judge, CATALOG), facts, digest="d")


WORK = notebook("%matplotlib inline\nimport os", "x = 1\n\ny=2", "print(x, y)")


def test_findings_point_to_the_cell_and_its_line() -> None:
    report = graded({"work.ipynb": WORK})
    found = {one.code: (one.path, one.cell, one.line) for one in report.findings}
    assert found["F401"] == ("work.ipynb", 1, 2)
    assert found["E225"] == ("work.ipynb", 2, 3)
    assert report.next_step is not None
    assert "work.ipynb, cell " in report.next_step.text
    assert report.next_step.cell is not None
    assert "E225 on line 3 of cell 2" in " ".join(render_text(report).split())


def test_a_notebook_has_no_patch_and_no_command() -> None:
    report = graded({"work.ipynb": WORK, "a.py": "x=1\n"})
    assert report.patch and "a.py" in report.patch and "work" not in report.patch
    assert {one.path for one in report.findings if one.hunk} == {"a.py"}
    assert "work.ipynb" in report.notes[0] and "magics" in report.notes[0]


def test_a_cell_that_is_no_python_is_reported_with_its_line() -> None:
    report = graded({"work.ipynb": notebook("x = 1", "y = (\n")})
    assert report.files[0].checks["style"] is State.UNREADABLE
    assert report.next_step is not None
    assert (report.next_step.cell, report.next_step.line) == (2, 1)
    assert report.next_step.text.startswith("Mend work.ipynb, cell 2, line 1: ")


def test_a_damaged_notebook_is_unreadable() -> None:
    report = graded({"work.ipynb": "{}"})
    assert report.total.points == 0
    assert [one.code for one in report.findings] == ["not-a-notebook"]


def test_a_script_with_the_bytes_of_a_notebook_is_measured_separately() -> None:
    files = {"a.py": WORK + "\n", "work.ipynb": WORK + "\n"}
    report = graded(files)
    assert {one.path for one in report.findings if one.code == "F401"} == {"work.ipynb"}


@pytest.mark.parametrize("stored", [False, True])
def test_a_dropped_notebook_is_listed_with_advice(stored: bool) -> None:
    report = graded({"a.py": "x = 1\n", "work.ipynb": WORK}, "refused", stored=stored)
    assert [one.path for one in report.files] == ["a.py"]
    assert {one.path: one.reason for one in report.dropped} == {
        "work.ipynb": "a notebook: scripts (.py) are asked for"
    }
    assert "Executable Script" in report.notes[0]
    assert report.total.points == 20


def test_a_refused_notebook_alone_is_no_submission() -> None:
    with pytest.raises(BadArchive, match="export that as a script"):
        graded({"work.ipynb": WORK}, "refused")
    with pytest.raises(BadArchive, match="export that as a script"):
        read_upload(WORK.encode(), filename="work.ipynb")


def test_an_accepted_notebook_may_come_without_an_archive() -> None:
    submission = read_upload(WORK.encode(), filename="work.ipynb", limits=rubric("accepted").intake)
    assert [one.path for one in submission.files] == ["work.ipynb"]


def test_the_size_of_a_dropped_notebook_is_not_limited() -> None:
    large = notebook("x = 1  # " + "y" * 2_100_000)
    assert graded({"a.py": "x = 1\n", "work.ipynb": large}, "refused").total.points == 20
    with pytest.raises(BadArchive, match="larger than 2 MB"):
        graded({"a.py": "x = 1\n", "work.ipynb": large})
