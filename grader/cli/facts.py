"""``grader facts``: the measurements of a submission, without a rubric's verdict."""

from __future__ import annotations

from pathlib import Path

import click

from grader.cli.errors import errors_reported
from grader.cli.measuring import find_rubric_text, measure
from grader.domain.characters import plain_json


@click.command()
@click.argument("path", type=click.Path(path_type=Path))
@click.option(
    "--rubric",
    "rubric_name",
    required=True,
    metavar="FILE_OR_EXERCISE",
    help="A rubric file, or the name of a rubric that ships with grader.",
)
def facts(path: Path, rubric_name: str) -> None:
    """Print as JSON what the checks of a rubric measure in PATH: facts and findings, no points.

    Checks that run for every submission are included. PATH is a zip, a folder or a file.
    """
    with errors_reported():
        measured = measure(find_rubric_text(rubric_name), path)
        click.echo(plain_json(measured.facts[0].model_dump_json(indent=2)))
