"""``grader student``: export or erase the data of one student."""

from __future__ import annotations

import zipfile
from pathlib import Path

import click

from grader.bootstrap import COMMAND_LINE
from grader.cli.purge import describe_removed
from grader.cli.service import open_service
from grader.infra.private_files import private_file

_COURSE = click.option("--course", default="", help="In one course; in every course without it.")


@click.group()
def student() -> None:
    """What is held about one student."""


@student.command()
@click.argument("name", metavar="STUDENT")
@click.argument("file", metavar="FILE.zip", type=click.Path(dir_okay=False, path_type=Path))
@_COURSE
def export(name: str, file: Path, course: str) -> None:
    """Write everything held about STUDENT to FILE.zip, which must not be there yet.

    Uploads as they came; reports, facts, scores, tokens (without secrets) and audit entries as
    JSON. Instructors' signals are among it. Only the file's owner can read it.
    """
    with open_service() as service, private_file(file) as path:
        now = service.clock.now()
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for item in service.store.retention.export(name, course, COMMAND_LINE, now):
                archive.writestr(item.name, item.data)
    click.echo(f"Everything held about {name} is in {file}.")


@student.command()
@click.argument("name", metavar="STUDENT")
@_COURSE
@click.confirmation_option(prompt="This cannot be undone. Erase it?")
def erase(name: str, course: str) -> None:
    """Remove everything held about STUDENT; what waits or runs comes to nothing.

    Scores that an LMS has got already stay there, and backups stay as they are: after a restore
    erase again. The audit trail keeps that it was done, with STUDENT's name.
    """
    with open_service() as service:
        removed = service.store.retention.erase(name, course, COMMAND_LINE, service.clock.now())
        click.echo(f"Removed {describe_removed(removed)}.")
