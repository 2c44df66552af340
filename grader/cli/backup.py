"""``grader backup`` and ``grader restore``: the whole database as one file."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from grader.bootstrap import back_up
from grader.bootstrap import restore as put_back
from grader.cli.problems import kind_errors
from grader.cli.serve import alone
from grader.infra.private_files import private_folder
from grader.settings import Settings


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def backup(file: Path) -> None:
    """Write the whole database to FILE, which must not be there yet; the service may run.

    FILE holds everything: submissions, reports, students' names, hashes of tokens and the signing
    secrets of sources. Only its owner can read it; keep it so.
    """
    with kind_errors():
        made = back_up(Settings.load(), file)
        size = f"{made.size / 1_000_000:.1f} MB"
        click.echo(f"{file}: {made.dialect}, schema {made.revision}, {size}.")


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--replace", is_flag=True, help="Lose what the database holds now.")
def restore(file: Path, replace: bool) -> None:
    """Make the database what FILE holds. Stop every service first."""
    with kind_errors():
        settings = Settings.load()
        with _nobody_serves(settings):
            found = put_back(settings, file, replace=replace)
        click.echo(f"Restored {file}: {found.dialect}, schema {found.revision}.")


@contextmanager
def _nobody_serves(settings: Settings) -> Iterator[None]:
    """Keep ``grader serve`` from the embedded database; other processes the store looks for."""
    if settings.database_url:
        yield
        return
    private_folder(settings.data_dir)
    with alone(settings.data_dir):
        yield
