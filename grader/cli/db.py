"""``grader db``: migrations of the database schema."""

from __future__ import annotations

import click

from grader.bootstrap import build_service, migrate
from grader.cli.errors import errors_reported
from grader.settings import Settings


@click.group()
def db() -> None:
    """Manage the schema of the database."""


@db.command()
@click.option("--seed/--no-seed", default=True, help="Publish rubrics that are missing.")
def upgrade(seed: bool) -> None:
    """Migrate the schema to the newest revision. It is safe to run this at every start.

    A SQLite database that does not exist is created. Unless --no-seed is given, publish each
    rubric of the folder GRADER_RUBRICS, and each shipped one, whose exercise does not exist yet.
    """
    with errors_reported():
        settings = Settings.load()
        migrate(settings)
        if seed:
            service = build_service(settings)
            service.seed()
            service.close()
        click.echo("The database is up to date.")
