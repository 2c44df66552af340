"""``grader exercise``: have a service grade a class again, follow that, cancel it or undo it."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import click
import httpx

from grader.cli.errors import ExitCode, errors_reported
from grader.cli.http_client import (
    TOKEN_OPTION,
    URL_OPTION,
    check_response,
    json_object,
    open_client,
)
from grader.cli.output import print_table, print_text

_API = "/api/v1"
#: Seconds between two looks at a regrade that is waited for. Chosen by hand.
_POLL_SECONDS = 1.0
#: The words for each count of a regrade beside ``done``, in the order in which they are printed.
_WORDS = {
    "waiting": "waiting",
    "failed": "failed",
    "cancelled": "cancelled",
    "undone": "undone",
    "kept": "kept, because they were graded once more since",
}


@click.group()
def exercise() -> None:
    """Grade the submissions of an exercise again by its newest rubric, on a running service."""


@exercise.command()
@click.argument("exercise_id", metavar="EXERCISE")
@click.option(
    "--scope",
    type=click.Choice(["counted", "all"]),
    default="counted",
    show_default=True,
    help="Each student's newest attempt with a report, or every attempt.",
)
@click.option("--reason", required=True, help="Why; it is kept with the regrade.")
@click.option("--wait", is_flag=True, help="Wait for the end, and show whose mark changed.")
@URL_OPTION
@TOKEN_OPTION
def regrade(exercise_id: str, scope: str, reason: str, wait: bool, url: str, token: str) -> None:
    """Grade the submissions of EXERCISE again by its newest rubric.

    Every submission keeps its report until it has the new one, and uploads go first. This takes the
    token of an instructor or an admin. Exit codes: 0, or 3 if --wait finds that grading failed.
    """
    with errors_reported(), open_client(url, token) as client:
        path = f"{_API}/exercises/{quote(exercise_id, safe='')}/regrades"
        made = _sent(client, path, json={"scope": scope, "reason": reason})
        total = made["progress"]["total"]
        version = made["rubric_version"]
        are = "submission is" if total == 1 else "submissions are"
        print_text(f"{total} {are} graded again by version {version} of the rubric.")
        if wait:
            made = _wait(client, made)
            _show_changes(client, made)
        print_text(f"Follow it:  grader exercise regrades {exercise_id}")
        print_text(f"Undo it:    grader exercise undo-regrade {made['id']}")
    sys.exit(ExitCode.NEEDS_ATTENTION if made["progress"]["failed"] else ExitCode.GRADED)


@exercise.command()
@click.argument("exercise_id", metavar="EXERCISE")
@URL_OPTION
@TOKEN_OPTION
def regrades(exercise_id: str, url: str, token: str) -> None:
    """List the regrades of EXERCISE, newest first: when, by whom, why, and how far they are."""
    with errors_reported(), open_client(url, token) as client:
        path = f"{_API}/exercises/{quote(exercise_id, safe='')}/regrades"
        rows = [
            (
                one["id"],
                one["created_at"][:16].replace("T", " "),
                one["author"],
                _progress(one),
                one["reason"],
            )
            for one in _listed(client, path)
        ]
    print_table(("ID", "CREATED (UTC)", "BY", "STATE", "REASON"), rows)


@exercise.command("cancel-regrade")
@click.argument("regrade_id", metavar="ID")
@URL_OPTION
@TOKEN_OPTION
def cancel_regrade(regrade_id: str, url: str, token: str) -> None:
    """Take what waits of the regrade ID out of the queue; what has its new report keeps it."""
    with errors_reported(), open_client(url, token) as client:
        path = f"{_API}/regrades/{quote(regrade_id, safe='')}/cancel"
        print_text(f"The regrade is cancelled: {_progress(_sent(client, path))}.")


@exercise.command("undo-regrade")
@click.argument("regrade_id", metavar="ID")
@URL_OPTION
@TOKEN_OPTION
def undo_regrade(regrade_id: str, url: str, token: str) -> None:
    """Give the submissions of the regrade ID their old reports back; cancel those that wait.

    A submission that was graded once more since is left as it is.
    """
    with errors_reported(), open_client(url, token) as client:
        path = f"{_API}/regrades/{quote(regrade_id, safe='')}/undo"
        print_text(f"The regrade is undone: {_progress(_sent(client, path))}.")


def _wait(client: httpx.Client, made: dict[str, Any]) -> dict[str, Any]:
    """Poll the regrade ``made`` until nothing of it waits; return it as it is then.

    Its progress is printed on standard error whenever it has changed. The regrade goes on if this
    is interrupted.
    """
    printed = ""
    while True:
        made = json_object(check_response(client.get(made["links"]["self"])))
        if _progress(made) != printed:
            printed = _progress(made)
            print_text(printed, err=True)
        if not made["progress"]["waiting"]:
            return made
        time.sleep(_POLL_SECONDS)


def _show_changes(client: httpx.Client, made: dict[str, Any]) -> None:
    """Print a table of the marks that the regrade ``made`` changed, by student."""
    rows = [
        (item["student"], str(item["attempt"]), _points(item["before"]), _points(item["after"]))
        for item in _listed(client, made["links"]["items"])
        if item["after"] is not None and item["after"] != item["before"]
    ]
    if rows:
        print_table(("STUDENT", "ATTEMPT", "BEFORE", "AFTER"), sorted(rows))
    else:
        print_text("No mark has changed.")


def _points(total: dict[str, Any]) -> str:
    """Return ``total`` of a report as text: ``7.5 of 10``, or ``? of 10`` if points are missing."""
    points = "?" if total["points"] is None else total["points"]
    return f"{points} of {total['max_points']}"


def _progress(made: dict[str, Any]) -> str:
    """Return how far the regrade ``made`` is: ``25 of 28 done, 3 waiting, 9 marks changed``."""
    progress = made["progress"]
    parts = [f"{progress['done']} of {progress['total']} done"]
    parts += [f"{progress[name]} {words}" for name, words in _WORDS.items() if progress[name]]
    if changed := progress["changed"]:
        parts.append(f"{changed} {'mark' if changed == 1 else 'marks'} changed")
    return ", ".join(parts)


def _sent(client: httpx.Client, path: str, **body: Any) -> dict[str, Any]:
    """Return the JSON object that the service answers a POST to ``path`` with."""
    return json_object(check_response(client.post(path, **body)))


def _listed(client: httpx.Client, path: str) -> Iterator[dict[str, Any]]:
    """Yield the items of the listing at ``path``, page by page."""
    following: str | None = path
    while following:
        page = json_object(check_response(client.get(following)))
        yield from page["items"]
        following = page["next"]
