"""``grader rubric``: rubrics as files."""

from __future__ import annotations

import sys
from decimal import Decimal
from pathlib import Path

import click

from grader.bootstrap import read_rubric
from grader.cli.check import open_engine, rubric_source
from grader.cli.golden import earned_points, expected_points, golden_folder, sample_path
from grader.cli.problems import Exit, kind_errors, say
from grader.engine.rubric_text import rubric_file_text


@click.group()
def rubric() -> None:
    """Rubrics as files."""


@rubric.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def lint(file: Path) -> None:
    """Say whether FILE is a rubric that grader understands; every mistake with line and column."""
    with kind_errors():
        read = read_rubric(rubric_file_text(file))
        size = f"{len(read.criteria)} criteria, {read.total} points"
        say(f"{file}: {read.title}: {size}. No mistakes.")


@rubric.command("test")
@click.argument("rubric_name", metavar="FILE_OR_EXERCISE")
@click.option(
    "--golden",
    "folder",
    type=click.Path(path_type=Path),
    help="A folder of samples with expected.yaml; golden/EXERCISE beside the rubric by default.",
)
def test_rubric(rubric_name: str, folder: Path | None) -> None:
    """Grade the golden submissions of a rubric and compare with the points that they should earn.

    Exits with 0 where all of them agree, and with 1 where one does not.
    """
    with kind_errors():
        text = rubric_source(rubric_name)
        file = Path(rubric_name) if Path(rubric_name).is_file() else None
        folder = folder or golden_folder(read_rubric(text).exercise, file)
        agreed = True
        with open_engine() as engine:
            for name, points in expected_points(folder).items():
                earned = earned_points(engine, text, sample_path(folder, name))
                same = earned is not None and points == Decimal(str(earned))
                agreed &= same
                shown = "withheld" if earned is None else f"{earned:g}"
                say(f"{name}: {shown}" + ("" if same else f", but {points} is expected"))
    sys.exit(Exit.GRADED if agreed else Exit.UNDER_THRESHOLD)
