"""``grader token``: who may use the service."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import click

from grader.bootstrap import Service, build_service
from grader.cli.problems import kind_errors
from grader.cli.table import show
from grader.service.records import Role
from grader.settings import Settings


@contextmanager
def open_service() -> Iterator[Service]:
    """The service on the configured database, with our errors told kindly."""
    with kind_errors():
        service = build_service(Settings.load())
        try:
            yield service
        finally:
            service.close()


@click.group()
def token() -> None:
    """Who may use the service."""


@token.command()
@click.option("--role", type=click.Choice([role.value for role in Role]), required=True)
@click.option("--course", default="", help="Needed for every role but admin.")
@click.option("--student", default="", help="Whose token it is, for the role student.")
@click.option("--name", default="", help="What the token is for, for lists.")
@click.option("--days", type=click.IntRange(1, 3650), help="After so many days it expires.")
def create(role: str, course: str, student: str, name: str, days: int | None) -> None:
    """Make a token and print its secret, this once."""
    with open_service() as service:
        secret, record = service.tokens.create(
            name=name or role,
            role=Role(role),
            course=course,
            student=student,
            lifetime=timedelta(days=days) if days else None,
            actor="command line",
        )
        click.echo(secret)
        click.echo(f"Token {record.id}; the secret is not shown again.", err=True)


@token.command("list")
@click.option("--course", default="", help="Only tokens of this course.")
def list_tokens(course: str) -> None:
    """List tokens, oldest first, without their secrets."""
    with open_service() as service:
        now = service.clock.now()
        found = [one for one in service.store.tokens.all() if course in ("", one.course)]
        show(
            ("ID", "ROLE", "COURSE", "STUDENT", "STATE", "EXPIRES", "LAST USED", "NAME"),
            [
                (
                    one.id,
                    one.role.value,
                    one.course or "every course",
                    one.student or "-",
                    one.ended(now) or "valid",
                    _moment(one.expires_at, "never"),
                    _moment(one.last_used_at, "never"),
                    one.name,
                )
                for one in found
            ],
        )


def _moment(at: datetime | None, without: str) -> str:
    """To the minute, in UTC: the last use is known no better."""
    return f"{at:%Y-%m-%d %H:%M}" if at else without


@token.command()
@click.argument("token_id")
def revoke(token_id: str) -> None:
    """End a token for good."""
    with open_service() as service:
        service.store.tokens.revoke(token_id, "command line", service.clock.now())
        click.echo(f"Token {token_id} is revoked.")
