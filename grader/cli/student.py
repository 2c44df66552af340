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
    """Export or erase the data of one student."""


@student.command()
@click.argument("name", metavar="STUDENT")
@click.argument("file", metavar="FILE.zip", type=click.Path(dir_okay=False, path_type=Path))
@_COURSE
def export(name: str, file: Path, course: str) -> None:
    """Write all stored data of STUDENT to FILE.zip, which must not exist yet.

    Without --course, that of every course. It contains the uploads as they were sent, and as JSON
    reports (with the signals for instructors), facts, scores, counts of attempts, tokens (without
    secrets) and audit entries; not the cached measurements of files, which belong to no student.
    Only its owner can read it. The export itself is recorded in the audit log. A STUDENT with
    neither a submission nor a token is an error.
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
    """Remove the stored data of STUDENT, also submissions that are waiting or being graded.

    Without --course, that of every course. Scores that an LMS has received stay there. Backups are
    not changed: erase again after a restore. The audit log keeps STUDENT's name: it records
    exports, and that the data was erased. Cached measurements of the same time are removed, also of
    other students. A STUDENT with neither a submission nor a token is an error. Without --yes, it
    asks first.
    """
    with open_service() as service:
        removed = service.store.retention.erase(name, course, COMMAND_LINE, service.clock.now())
        click.echo(f"Removed {describe_removed(removed)}.")
