"""``grader source``: sources, i.e. systems that send submissions by webhook."""

from __future__ import annotations

import base64
import re
import secrets
from urllib.parse import urlsplit

import click

from grader.cli.output import print_text
from grader.cli.service import open_service
from grader.domain.errors import BadRequest
from grader.lms.registry import CONNECTORS, source_config
from grader.service.records import SourceRecord

#: Warning after creating a source whose callback has no https.
_NOT_HTTPS = (
    "Scores go to https only: this callback gets none, unless the service runs with {host} in "
    "GRADER_CALLBACK_HOSTS, a list such as '[\"{host}\"]'."
)


@click.group()
def source() -> None:
    """Create, replace and list the systems that send submissions by webhook."""


@source.command()
@click.argument("name")
@click.option("--course", required=True)
@click.option("--callback", default="", help="Where scores are sent, signed.")
@click.option("--allow-host", "hosts", multiple=True, help="Archives may be fetched from here.")
@click.option(
    "--connector",
    type=click.Choice(list(CONNECTORS)),
    default=next(iter(CONNECTORS)),
    show_default=True,
)
def create(name: str, course: str, callback: str, hosts: tuple[str, ...], connector: str) -> None:
    """Create or replace the source NAME and print its secret, if its connector signs events.

    The secret is not shown again. A source that is replaced loses all its old settings and gets a
    new secret. NAME becomes a part of the URL that events are sent to.
    """
    with open_service() as service:
        _check_name(name)
        _check_callback(callback)
        secret = "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()
        given = {"secret": secret, "callback_url": callback, "allowed_hosts": hosts}
        record = SourceRecord(name, course, connector, source_config(connector, given))
        service.store.sources.put(record, "command line", service.clock.now())
        signed = record.config.get("secret") == secret
        if signed:
            click.echo(secret)
        if callback.startswith("http:"):
            print_text(_NOT_HTTPS.format(host=urlsplit(callback).netloc), err=True)
        how = "signed with it" if signed else "unsigned"
        click.echo(f"Send events to POST /api/v1/webhooks/{name}, {how}.", err=True)


def _check_name(name: str) -> None:
    """Raise BadRequest if ``name`` cannot be a segment of the URL that events are sent to."""
    # e.g. campus-lms, lms_2; not -lms, "my lms", lms/2.
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}", name):
        raise BadRequest(
            f"{name!r} cannot stand in a URL.",
            how_to_fix="Use letters, digits, - and _, at most 64, a letter or digit first.",
        )


def _check_callback(url: str) -> None:
    """Raise BadRequest if the callback ``url`` is neither empty nor an http(s) URL with a host.

    Credentials are refused too: the URL is shown and logged, and scores are signed anyway.
    """
    parsed = urlsplit(url)
    if url and (parsed.scheme not in ("http", "https") or not parsed.hostname):
        raise BadRequest(
            f"{url} is no address that scores can be sent to.",
            how_to_fix="Give a whole one, such as https://lms.example.edu/scores.",
            where="--callback",
        )
    if "@" in parsed.netloc:
        raise BadRequest(
            "The callback's address holds a user name or a password.",
            how_to_fix="Leave it out: what is sent is signed, and the receiver can verify that.",
            where="--callback",
        )


@source.command("list")
def list_sources() -> None:
    """List the sources by name, with course, connector and callback, without their secrets."""
    with open_service() as service:
        for known in service.store.sources.all():
            callback = known.config.get("callback_url") or "-"
            print_text(f"{known.name}  {known.course}  {known.connector}  {callback}")
