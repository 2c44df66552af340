"""``grader submit`` and ``grader retry``: a small client of the HTTP API."""

from __future__ import annotations

import sys
import time
import uuid
from pathlib import Path

import click
import httpx

from grader.cli.problems import Exit, kind_errors, say
from grader.domain.errors import BadRequest, EngineFault, Overloaded

_URL = click.option(
    "--url", envvar="GRADER_URL", default="http://127.0.0.1:8000", show_default=True
)
_TOKEN = click.option("--token", envvar="GRADER_TOKEN", required=True, help="Or GRADER_TOKEN.")
_MEDIA = {"text": "text/plain", "json": "application/json", "markdown": "text/markdown"}


@click.command()
@click.argument("zip_file", type=click.Path(path_type=Path))
@click.option("--exercise", required=True)
@click.option("--student", default="", help="Needed unless the token is a student's.")
@click.option("--format", "format_name", type=click.Choice(sorted(_MEDIA)), default="text")
@click.option("--wait", "seconds", type=click.IntRange(1, 3600), default=300, show_default=True)
@_URL
@_TOKEN
def submit(
    zip_file: Path,
    exercise: str,
    student: str,
    format_name: str,
    seconds: int,
    url: str,
    token: str,
) -> None:
    """Hand in ZIP_FILE and wait for the report.

    An upload that the network cut off is sent again under the same idempotency key, so that it
    counts once.
    """
    with kind_errors(), _client(url, token) as client:
        accepted = _upload(client, zip_file, exercise, student)
        report = _report(client, accepted, _MEDIA[format_name], seconds)
        say(report.text)
        attention = report.headers.get("Grader-Status") == "needs_attention"
    sys.exit(Exit.NEEDS_ATTENTION if attention else Exit.GRADED)


@click.command()
@click.argument("submission")
@_URL
@_TOKEN
def retry(submission: str, url: str, token: str) -> None:
    """Grade SUBMISSION again, which needed attention (instructors)."""
    with kind_errors(), _client(url, token) as client:
        answer = _checked(client.post(f"/api/v1/submissions/{submission}/retry"))
        say(f"{submission} is {answer.json()['state']}.")


def _client(url: str, token: str) -> httpx.Client:
    headers = {"Authorization": f"Bearer {token}"}
    return httpx.Client(base_url=url, headers=headers, timeout=httpx.Timeout(60, connect=5))


def _upload(client: httpx.Client, file: Path, exercise: str, student: str) -> str:
    if not file.is_file():
        raise BadRequest(f"There is no file {file}.", how_to_fix="Give the path of a zip.")
    headers = {"Idempotency-Key": str(uuid.uuid4())}
    form = {"student": student} if student else {}
    for pause in (1, 3, 9, 0):
        try:
            answer = client.post(
                f"/api/v1/exercises/{exercise}/submissions",
                headers=headers,
                data=form,
                files={"file": (file.name, file.read_bytes())},
            )
            return str(_checked(answer).json()["id"])
        except (httpx.TransportError, Overloaded):
            time.sleep(pause)
    raise EngineFault(f"{client.base_url} does not answer.", how_to_fix="Is the service running?")


def _report(client: httpx.Client, submission: str, media: str, seconds: int) -> httpx.Response:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        answer = client.get(f"/api/v1/submissions/{submission}/report", headers={"Accept": media})
        if _checked(answer).status_code == 200:
            return answer
        time.sleep(min(float(answer.headers.get("Retry-After", 1)), 2.0))
    raise EngineFault(
        f"No report after {seconds} seconds; submission {submission} is stored and waits.",
        how_to_fix=f"Ask later: GET /api/v1/submissions/{submission}/report",
    )


def _checked(answer: httpx.Response) -> httpx.Response:
    if answer.is_success:
        return answer
    if answer.headers.get("Content-Type", "").startswith("application/problem+json"):
        problem = answer.json()
        kind = Overloaded if answer.status_code in (429, 503) else BadRequest
        raise kind(
            problem.get("detail") or problem.get("title", ""),
            how_to_fix=problem.get("how_to_fix", ""),
        )
    raise EngineFault(f"The service answered {answer.status_code}.")
