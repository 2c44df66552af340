"""``grader audit``: who changed or saw what."""

from __future__ import annotations

from datetime import UTC, datetime

import click

from grader.cli.table import show
from grader.cli.token import open_service
from grader.service.records import AuditQuery

_DAY = click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"])


@click.group()
def audit() -> None:
    """Who changed or saw what."""


@audit.command("list")
@click.option("--course", default="", help="Only entries about this course.")
@click.option("--actor", default="", help="Only acts of this token (its id), or of this source.")
@click.option("--action", default="", help="Only this kind of act, such as archive.read.")
@click.option("--subject", default="", help="Only what was done to this id.")
@click.option("--since", type=_DAY, help="From this day or time on, in UTC.")
@click.option("--until", type=_DAY, help="Before this day or time, in UTC.")
@click.option("--limit", type=click.IntRange(1, 500), default=50, show_default=True)
def list_entries(
    course: str,
    actor: str,
    action: str,
    subject: str,
    since: datetime | None,
    until: datetime | None,
    limit: int,
) -> None:
    """List entries, newest first."""
    query = AuditQuery(course, actor, action, subject, _utc(since), _utc(until))
    with open_service() as service:
        page = service.store.trail.page(query, limit=limit)
        show(
            ("AT", "ACTOR", "NAME", "ACTION", "SUBJECT", "COURSE", "DETAIL"),
            [
                (
                    f"{one.at:%Y-%m-%d %H:%M:%S}",
                    one.actor,
                    one.actor_name or "-",
                    one.action,
                    one.subject,
                    one.course or "-",
                    " ".join(f"{key}={value}" for key, value in one.detail.items()),
                )
                for one in page.items
            ],
        )
        if page.next_cursor:
            click.echo(f"There are more than {limit}: choose fewer, or a higher --limit.", err=True)


def _utc(given: datetime | None) -> datetime | None:
    return given.replace(tzinfo=UTC) if given else None
