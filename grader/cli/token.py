"""``grader token``: create, list and revoke access tokens."""

from __future__ import annotations

from datetime import datetime, timedelta

import click

from grader.cli.output import print_table
from grader.cli.service import open_service
from grader.service.records import Role


@click.group()
def token() -> None:
    """Create, list and revoke the access tokens of the service."""


@token.command()
@click.option("--role", type=click.Choice([role.value for role in Role]), required=True)
@click.option("--course", default="", help="Needed for every role but admin.")
@click.option("--student", default="", help="Whose token it is, for the role student.")
@click.option("--name", default="", help="What the token is for, for lists.")
@click.option("--days", type=click.IntRange(1, 3650), help="After so many days it expires.")
def create(role: str, course: str, student: str, name: str, days: int | None) -> None:
    """Create a token and print its secret, which is not shown again.

    Every role but admin needs --course, and only a student has --student. Without --days it never
    expires.
    """
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
    """List tokens, also expired and revoked ones, oldest first, without their secrets.

    Without --course these are all tokens; with it, those of admins are left out, too.
    """
    with open_service() as service:
        now = service.clock.now()
        tokens = [one for one in service.store.tokens.all() if course in ("", one.course)]
        print_table(
            ("ID", "ROLE", "COURSE", "STUDENT", "STATE", "EXPIRES", "LAST USED", "NAME"),
            [
                (
                    one.id,
                    one.role.value,
                    one.course or "every course",
                    one.student or "-",
                    one.ended(now) or "valid",
                    _minute(one.expires_at, "never"),
                    _minute(one.last_used_at, "never"),
                    one.name,
                )
                for one in tokens
            ],
        )


def _minute(time: datetime | None, default: str) -> str:
    """Return ``time`` to the minute, or ``default`` if it is ``None``.

    The time of the last use is not stored more precisely.
    """
    return f"{time:%Y-%m-%d %H:%M}" if time else default


@token.command()
@click.argument("token_id")
def revoke(token_id: str) -> None:
    """Revoke the token with the id TOKEN_ID (not its secret) for good; fail if there is none.

    A token that is revoked already stays so.
    """
    with open_service() as service:
        service.store.tokens.revoke(token_id, "command line", service.clock.now())
        click.echo(f"Token {token_id} is revoked.")
