"""``grader check`` and ``grader facts``: the same engine and report with no server at all."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from grader.bootstrap import build_engine, read_rubric
from grader.checks.catalog import CATALOG
from grader.cli.problems import Exit, kind_errors
from grader.domain.characters import plain_json
from grader.domain.errors import BadRequest
from grader.domain.facts import SubmissionFacts
from grader.domain.history import Earlier
from grader.domain.report import Report
from grader.domain.report.building import build_report
from grader.domain.rubric import CompiledRubric
from grader.engine.intake import read_path
from grader.engine.measuring.engine import Engine
from grader.engine.rubric_text import (
    rubric_digest,
    rubric_file_text,
    shipped_rubric,
    shipped_rubrics,
)
from grader.exports.formats import FORMATS
from grader.isolation import sandbox_level_of
from grader.settings import Settings

PATIENT_SECONDS = 1_800.0

_PATH = click.argument("path", type=click.Path(path_type=Path))
_RUBRIC = click.option(
    "--rubric",
    "rubric_name",
    required=True,
    metavar="FILE_OR_EXERCISE",
    help="A rubric file, or the name of a rubric that ships with grader.",
)


@click.command()
@_PATH
@_RUBRIC
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
    """Grade PATH (a zip, a folder or a file) by a rubric and print the report.

    Exits with 0 when graded, 1 under the threshold, 2 on bad input, 3 when a fault of ours
    withholds points (the report shows what did run).
    """
    with kind_errors():
        if verbose:
            click.echo(f"Sandbox: {sandbox_level_of(Settings.load()).value}", err=True)
        text = rubric_source(rubric_name)
        compiled, (found, *before), given = _measured(text, *filter(None, (path, against)))
        earlier = Earlier(before[0]) if before else None
        report = build_report(
            compiled, found, digest=rubric_digest(text), starter=given, earlier=earlier
        )
        shown = report if signals else report.for_students()
        _write(FORMATS[format_name].render(shown), output)
    sys.exit(_exit_code(report, fail_under))


@click.command()
@_PATH
@_RUBRIC
def facts(path: Path, rubric_name: str) -> None:
    """Print the raw facts of PATH as JSON: what was measured, before any rubric judges it."""
    with kind_errors():
        _, (found,), _ = _measured(rubric_source(rubric_name), path)
        click.echo(plain_json(found.model_dump_json(indent=2)))


def rubric_source(name: str) -> str:
    """The text of a rubric file or of a shipped rubric.

    Raises:
        BadRequest: neither a file nor a shipped exercise. BadRubric: see rubric_file_text.
    """
    file = Path(name)
    if file.exists() and not file.is_dir():
        return rubric_file_text(file)
    shipped = shipped_rubric(name)
    if shipped is None:
        known = ", ".join(sorted(shipped_rubrics()))
        raise BadRequest(
            f"There is no rubric file {name!r} and no shipped rubric of that name.",
            how_to_fix=f"Give a path to a YAML file, or one of: {known}.",
        )
    return shipped


def _measured(
    rubric_text: str, *paths: Path
) -> tuple[CompiledRubric, list[SubmissionFacts], SubmissionFacts | None]:
    """The compiled, the facts of submissions, and those of what was handed out."""
    rubric = read_rubric(rubric_text)
    submissions = [read_path(path, rubric.intake) for path in paths]
    with open_engine() as engine:
        found = [engine.measure(one, rubric) for one in submissions]
        return CompiledRubric.of(rubric, CATALOG), found, engine.starter(rubric)


@contextmanager
def open_engine() -> Iterator[Engine]:
    """An engine for somebody who waits at a terminal, closed at the end."""
    settings = Settings.load()
    # Somebody is there to press Ctrl-C, and a folder may hold a whole project.
    patient = max(settings.child_seconds, PATIENT_SECONDS)
    engine = build_engine(settings.model_copy(update={"child_seconds": patient}))
    try:
        yield engine
    finally:
        engine.close()


def _write(text: str, output: Path | None) -> None:
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


def _exit_code(report: Report, fail_under: float | None) -> Exit:
    if report.status == "needs_attention":
        return Exit.NEEDS_ATTENTION
    points = report.total.points or 0
    if fail_under is not None and points < fail_under:
        return Exit.UNDER_THRESHOLD
    return Exit.GRADED
