"""``grader rubric publish``, ``restore`` and ``copy``: change the rubrics of a service."""

from __future__ import annotations

from pathlib import Path

import click

from grader.bootstrap import read_rubric
from grader.cli.errors import errors_reported
from grader.cli.http_client import TOKEN_OPTION, URL_OPTION, open_client
from grader.cli.output import print_text
from grader.cli.rubrics.api import RubricApi, changes_in_words
from grader.cli.rubrics.read import print_changes
from grader.engine.rubric_text import rubric_file_text

_EFFECT = "From now on it grades what is handed in; reports that exist stay as they are."


_OVERRIDE_OPTION = click.option(
    "--override", default="", help="A reason to publish although golden samples earn other points."
)


@click.command()
@click.argument("name", metavar="FILE")
@click.option("--message", default="", help="What the change is about, for the list of versions.")
@click.option("--draft", is_flag=True, help="FILE is an exercise: publish its draft.")
@_OVERRIDE_OPTION
@URL_OPTION
@TOKEN_OPTION
def publish(name: str, message: str, draft: bool, override: str, url: str, token: str) -> None:
    """Publish FILE as the next version of its exercise, or as a new one, and say what changes.

    The service first tries it on the golden samples of the exercise. If one does not earn what it
    should, nothing is published; with --override REASON it is, and these points are expected then.

    The text of the newest version makes no new version. Every version stays, and `grader rubric
    restore` brings it back. This takes the token of an instructor or an admin. Exit codes: 0
    published or already the newest, 2 refused.
    """
    with errors_reported(), open_client(url, token) as client:
        api = RubricApi(client)
        if draft:
            made = api.publish_draft(name, api.etag(name, "/draft"), message, override)
            _print_published(name, int(made["version"]))
        else:
            _publish_file(api, Path(name), message, override)


def _publish_file(api: RubricApi, file: Path, message: str, override: str) -> None:
    """Publish ``file`` unless it is the newest version already; print what changes.

    Raises:
        BadRubric: the file has mistakes.
        BadRequest: the service refuses it, e.g. because another version is published just now.
    """
    text = rubric_file_text(file)
    exercise = read_rubric(text).exercise
    served = api.newest(exercise)
    if served is not None and served.text == text:
        print_text(f"{exercise} is version {served.version} already, with this very text.")
        return
    made = api.publish(exercise, text, served.etag if served else "", message, override)
    if served is not None:
        print_text(f"{exercise}: from version {served.version} to {file}")
        print_changes(changes_in_words(served.text, text))
    _print_published(exercise, int(made["version"]))


def _print_published(exercise: str, version: int) -> None:
    print_text(f"{exercise} is published as version {version}. {_EFFECT}")
    if version > 1:
        print_text(f'To grade those again:  grader exercise regrade {exercise} --reason "..."')


@click.command()
@click.argument("exercise")
@click.argument("version", type=click.IntRange(min=1))
@_OVERRIDE_OPTION
@URL_OPTION
@TOKEN_OPTION
def restore(exercise: str, version: int, override: str, url: str, token: str) -> None:
    """Publish the text of an earlier VERSION of EXERCISE again, as a new version."""
    with errors_reported(), open_client(url, token) as client:
        api = RubricApi(client)
        made = api.restore(exercise, version, api.etag(exercise), override)
        print_text(f"{exercise} is version {made['version']} now, with the text of {version}.")


@click.command()
@click.argument("exercise")
@click.argument("to", metavar="NEW_EXERCISE")
@click.option("--course", default="", help="By default the course of EXERCISE.")
@click.option("--version", type=click.IntRange(min=1), help="By default the newest.")
@URL_OPTION
@TOKEN_OPTION
def copy(exercise: str, to: str, course: str, version: int | None, url: str, token: str) -> None:
    """Make the rubric of EXERCISE the draft of NEW_EXERCISE, which need not exist yet.

    Only its `exercise:` and `course:` are changed, the rest stays byte for byte.
    """
    with errors_reported(), open_client(url, token) as client:
        RubricApi(client).copy(exercise, to, course, version)
        print_text(f"The rubric of {exercise} is the draft of {to} now. Next:")
        print_text(f"  grader rubric get {to} --draft --output {to}.yaml")
        print_text(f"  grader rubric publish {to} --draft")
