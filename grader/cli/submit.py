"""``grader submit``: upload a zip to a service and wait for its report."""

from __future__ import annotations

import sys
import time
import uuid
from pathlib import Path
from urllib.parse import quote

import click
import httpx

from grader.cli.errors import ExitCode, errors_reported
from grader.cli.http_client import (
    TOKEN_OPTION,
    URL_OPTION,
    check_response,
    json_object,
    no_answer,
    open_client,
)
from grader.cli.output import print_text
from grader.domain.errors import BadRequest, EngineFault, Overloaded
from grader.domain.person_names import checked_name

_MEDIA_TYPES = {"text": "text/plain", "json": "application/json", "markdown": "text/markdown"}
#: Seconds to wait after each failed upload attempt (chosen by hand); as many attempts as pauses.
_PAUSES = (1, 3, 9, 0)


@click.command()
@click.argument("zip_file", type=click.Path(path_type=Path))
@click.option("--exercise", required=True)
@click.option("--student", default="", help="Needed unless the token is a student's.")
@click.option("--format", "format_name", type=click.Choice(sorted(_MEDIA_TYPES)), default="text")
@click.option("--wait", "seconds", type=click.IntRange(1, 3600), default=300, show_default=True)
@URL_OPTION
@TOKEN_OPTION
def submit(
    zip_file: Path,
    exercise: str,
    student: str,
    format_name: str,
    seconds: int,
    url: str,
    token: str,
) -> None:
    """Hand in ZIP_FILE, wait for the report and print it.

    If the connection breaks during the upload, or the service is overloaded, it is sent again up to
    three times with the same idempotency key, so that it counts as one attempt. Exit codes: 0
    graded, 2 bad input or refused, 3 needs attention, all four uploads failed, or there is no
    report within --wait seconds. A connection that breaks during the wait is opened again.
    """
    with errors_reported(), open_client(url, token) as client:
        accepted = _upload(client, zip_file, exercise, student)
        report = _report(client, accepted, _MEDIA_TYPES[format_name], seconds)
        print_text(report.text)
        attention = report.headers.get("Grader-Status") == "needs_attention"
    sys.exit(ExitCode.NEEDS_ATTENTION if attention else ExitCode.GRADED)


def _upload(client: httpx.Client, file: Path, exercise: str, student: str) -> str:
    """Upload ``file`` and return the id of the submission.

    Attempts share one idempotency key, so that the submission counts once. An empty ``student``
    leaves the student to the token.

    Raises:
        BadRequest: there is no such file, ``student`` is no name, or the service rejects the
            upload.
        EngineFault: no attempt reached a service that accepts uploads.
    """
    data = _content(file)
    headers = {"Idempotency-Key": str(uuid.uuid4())}
    form = {"student": checked_name(student, "student")} if student else {}
    for pause in _PAUSES:
        try:
            response = client.post(
                f"/api/v1/exercises/{quote(exercise, safe='')}/submissions",
                headers=headers,
                data=form,
                files={"file": (file.name, data)},
            )
            return str(json_object(check_response(response)).get("id"))
        except (httpx.TransportError, Overloaded):
            time.sleep(pause)
    raise no_answer(client)


def _content(file: Path) -> bytes:
    """Return the bytes of ``file``; raise BadRequest if there is none or it cannot be read."""
    try:
        return file.read_bytes()
    except OSError as error:
        raise BadRequest(
            f"{file} cannot be read: {error.strerror or error}.",
            how_to_fix="Give the path of a zip, or of one .py file, that you may read.",
        ) from None


def _report(client: httpx.Client, submission: str, media: str, seconds: int) -> httpx.Response:
    """Poll until the report of ``submission`` is ready and return it in the media type ``media``.

    Raises:
        EngineFault: there is no report after ``seconds`` seconds.
    """
    path = f"/api/v1/submissions/{submission}/report"
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            response = client.get(path, headers={"Accept": media})
            if check_response(response).status_code == 200:
                return response
        except (httpx.TransportError, Overloaded):
            pass  # It is stored: the report comes when the service is back.
        time.sleep(1.0)
    raise EngineFault(
        f"No report after {seconds} seconds; submission {submission} is stored and waits.",
        how_to_fix=f"Ask later: GET {path}",
    )
