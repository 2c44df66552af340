"""``grader token``: who may use the service."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import click

from grader.bootstrap import Service, build_service
from grader.cli.problems import kind_errors, say
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
@click.option("--name", default="", help="What the token is for.")
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
def list_tokens() -> None:
    """List tokens, without their secrets."""
    with open_service() as service:
        for one in service.store.tokens.all():
            ended = "revoked" if one.revoked_at else "valid"
            used = f"{one.last_used_at:%Y-%m-%d}" if one.last_used_at else "never used"
            owner = one.student or one.course or "every course"
            say(f"{one.id}  {one.role.value:<10}  {owner:<16}  {ended}  {used}  {one.name}")


@token.command()
@click.argument("token_id")
def revoke(token_id: str) -> None:
    """End a token for good."""
    with open_service() as service:
        service.store.tokens.revoke(token_id, "command line", service.clock.now())
        click.echo(f"Token {token_id} is revoked.")
