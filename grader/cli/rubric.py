"""``grader rubric``: rubrics as files."""

from __future__ import annotations

from pathlib import Path

import click

from grader.bootstrap import read_rubric
from grader.cli.problems import kind_errors


@click.group()
def rubric() -> None:
    """Rubrics as files."""


@rubric.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def lint(file: Path) -> None:
    """Say whether FILE is a rubric that grader understands; every mistake with line and column."""
    with kind_errors():
        read = read_rubric(file.read_bytes().decode("utf-8", errors="replace"))
        size = f"{len(read.criteria)} criteria, {read.total} points"
        click.echo(f"{file}: {read.title}: {size}. No mistakes.")
