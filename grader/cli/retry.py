"""``grader retry``: ask a service to grade again what needs attention."""

from __future__ import annotations

from urllib.parse import quote

import click
import httpx

from grader.cli.errors import errors_reported
from grader.cli.http_client import (
    TOKEN_OPTION,
    URL_OPTION,
    check_response,
    json_object,
    open_client,
)
from grader.cli.output import print_text


@click.command()
@click.argument("submission", required=False)
@click.option("--all", "everything", is_flag=True, help="All that needs attention.")
@click.option("--exercise", default="", help="With --all: only of this exercise.")
@click.option("--course", default="", help="With --all: only of this course.")
@URL_OPTION
@TOKEN_OPTION
def retry(
    submission: str | None, everything: bool, exercise: str, course: str, url: str, token: str
) -> None:
    """Have the service grade SUBMISSION (an id), or --all, again; do not wait for the reports.

    The service refuses a submission that does not need attention. This takes the token of a grader,
    an instructor or an admin; --all is all that it may see.
    """
    if (submission is None) is not everything:
        raise click.UsageError("Name one SUBMISSION, or use --all.")
    if (exercise or course) and not everything:
        raise click.UsageError("--exercise and --course belong to --all.")
    with errors_reported(), open_client(url, token) as client:
        if submission is None:
            print_text(_retry_all(client, exercise, course))
            return
        path = f"/api/v1/submissions/{quote(submission, safe='')}/retry"
        answered = json_object(check_response(client.post(path)))
        print_text(f"{submission} is {answered.get('state')}.")


def _retry_all(client: httpx.Client, exercise: str, course: str) -> str:
    """Have everything of ``exercise`` and ``course`` retried; return the answer as a sentence."""
    asked = {"exercise": exercise, "course": course}
    wanted = {name: value for name, value in asked.items() if value}
    answered = json_object(
        check_response(client.post("/api/v1/submissions/all/retry", params=wanted))
    )
    count = answered.get("retried")
    return f"{count} {'submission is' if count == 1 else 'submissions are'} queued again."
