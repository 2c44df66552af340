"""``grader rubric``: validate rubric files and test them on golden submissions."""

from __future__ import annotations

import sys
from decimal import Decimal
from pathlib import Path

import click

from grader.bootstrap import read_rubric
from grader.checks.catalog import CATALOG
from grader.cli.errors import ExitCode, errors_reported
from grader.cli.golden import earned_points, expected_points, golden_folder, sample_path
from grader.cli.measuring import find_rubric_text, open_engine
from grader.cli.output import print_text
from grader.domain.rubric.json_schema import rubric_schema_text
from grader.domain.rubric.reading import size_advice
from grader.engine.rubric_text import rubric_file_text


@click.group()
def rubric() -> None:
    """Validate and test rubric files."""


@rubric.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def lint(file: Path) -> None:
    """Check whether FILE is a valid rubric, and list its mistakes with line and column.

    If FILE is not even strict YAML, only the first mistake is listed. A valid rubric gets advice on
    measures that fall with the size of a program. Exit codes: 0 valid, 2 not,
    also if FILE cannot be read.
    """
    with errors_reported():
        parsed = read_rubric(rubric_file_text(file))
        size = f"{len(parsed.criteria)} criteria, {parsed.total} points"
        print_text(f"{file}: {parsed.title}: {size}. No mistakes.")
        advice = list(size_advice(parsed, CATALOG))
        if advice:
            print_text("Advice, for exercises whose programs differ in size:")
        for sentence in advice:
            print_text(f"  {sentence}")


@rubric.command()
def schema() -> None:
    """Print the JSON Schema of rubrics, by which an editor checks, completes and explains keys.

    Save it as rubric.schema.json beside a rubric whose first line names it, as the shipped ones do.
    """
    print_text(rubric_schema_text(CATALOG))


@rubric.command("test")
@click.argument("rubric_name", metavar="FILE_OR_EXERCISE")
@click.option(
    "--golden",
    "folder",
    type=click.Path(path_type=Path),
    help="A folder of samples with expected.yaml; golden/EXERCISE beside the rubric by default.",
)
def test_rubric(rubric_name: str, folder: Path | None) -> None:
    """Grade the golden submissions of a rubric and compare them with their expected points.

    These are samples in a folder, whose points expected.yaml there lists. Exit codes: 0 if every
    submission earns its expected points, 1 if one does not (also if a check failed on it, so that
    points are withheld), 2 bad input, 3 if grading failed altogether.
    """
    with errors_reported():
        text = find_rubric_text(rubric_name)
        file = Path(rubric_name) if Path(rubric_name).is_file() else None
        folder = folder or golden_folder(read_rubric(text).exercise, file)
        all_equal = True
        with open_engine() as engine:
            for name, points in expected_points(folder).items():
                earned = earned_points(engine, text, sample_path(folder, name))
                equal = earned is not None and points == Decimal(str(earned))
                all_equal &= equal
                shown = "withheld" if earned is None else f"{earned:g}"
                print_text(f"{name}: {shown}" + ("" if equal else f", but {points} is expected"))
    sys.exit(ExitCode.GRADED if all_equal else ExitCode.UNDER_THRESHOLD)
