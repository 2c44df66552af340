"""Connection of the client commands (``submit``, ``retry``) to the HTTP API of a service."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click
import httpx

from grader.domain.errors import BadRequest, EngineFault, Overloaded

URL_OPTION = click.option(
    "--url", envvar="GRADER_URL", default="http://127.0.0.1:8000", show_default=True
)
TOKEN_OPTION = click.option(
    "--token", envvar="GRADER_TOKEN", required=True, help="Or GRADER_TOKEN."
)


@contextmanager
def open_client(url: str, token: str) -> Iterator[httpx.Client]:
    """Yield a client of the service at ``url`` that sends the bearer token ``token``; close it.

    Its requests have paths below ``url``. It connects with the first one.

    Raises:
        BadRequest: ``url`` is no address of a service, or ``token`` is no ASCII.
        EngineFault: a request of the block got no answer.
    """
    address = _address(url)
    if not token.isascii() or not token.isprintable():
        raise BadRequest("The token has characters that no token has.", where="--token")
    headers = {"Authorization": f"Bearer {token}"}
    timeout = httpx.Timeout(60, connect=5)
    with httpx.Client(base_url=address, headers=headers, timeout=timeout) as client:
        try:
            yield client
        except httpx.TransportError:
            raise no_answer(client) from None


def _address(url: str) -> httpx.URL:
    """Return ``url`` as an address; raise BadRequest unless it is http or https with a host."""
    try:
        address = httpx.URL(url)
    except (httpx.InvalidURL, UnicodeError):
        address = httpx.URL("")
    if address.scheme not in ("http", "https") or not address.host:
        raise BadRequest(
            f"{url!r} is no address of a service.",
            how_to_fix="Give one such as http://127.0.0.1:8000, by --url or GRADER_URL.",
            where="--url",
        )
    return address


def no_answer(client: httpx.Client) -> EngineFault:
    """Return the error to raise if the service of ``client`` does not answer."""
    return EngineFault(f"{client.base_url} does not answer.", how_to_fix="Is the service running?")


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
        problem = json_object(response)
        kind = Overloaded if response.status_code in (429, 503) else BadRequest
        raise kind(
            str(problem.get("detail") or problem.get("title", "")),
            how_to_fix=str(problem.get("how_to_fix", "")),
        )
    raise _not_ours(response)


def json_object(response: httpx.Response) -> dict[str, Any]:
    """Return the JSON object in ``response``; raise EngineFault if it is none, e.g. of a proxy."""
    try:
        found = response.json()
    except (json.JSONDecodeError, UnicodeDecodeError):
        found = None
    if not isinstance(found, dict):
        raise _not_ours(response)
    return found


def _not_ours(response: httpx.Response) -> EngineFault:
    """Return the error for a ``response`` that no service of ours gives."""
    return EngineFault(
        f"{response.url.host} answered {response.status_code}, and not as a Grader service does.",
        how_to_fix="Is --url the address of the service itself?",
    )
