"""``grader rubric sync``: compare a folder of rubrics, e.g. in git, with those of a service."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import click

from grader.bootstrap import read_rubric
from grader.cli.errors import ExitCode, errors_reported
from grader.cli.http_client import TOKEN_OPTION, URL_OPTION, open_client
from grader.cli.output import print_table, print_text
from grader.cli.rubrics.api import RubricApi, Served
from grader.cli.rubrics.read import published_at
from grader.domain.errors import BadRequest, BadRubric
from grader.domain.rubric.digest import rubric_digest
from grader.engine.rubric_text import rubric_file_text, rubric_files


class State(StrEnum):
    """How a file compares with the service; its value is what the table shows."""

    SAME = "same"
    NEW = "new"
    #: The service never had this text.
    FILE_NEWER = "drift: file is newer"
    #: The file has the text of an earlier version.
    SERVICE_NEWER = "drift: service is newer"
    MISTAKE = "mistake"


#: The states of files that ``--publish`` publishes.
_TO_PUBLISH = (State.NEW, State.FILE_NEWER)


@dataclass(frozen=True)
class _Compared:
    """A file of the folder beside the newest version of its exercise; ``note`` is for people."""

    file: Path
    exercise: str
    state: State
    note: str
    text: str = ""
    served: Served | None = None


@click.command()
@click.argument(
    "folder",
    default="rubrics",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
)
@click.option("--publish", "publishing", is_flag=True, help="Publish files that are new or newer.")
@click.option("--message", default="", help="With --publish: the message of each version.")
@URL_OPTION
@TOKEN_OPTION
def sync(folder: Path, publishing: bool, message: str, url: str, token: str) -> None:
    """Compare the rubrics (*.yaml) of FOLDER with those of the service; change nothing.

    With --publish, files of new exercises, and files with a text that the service never had, are
    published. A file that equals an earlier version never replaces a newer one: the table says who
    published that, and `grader rubric get` fetches it. Exit codes: 0, or 2 if a file has mistakes
    or is refused; the others are published nevertheless.
    """
    with errors_reported(), open_client(url, token) as client:
        api = RubricApi(client)
        found = list(_compared(api, folder))
        rows = [(row.file.name, row.exercise, row.state, row.note) for row in found]
        print_table(("file", "exercise", "state", "on the service"), rows)
        to_publish = [row for row in found if publishing and row.state in _TO_PUBLISH]
        refused = [row for row in to_publish if not _publish(api, row, message)]
        _print_advice(found, folder, publishing)
    if refused or any(row.state is State.MISTAKE for row in found):
        sys.exit(ExitCode.BAD_INPUT)


def _compared(api: RubricApi, folder: Path) -> Iterator[_Compared]:
    """Yield each rubric file of ``folder``, sorted by name, compared with the service.

    Raises:
        BadRequest: there is none.
    """
    files = rubric_files(folder)
    if not files:
        raise BadRequest(
            f"There is no *.yaml in {folder}.", how_to_fix="Name the folder with the rubrics."
        )
    names: dict[str, Path] = {}
    for file in files:
        try:
            text = rubric_file_text(file)
            exercise = read_rubric(text).exercise
        except BadRubric:
            yield _Compared(file, "", State.MISTAKE, f"see: grader rubric lint {file}")
            continue
        other = names.setdefault(exercise, file)
        if other != file:
            note = f"{other.name} has the same exercise"
            yield _Compared(file, exercise, State.MISTAKE, note)
        else:
            yield _beside_service(api, file, exercise, text)


def _beside_service(api: RubricApi, file: Path, exercise: str, text: str) -> _Compared:
    """Return ``file``, whose valid rubric is ``text``, beside the newest version of ``exercise``.

    A file that is not the newest version is older if any version has its text, and newer if none.
    """
    served = api.newest(exercise)
    if served is None:
        return _Compared(file, exercise, State.NEW, "nothing yet", text)
    if served.text == text:
        return _Compared(file, exercise, State.SAME, f"version {served.version}", text, served)
    versions = list(api.versions(exercise))
    digest = rubric_digest(text)
    earlier = [row["version"] for row in versions if row["digest"] == digest]
    newest = versions[0]
    note = f"version {newest['version']} by {newest['author']}, {published_at(newest)} UTC"
    note += f": {newest['message']}" if newest["message"] else ""
    note += f" (the file is version {earlier[0]})" if earlier else ""
    state = State.SERVICE_NEWER if earlier else State.FILE_NEWER
    return _Compared(file, exercise, state, note, text, served)


def _publish(api: RubricApi, row: _Compared, message: str) -> bool:
    """Publish the file of ``row`` and print its version, or why the service refuses it.

    Return whether it was published.
    """
    etag = row.served.etag if row.served else ""
    try:
        made = api.publish(row.exercise, row.text, etag, message or f"From {row.file.name}.")
    except BadRequest as error:
        print_text(f"{row.file} is refused: {error.detail} {error.how_to_fix}", err=True)
        return False
    print_text(f"{row.exercise} is published as version {made['version']}.")
    return True


def _print_advice(found: list[_Compared], folder: Path, publishing: bool) -> None:
    """Print the command for each kind of file of ``found`` that is not the newest version."""
    if not publishing and any(row.state in _TO_PUBLISH for row in found):
        print_text(f"Publish what is new or newer here: grader rubric sync {folder} --publish")
    for row in found:
        if row.state is State.SERVICE_NEWER:
            print_text(
                f"Take what is newer there: grader rubric get {row.exercise} --output {row.file}"
            )
