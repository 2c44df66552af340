"""``grader student``: export or erase the data of one student; list names that are alike."""

from __future__ import annotations

import zipfile
from pathlib import Path

import click

from grader.bootstrap import COMMAND_LINE, Service
from grader.cli.output import print_table
from grader.cli.purge import describe_removed
from grader.cli.service import open_service
from grader.domain.person_names import canonical
from grader.infra.private_files import private_file
from grader.service.alike_names import AlikeName, alike_names

_COURSE = click.option("--course", default="", help="In one course; in every course without it.")


@click.group()
def student() -> None:
    """Export or erase the data of one student, or list names that are alike."""


@student.command()
def alike() -> None:
    """List students whose stored name is spelled otherwise than a new upload would store it.

    Blanks around a name are removed now, and letters composed (NFC), so two spellings are one
    student, and a student who was stored under another spelling begins anew. Names that came in
    another encoding than UTF-8 are listed too: several students may share one. Nothing is changed.
    To keep one spelling, `export` and `erase` the other, and hand in again what is to stay.
    """
    with open_service() as service:
        found = list(alike_names(service.store.retention.names()))
        print_table(
            ("COURSE", "STUDENT", "STORED AS", "SUBMISSIONS", "TOKENS", "WHY"),
            [
                (
                    one.held.course,
                    one.today,
                    ascii(one.held.name),
                    str(one.held.submissions),
                    str(one.held.tokens),
                    "letters were lost" if one.is_lossy else _why(one),
                )
                for one in found
            ],
        )


def _stored(service: Service, name: str) -> str:
    """Return ``name`` if something is stored under it, else its canonical form."""
    held = {one.name for one in service.store.retention.names()}
    return name if name in held else canonical(name)


def _why(one: AlikeName) -> str:
    """Return why ``one``, whose letters are all there, is listed."""
    return "has a twin" if one.held.name == one.today else "is now stored otherwise"


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
        name = _stored(service, name)
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
        name = _stored(service, name)
        removed = service.store.retention.erase(name, course, COMMAND_LINE, service.clock.now())
        click.echo(f"Removed {describe_removed(removed)}.")
