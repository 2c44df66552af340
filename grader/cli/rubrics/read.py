"""``grader rubric get``, ``versions`` and ``diff``: what a service has published."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from grader.bootstrap import read_rubric
from grader.cli.errors import errors_reported
from grader.cli.http_client import TOKEN_OPTION, URL_OPTION, open_client
from grader.cli.output import print_table, print_text
from grader.cli.rubrics.api import RubricApi, changed_lines, changes_in_words, is_file
from grader.domain.errors import BadRequest, NotFound
from grader.engine.rubric_text import rubric_file_text


@click.command()
@click.argument("exercise")
@click.option("--version", type=click.IntRange(min=1), help="An earlier version.")
@click.option("--draft", is_flag=True, help="The draft of the next version.")
@click.option("--output", type=click.Path(path_type=Path), help="A file, which is replaced.")
@URL_OPTION
@TOKEN_OPTION
def get(
    exercise: str, version: int | None, draft: bool, output: Path | None, url: str, token: str
) -> None:
    """Print the rubric of EXERCISE as it was published, byte for byte, or write it to a file."""
    if draft and version is not None:
        raise click.UsageError("--version and --draft exclude each other.")
    part = "/draft" if draft else "" if version is None else f"/versions/{version}"
    with errors_reported():
        with open_client(url, token) as client:
            source = RubricApi(client).source(exercise, part)
        if output is not None:
            _write(output, source)
        elif sys.stdout.isatty():
            print_text(source.decode())
        else:
            click.echo(source, nl=False)


def _write(file: Path, source: bytes) -> None:
    """Write ``source`` to ``file``; raise BadRequest if that is not possible."""
    try:
        file.write_bytes(source)
    except OSError as error:
        raise BadRequest(f"{file} cannot be written: {error.strerror}.") from None
    print_text(f"{file} is written.")


@click.command()
@click.argument("exercise")
@URL_OPTION
@TOKEN_OPTION
def versions(exercise: str, url: str, token: str) -> None:
    """List the versions of the rubric of EXERCISE, newest first, with author and message."""
    with errors_reported():
        with open_client(url, token) as client:
            found = list(RubricApi(client).versions(exercise))
        rows = [
            (str(row["version"]), row["state"], published_at(row), row["author"], row["message"])
            for row in found
        ]
        print_table(("version", "state", "published (UTC)", "by", "message"), rows)


def published_at(row: dict[str, Any]) -> str:
    """Return when the version that ``row`` describes was published, e.g. ``2026-03-01 12:00``."""
    return str(row["created_at"])[:16].replace("T", " ")


@click.command()
@click.argument("name", metavar="EXERCISE_OR_FILE")
@click.argument("version", metavar="[A]", type=click.IntRange(min=1), required=False)
@click.argument("other", metavar="[B]", type=click.IntRange(min=1), required=False)
@click.option("--text", "as_text", is_flag=True, help="The lines that differ, as a unified diff.")
@URL_OPTION
@TOKEN_OPTION
def diff(
    name: str, version: int | None, other: int | None, as_text: bool, url: str, token: str
) -> None:
    """Say what differs between versions A and B of an exercise, or between FILE and what counts.

    Without B, A is compared with the newest version; without both, the newest version with the one
    before. A FILE is compared with the newest version of its exercise.
    """
    if is_file(name) and version is not None:
        raise click.UsageError("A FILE is compared with the newest version only.")
    with errors_reported(), open_client(url, token) as client:
        api = RubricApi(client)
        if is_file(name):
            title, lines = _of_file(api, Path(name), as_text)
        else:
            title, lines = _of_versions(api, name, version, other, as_text)
        print_text(title)
        print_changes(lines, as_text=as_text)


def print_changes(lines: list[str], *, as_text: bool = False) -> None:
    """Print each of ``lines`` indented, or ``as_text`` as it is."""
    for line in lines or ["no difference"]:
        print_text(line if as_text else f"  {line}")


def _of_file(api: RubricApi, file: Path, as_text: bool) -> tuple[str, list[str]]:
    """Return a title, and how ``file`` differs from the newest version of its exercise.

    Raises:
        BadRubric: the file has mistakes.
        NotFound: its exercise is not on the service.
    """
    text = rubric_file_text(file)
    exercise = read_rubric(text).exercise
    served = api.newest(exercise)
    if served is None:
        raise NotFound(
            f"The service has no exercise {exercise!r} yet.",
            how_to_fix=f"Publish it: grader rubric publish {file}",
        )
    title = f"{exercise}: from version {served.version} to {file}"
    if served.text == text:
        return title, []
    return title, (changed_lines if as_text else changes_in_words)(served.text, text)


def _of_versions(
    api: RubricApi, exercise: str, version: int | None, other: int | None, as_text: bool
) -> tuple[str, list[str]]:
    """Return a title, and how the version ``other`` differs from ``version``.

    ``other`` is by default the newest version, and ``version`` the one before that.

    Raises:
        NotFound: the exercise is not on the service.
    """
    if other is None:
        served = api.newest(exercise)
        if served is None:
            raise NotFound(f"The service has no exercise {exercise!r}.")
        other = served.version
    found = api.diff(exercise, other, version)
    title = f"{exercise}: from {found['before']} to {found['after']}"
    if as_text:
        return title, str(found["text"]).splitlines()
    words = [str(change["text"]) for change in found["changes"]]
    return title, words or (["nothing but comments or layout"] if found["text"] else [])
