"""Connection of the client commands (``submit``, ``retry``) to the HTTP API of a service."""

from __future__ import annotations

import click
import httpx

from grader.domain.errors import BadRequest, EngineFault, Overloaded

URL_OPTION = click.option(
    "--url", envvar="GRADER_URL", default="http://127.0.0.1:8000", show_default=True
)
TOKEN_OPTION = click.option(
    "--token", envvar="GRADER_TOKEN", required=True, help="Or GRADER_TOKEN."
)


def open_client(url: str, token: str) -> httpx.Client:
    """Return a client of the service at ``url`` that sends the bearer token ``token``.

    Its requests have paths below ``url``. It does not connect yet. Network errors are those of
    httpx. The caller closes it.
    """
    headers = {"Authorization": f"Bearer {token}"}
    return httpx.Client(base_url=url, headers=headers, timeout=httpx.Timeout(60, connect=5))


def check_response(response: httpx.Response) -> httpx.Response:
    """Return ``response`` if its status is a success.

    Raises:
        Overloaded: status 429 or 503 with a problem document; the request may be sent again.
        BadRequest: another problem document.
        EngineFault: any other response, e.g. an error page of a proxy.
    """
    if response.is_success:
        return response
    if response.headers.get("Content-Type", "").startswith("application/problem+json"):
        problem = response.json()
        kind = Overloaded if response.status_code in (429, 503) else BadRequest
        raise kind(
            problem.get("detail") or problem.get("title", ""),
            how_to_fix=problem.get("how_to_fix", ""),
        )
    raise EngineFault(f"The service answered {response.status_code}.")
