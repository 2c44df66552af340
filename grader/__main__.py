"""The ``grader`` command."""

from __future__ import annotations

import click

from grader import __version__
from grader.cli.audit import audit
from grader.cli.backup import backup, restore
from grader.cli.check import check
from grader.cli.db import db
from grader.cli.exercise import exercise
from grader.cli.explain import explain
from grader.cli.facts import facts
from grader.cli.purge import purge
from grader.cli.retry import retry
from grader.cli.rubric import rubric
from grader.cli.rubrics import COMMANDS as RUBRIC_COMMANDS
from grader.cli.serve import api, scheduler, serve
from grader.cli.source import source
from grader.cli.student import student
from grader.cli.submit import submit
from grader.cli.token import token


@click.group()
@click.version_option(__version__, prog_name="grader")
def main() -> None:
    """Grade Python code for production quality, and run the service that does.

    A student's code is never run.
    """


for command in (
    check,
    facts,
    explain,
    submit,
    retry,
    serve,
    api,
    scheduler,
    rubric,
    exercise,
    token,
    source,
    audit,
    db,
    backup,
    restore,
    purge,
    student,
):
    main.add_command(command)
for command in RUBRIC_COMMANDS:
    rubric.add_command(command)


if __name__ == "__main__":
    main(prog_name="grader")
