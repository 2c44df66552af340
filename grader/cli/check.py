"""``grader check``: grade files on disk with the service's engine and report, without a server."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from grader.cli.errors import ExitCode, errors_reported
from grader.cli.measuring import find_rubric_text, measure
from grader.domain.errors import BadRequest
from grader.domain.history import Earlier
from grader.domain.report import Report
from grader.domain.report.building import build_report
from grader.domain.rubric.digest import rubric_digest
from grader.exports.formats import FORMATS
from grader.isolation import sandbox_level_of
from grader.settings import Settings


@click.command()
@click.argument("path", type=click.Path(path_type=Path))
@click.option(
    "--rubric",
    "rubric_name",
    required=True,
    metavar="FILE_OR_EXERCISE",
    help="A rubric file, or the name of a rubric that ships with grader.",
)
@click.option(
    "--format", "format_name", type=click.Choice(sorted(FORMATS)), default="text", show_default=True
)
@click.option(
    "--fail-under", type=click.FloatRange(min=0), help="Exit with 1 under so many points."
)
@click.option("--output", type=click.Path(path_type=Path), help="Write the report to a file.")
@click.option(
    "--against",
    type=click.Path(path_type=Path),
    metavar="OLD_PATH",
    help="An earlier version: tell what was fixed, what is new, what is still there.",
)
@click.option("--signals", is_flag=True, help="Show what a person should look at, too.")
@click.option("--verbose", is_flag=True, help="Say on standard error how files are read.")
def check(
    path: Path,
    rubric_name: str,
    format_name: str,
    fail_under: float | None,
    output: Path | None,
    against: Path | None,
    signals: bool,
    verbose: bool,
) -> None:
    """Grade PATH (a zip, a folder or a file) by a rubric; print the report or write it to --output.

    Exit codes: 0 graded, 1 fewer points than --fail-under, 2 bad input, 3 a check failed by our
    fault, so that points are withheld (the report shows the rest), or grading failed altogether.
    """
    with errors_reported():
        if verbose:
            click.echo(f"Sandbox: {sandbox_level_of(Settings.load()).value}", err=True)
        text = find_rubric_text(rubric_name)
        measured = measure(text, path, *([against] if against else []))
        report = build_report(
            measured.rubric,
            measured.facts[0],
            digest=rubric_digest(text),
            starter=measured.starter,
            earlier=Earlier(measured.facts[1]) if against else None,
        )
        shown = report if signals else report.for_students()
        _write(FORMATS[format_name].render(shown), output)
    sys.exit(_exit_code(report, fail_under))


def _write(text: str, output: Path | None) -> None:
    """Write ``text`` to the file ``output``, whose folder is created, or to standard output.

    Raises:
        BadRequest: the file cannot be written.
    """
    if output is None:
        click.echo(text, nl=not text.endswith("\n"))
        return
    try:
        output.parent.mkdir(parents=True, exist_ok=True)
        output.write_text(text, encoding="utf-8")
    except OSError as error:
        raise BadRequest(
            f"The report cannot be written to {output}: {error.strerror}.",
            how_to_fix="Give --output a file in a folder that you may write to.",
        ) from None


def _exit_code(report: Report, fail_under: float | None) -> ExitCode:
    """Return the exit code for ``report``, given the least points ``fail_under`` (None: any)."""
    if report.status == "needs_attention":
        return ExitCode.NEEDS_ATTENTION
    points = report.total.points or 0
    if fail_under is not None and points < fail_under:
        return ExitCode.UNDER_THRESHOLD
    return ExitCode.GRADED
