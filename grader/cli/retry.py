"""``grader retry``: ask a service to grade a submission again."""

from __future__ import annotations

from urllib.parse import quote

import click

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
@click.argument("submission")
@URL_OPTION
@TOKEN_OPTION
def retry(submission: str, url: str, token: str) -> None:
    """Have the service grade SUBMISSION (an id) again; do not wait for the report.

    The service refuses a submission that does not need attention. This takes the token of a grader,
    an instructor or an admin.
    """
    with errors_reported(), open_client(url, token) as client:
        path = f"/api/v1/submissions/{quote(submission, safe='')}/retry"
        answered = json_object(check_response(client.post(path)))
        print_text(f"{submission} is {answered.get('state')}.")
