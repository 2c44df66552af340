"""Grade a submission of a few texts in this process, by the two rubrics that tricks aim at."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from grader.checks.catalog import CATALOG
from grader.domain.report import Report
from grader.domain.report.building import build_report
from grader.domain.rubric import CompiledRubric, Rubric
from grader.engine.intake import read_upload
from grader.engine.measuring.engine import Engine
from grader.engine.measuring.facts_cache import MemoryFacts
from grader.engine.rubric_text import read_rubric_text
from tests.in_process import InProcess

Files = Mapping[str, str]

SHIPPED = Path(__file__).parents[2] / "rubrics"
GOLDEN = SHIPPED / "golden"
ENGINE = Engine(CATALOG, InProcess(CATALOG), MemoryFacts())


@dataclass(frozen=True)
class Graded:
    """What a submission earned: the total, the points by criterion, and the codes of signals."""

    total: float
    points: Mapping[str, float]
    signals: tuple[str, ...]


def rubric_in(path: Path) -> Rubric:
    """Return the rubric in the file ``path``, without the patch.

    No point depends on the patch, and making it is a third of the time of measuring.
    """
    rubric = read_rubric_text(path.read_text(encoding="utf-8"), CATALOG)
    return rubric.model_copy(
        update={"feedback": rubric.feedback.model_copy(update={"patch": False})}
    )


CHAPTER = rubric_in(SHIPPED / "chapter-practices.yaml")
REFACTOR = rubric_in(SHIPPED / "numbers-refactor.yaml")
RUBRICS = {"practices": CHAPTER, "refactor": REFACTOR}


def with_patch(rubric: Rubric) -> Rubric:
    """Return ``rubric`` with the patch."""
    return rubric.model_copy(
        update={"feedback": rubric.feedback.model_copy(update={"patch": True})}
    )


def report_on(files: Files, rubric: Rubric) -> Report:
    """Return the report on the submission of ``files``, texts by path."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for path, text in files.items():
            archive.writestr(path, text)
    facts = ENGINE.measure(read_upload(buffer.getvalue()), rubric)
    return build_report(CompiledRubric.of(rubric, CATALOG), facts, digest="")


def grade(files: Files, rubric: Rubric) -> Graded:
    """Return what ``files`` earn; assert that no points are withheld."""
    report = report_on(files, rubric)
    assert report.total.points is not None, "points are withheld"
    return Graded(
        total=report.total.points,
        points={one.id: one.points or 0 for one in report.criteria},
        signals=tuple(one.code for one in report.signals),
    )


def golden(name: str) -> dict[str, str]:
    """Return the files of a golden sample, e.g. ``chapter-practices/practised``."""
    folder = GOLDEN / name
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_text() for path in paths}
