"""``grader explain``: the lesson of a check, or the list of checks."""

from __future__ import annotations

import click

from grader.checks.catalog import CATALOG
from grader.cli.errors import errors_reported
from grader.domain.errors import BadRequest
from grader.domain.wording import nearest
from grader.exports.lesson import render_lesson


@click.command()
@click.argument("check", required=False)
def explain(check: str | None) -> None:
    """Explain what CHECK measures, why it matters and how to fix what it reports.

    Without CHECK, list the name and title of every check that a rubric can use. Another name is an
    error.
    """
    known = {name: found for name, found in CATALOG.items() if found.gradable}
    if check is None:
        width = max(map(len, known))
        for name, found in sorted(known.items()):
            click.echo(f"{name:{width}}  {found.title}")
        return
    with errors_reported():
        if check not in known:
            hint = nearest(check, known)
            raise BadRequest(
                f"There is no check {check!r}." + (f" Did you mean {hint!r}?" if hint else ""),
                how_to_fix="`grader explain` lists every check.",
            )
        click.echo(render_lesson(known[check]), nl=False)
