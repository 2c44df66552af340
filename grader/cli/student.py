"""``grader student``: export, merge or erase the data of students; list names that are alike."""

from __future__ import annotations

import shlex
import zipfile
from pathlib import Path

import click

from grader.bootstrap import COMMAND_LINE, Service
from grader.cli.output import print_table, print_text
from grader.cli.purge import describe_removed
from grader.cli.service import open_service
from grader.domain.person_names import REPLACEMENT, canonical
from grader.infra.private_files import private_file
from grader.service.alike_names import AlikeName, alike_names
from grader.service.records import Merge

_COURSE = click.option("--course", default="", help="In one course; in every course without it.")


@click.group()
def student() -> None:
    """Export, merge or erase the data of students, or list names that are alike."""


@student.command()
def alike() -> None:
    """List students whose stored name is spelled otherwise than a new upload would store it.

    Blanks around a name are removed now, and letters composed (NFC), so two spellings are one
    student, and a student who was stored under another spelling begins anew. Names that came in
    another encoding than UTF-8 are listed too: several students may share one. Nothing is changed:
    `grader student merge` does that. STORED AS is written so that bash and zsh take it.
    """
    with open_service() as service:
        found = list(alike_names(service.store.retention.names()))
        print_table(
            ("COURSE", "STUDENT", "STORED AS", "SUBMISSIONS", "TOKENS", "WHY"),
            [
                (
                    one.held.course,
                    one.today,
                    _typed(one.held.name),
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


def _typed(name: str) -> str:
    r"""Return ``name`` as bash and zsh take it, e.g. ``ada``, ``' bob'``, ``$'Zoe\u0301'``."""
    if name.isascii() and name.isprintable():
        return shlex.quote(name)
    return f"$'{''.join(map(_escaped, name))}'"


def _escaped(char: str) -> str:
    """Return ``char`` within ``$'...'``: escaped unless it is a plain character of ASCII."""
    if char.isascii() and char.isprintable():
        return f"\\{char}" if char in "\\'" else char
    return f"\\u{ord(char):04x}" if char <= "\uffff" else f"\\U{ord(char):08x}"


@student.command()
@click.argument("old")
@click.argument("new")
@_COURSE
@click.option("--dry-run", is_flag=True, help="Only say what would change.")
@click.option("--yes", is_flag=True, help="Do not ask first.")
def merge(old: str, new: str, course: str, dry_run: bool, yes: bool) -> None:
    """Give all submissions and tokens of the student OLD to the student NEW.

    Without --course, in every course. Where both have submissions to an exercise, their attempts
    are numbered anew by the time when they were received. Nothing is lost: reports, scores and keys
    of requests stay as they are, and tokens of OLD go on working, as NEW. NEW need not exist yet;
    what is stored is its form of today (no blanks around it, composed letters). It is refused while
    a submission of one of them is being graded. The audit log keeps both names. This cannot be
    undone, so it shows first what will change and asks.
    """
    with open_service() as service:
        old = _stored(service, old)
        _print_merge(service.merge.preview(old, new, course), old, new)
        if dry_run:
            return
        if not yes:
            click.confirm("This cannot be undone. Merge them?", abort=True)
        merged = service.merge(old, new, course, actor=COMMAND_LINE)
        print_text(f"Merged: {_described(merged)} of {_typed(old)} are of {canonical(new)} now.")


def _print_merge(planned: Merge, old: str, new: str) -> None:
    """Print what the merge ``planned`` will do, and why it may be a mistake."""
    if planned.attempts:
        print_table(
            ("COURSE", "EXERCISE", "RECEIVED", "STORED AS", "ATTEMPT", "BECOMES"),
            [
                (
                    one.course,
                    one.exercise,
                    f"{one.received_at:%Y-%m-%d %H:%M:%S}",
                    _typed(one.student),
                    str(one.attempt),
                    str(one.becomes),
                )
                for one in planned.attempts
            ],
        )
    print_text(f"{_described(planned)} of {_typed(old)} will be of {canonical(new)}.")
    if REPLACEMENT in old:
        print_text(f"Letters of {_typed(old)} were lost: it may be several people.")
    elif canonical(old) != canonical(new):
        print_text("These are two names, not two spellings of one.")


def _described(merge: Merge) -> str:
    """Return what of ``merge`` changes its name, e.g. ``2 submissions and 1 token``."""
    counts = {"submission": merge.moved, "token": merge.tokens}
    return " and ".join(f"{count} {what}{'s' * (count != 1)}" for what, count in counts.items())


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
