"""``grader backup`` and ``grader restore``: the whole database as one file."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import click

from grader.bootstrap import back_up
from grader.bootstrap import restore as restore_database
from grader.cli.errors import errors_reported
from grader.cli.serve.data_dir import locked
from grader.infra.private_files import private_folder, usable
from grader.settings import Settings


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def backup(file: Path) -> None:
    """Write the whole database to FILE, which must not exist yet. The service may be running.

    FILE contains everything: submissions, reports, students' names, hashes of tokens and the
    signing secrets of sources. It is created so that only its owner can read it; keep it that way.
    The audit log of the database records the backup.
    """
    with errors_reported():
        made = back_up(Settings.load(), file)
        size = f"{made.size / 1_000_000:.1f} MB"
        click.echo(f"{file}: {made.dialect}, schema {made.revision}, {size}.")


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--replace", is_flag=True, help="Lose what the database holds now.")
def restore(file: Path, replace: bool) -> None:
    """Restore the whole database from FILE, a backup. Stop every service first.

    FILE must be of the same kind of database (SQLite or PostgreSQL). A database that is not empty
    is refused, or replaced with --replace. After restoring, the schema is migrated to the newest
    revision, and the audit log records it.
    """
    with errors_reported():
        settings = Settings.load()
        with _service_stopped(settings):
            found = restore_database(settings, file, replace=replace)
        click.echo(f"Restored {file}: {found.dialect}, schema {found.revision}.")


@contextmanager
def _service_stopped(settings: Settings) -> Iterator[None]:
    """Hold the lock of the data directory, so that no ``grader serve`` runs on its database.

    With a database URL there is nothing to lock: the store refuses while others are connected.
    """
    if settings.database_url:
        yield
        return
    private_folder(settings.data_dir)
    with ExitStack() as stack:
        with usable(settings.data_dir):
            stack.enter_context(locked(settings.data_dir))
        yield
