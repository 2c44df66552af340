"""``grader audit``: entries of the audit log."""

from __future__ import annotations

from datetime import UTC, datetime

import click

from grader.cli.output import print_table
from grader.cli.service import open_service
from grader.service.records import AuditQuery

_TIME = click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"])


@click.group()
def audit() -> None:
    """Run a command on the audit log, which says who changed or read what."""


@audit.command("list")
@click.option("--course", default="", help="Only entries about this course.")
@click.option("--actor", default="", help="Only acts of this token (its id), or of this source.")
@click.option("--action", default="", help="Only this kind of act, such as archive.read.")
@click.option("--subject", default="", help="Only what was done to this id.")
@click.option("--since", type=_TIME, help="From this day or time on, in UTC.")
@click.option("--until", type=_TIME, help="Before this day or time, in UTC.")
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
    """List the entries that match all given options, newest first, at most --limit.

    Without options these are the newest of all entries. A message says if there are more.
    """
    query = AuditQuery(course, actor, action, subject, _utc(since), _utc(until))
    with open_service() as service:
        page = service.store.audit_log.page(query, limit=limit)
        print_table(
            ("AT", "ACTOR", "NAME", "ACTION", "SUBJECT", "COURSE", "DETAIL"),
            [
                (
                    f"{entry.at:%Y-%m-%d %H:%M:%S}",
                    entry.actor,
                    entry.actor_name or "-",
                    entry.action,
                    entry.subject,
                    entry.course or "-",
                    " ".join(f"{key}={value}" for key, value in entry.detail.items()),
                )
                for entry in page.items
            ],
        )
        if page.next_cursor:
            click.echo(f"There are more than {limit}: choose fewer, or a higher --limit.", err=True)


def _utc(time: datetime | None) -> datetime | None:
    """Return ``time``, which has no time zone, as a time in UTC; ``None`` stays ``None``."""
    return time.replace(tzinfo=UTC) if time else None
