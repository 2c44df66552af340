"""``grader purge``: remove old submissions."""

from __future__ import annotations

import re
from datetime import timedelta

import click

from grader.bootstrap import COMMAND_LINE
from grader.cli.service import open_service
from grader.service.records import DeletedRows

#: Days of each unit.
_DAYS = {"d": 1, "w": 7, "y": 365}
#: A hundred years (chosen by hand). Some limit is needed: a date before the year 1 is an error.
_MAX_DAYS = 36_500


class Age(click.ParamType[timedelta]):
    """The type of an option that takes a time span of whole days, weeks or years.

    It is written as ``365d``, ``8w`` or ``2y``; a year has 365 days. The command gets a
    ``timedelta``.
    """

    name = "age"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> timedelta:
        """Return the time span for the text ``value``, e.g. 56 days for ``8w``.

        Fail with a usage error if it is not written so, is zero, or is longer than 100 years of 365
        days. Click calls this; ``param`` and ``ctx`` are only for its message.
        """
        # e.g. 365d, 8w, 2y; not 365 (no unit), -1d, 1.5y, 6m (minutes or months?).
        found = re.fullmatch(r"(\d{1,5})([dwy])", str(value))
        days = int(found.group(1)) * _DAYS[found.group(2)] if found else 0
        if not 0 < days <= _MAX_DAYS:
            self.fail(f"{value!r} is no age; write 365d, 8w or 2y.", param, ctx)
        return timedelta(days=days)


@click.command()
@click.option("--older-than", "age", type=Age(), required=True, help="Such as 365d, 8w or 2y.")
@click.option("--course", default="", help="Of one course; of every course, where it is left out.")
@click.option("--dry-run", is_flag=True, help="Only say how much there is to remove.")
@click.option(
    "--include-unfinished",
    is_flag=True,
    help="Also what waits, is being graded, needs attention or has a score to send.",
)
def purge(age: timedelta, course: str, dry_run: bool, include_unfinished: bool) -> None:
    """Remove submissions received longer ago than --older-than, with reports, facts and scores.

    Submissions that are not finished, or have a score to send, stay without --include-unfinished.
    An archive is removed too unless a remaining submission has the same bytes. Without --course,
    cached measurements that were not used for that long are removed as well. Exercises, rubrics and
    tokens are kept, and so is the audit log, which records the purge. With --dry-run, print only
    how many submissions and cached measurements it would be. The service may be running.
    """
    with open_service() as service:
        if dry_run:
            found = service.purge.preview(age, course, unfinished=include_unfinished)
            click.echo(f"Would remove {describe_removed(found)}.")
            return
        removed = service.purge(age, course, unfinished=include_unfinished, actor=COMMAND_LINE)
        click.echo(f"Removed {describe_removed(removed)}.")


def describe_removed(removed: DeletedRows) -> str:
    """Return the counts of ``removed`` that are not zero, e.g. ``2 submissions, 1 tokens``.

    If there is none, it is ``nothing``. ``keys`` and ``audit_entries`` are not mentioned.
    """
    counts = {
        "submissions": removed.submissions,
        "reports": removed.reports,
        "scores": removed.passbacks,
        "archives": removed.archives,
        "tokens": removed.tokens,
        "cached inspections": removed.inspections,
    }
    return ", ".join(f"{count} {name}" for name, count in counts.items() if count) or "nothing"
