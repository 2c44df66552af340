"""``grader rubric``: write a first rubric, validate rubrics and test them on golden submissions."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import click
from pydantic import TypeAdapter, ValidationError

from grader.bootstrap import read_rubric
from grader.checks.catalog import CATALOG
from grader.cli.errors import ExitCode, errors_reported, print_problems
from grader.cli.golden import (
    Comparison,
    earned_points,
    golden_folder,
    read_sample,
    record,
)
from grader.cli.measuring import find_rubric_text, open_engine
from grader.cli.output import print_text
from grader.cli.samples import samples
from grader.domain.errors import BadRequest, Conflict
from grader.domain.rubric.json_schema import rubric_schema_text
from grader.domain.rubric.values import Slug
from grader.domain.samples import SamplePoints
from grader.engine.golden_folder import EXPECTED, expected_points, sample_names, sample_path
from grader.engine.measuring.engine import Engine
from grader.engine.rubric_text import (
    rubric_file_text,
    rubrics_folder,
    shipped_rubrics,
    starting_rubric,
)
from grader.engine.rubric_text.lint import GOOD_PROGRAM, SCRIPT, lint_rubric

#: A folder of rubrics in the current directory, which ``rubric test`` prefers to the shipped ones.
_OWN_RUBRICS = Path("rubrics")


@click.group()
def rubric() -> None:
    """Write, validate and test rubric files; publish them on a service, and get them back."""


rubric.add_command(samples)


@rubric.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def lint(file: Path) -> None:
    """Check whether FILE is a valid rubric: list all its mistakes, or else advice on it.

    Each has its line and column. A valid rubric grades a few built-in programs, e.g. one of a
    single line, and the samples in golden/EXERCISE beside it: advice says where points are given
    for nothing, or patterns match nothing. Only a mistake of YAML's syntax hides the others. Exit
    codes: 0 valid, 2 not, also if FILE cannot be read.
    """
    with errors_reported():
        text = rubric_file_text(file)
        parsed = read_rubric(text)
        folder = golden_folder(parsed.exercise, file)
        paths = [sample_path(folder, name) for name in sample_names(folder)]
        samples = [read_sample(path, parsed.intake) for path in paths]
        with open_engine() as engine:
            linted = lint_rubric(text, CATALOG, engine, samples=samples)
        size = f"{len(parsed.criteria)} criteria, {parsed.total} points"
        print_text(f"{file}: {parsed.title}: {size}. No mistakes.")
        if linted.advice:
            print_text("Advice, for you to judge:")
            print_problems(linted.advice, linted.more)


@rubric.command()
@click.argument("name", default="my-exercise")
@click.option("--output", type=click.Path(path_type=Path), help="A new file; else it is printed.")
@click.option("--samples", is_flag=True, help="Also write samples to golden/NAME beside it.")
def new(name: str, output: Path | None, samples: bool) -> None:
    """Write a rubric to start from, for the exercise NAME; comments explain each of its keys.

    It is valid as it is. With --samples, two programs with their points are written as well, for
    `grader rubric test`. Nothing is overwritten. Exit codes: 0 written, 2 bad input.
    """
    with errors_reported():
        text = starting_rubric(_exercise_name(name))
        if output is None:
            if samples:
                raise BadRequest("--samples needs --output, which says where.")
            print_text(text)
            return
        golden = golden_folder(name, output)
        _write_new(output, text, golden if samples else None)
        if samples:
            for source, sample in ((GOOD_PROGRAM, "finished"), (SCRIPT, "script")):
                shutil.copytree(
                    rubrics_folder() / "golden" / source,
                    golden / sample,
                    ignore=shutil.ignore_patterns("__pycache__"),
                )
            with open_engine() as engine:
                found = [*_compared(engine, text, golden, sample_names(golden), {})]
            record(golden, str(output), found)
            print_text(f"Samples and their points are in {golden}.")


def _exercise_name(name: str) -> str:
    """Return ``name``, if a rubric may have it as its exercise; raise BadRequest if not."""
    try:
        return TypeAdapter(Slug).validate_python(name)
    except ValidationError:
        raise BadRequest(
            f"{name!r} is no name of an exercise.",
            how_to_fix="Take small letters, digits, - and _, such as hw-1.",
        ) from None


def _write_new(file: Path, text: str, golden: Path | None) -> None:
    """Write ``text`` to the new ``file``, if neither that nor the folder ``golden`` exists.

    Raises:
        Conflict: one of them exists.
        BadRequest: the file cannot be written.
    """
    if golden is not None and golden.exists():
        raise Conflict(f"{golden} exists already.", how_to_fix="Choose another NAME or --output.")
    try:
        with file.open("x", encoding="utf-8") as opened:
            opened.write(text)
    except FileExistsError:
        raise Conflict(f"{file} exists already.", how_to_fix="Choose another --output.") from None
    except OSError as error:
        raise BadRequest(f"{file} cannot be written: {error.strerror}.") from None
    print_text(f"{file} is written. Next: grader rubric lint {file}")


@rubric.command()
def schema() -> None:
    """Print the JSON Schema of rubrics, by which an editor checks, completes and explains keys.

    Save it as rubric.schema.json beside a rubric whose first line names it, as the shipped ones do.
    """
    print_text(rubric_schema_text(CATALOG))


@rubric.command("test")
@click.argument("rubric_name", metavar="[FILE_OR_EXERCISE]", required=False)
@click.option(
    "--golden",
    "folder",
    type=click.Path(path_type=Path),
    help="A folder of samples with expected.yaml; golden/EXERCISE beside the rubric by default.",
)
@click.option("--record", "records", is_flag=True, help="Write what they earn to expected.yaml.")
def test_rubric(rubric_name: str | None, folder: Path | None, records: bool) -> None:
    """Grade the golden submissions of a rubric and compare them with their expected points.

    These are samples in a folder, whose points expected.yaml there lists. Without a name, every
    rubric in the folder rubrics here is tested, or else every shipped one. --record writes the
    points to expected.yaml, with each criterion, so that a later test names the one that differs.
    Exit codes: 0 if every submission earns its expected points, 1 if one does not (also if a check
    failed on it, so that points are withheld), 2 bad input, 3 if grading failed altogether.
    """
    all_equal = True
    with errors_reported(), open_engine() as engine:
        if rubric_name is not None:
            all_equal = _test_one(engine, rubric_name, folder or _folder_of(rubric_name), records)
        elif folder is not None:
            raise BadRequest("--golden needs the rubric that its samples are for.")
        else:
            for name in _every_rubric():
                print_text(f"{name}:")
                if sample_names(_folder_of(name)):
                    all_equal &= _test_one(engine, name, _folder_of(name), records)
                else:
                    print_text("no samples")
    sys.exit(ExitCode.GRADED if all_equal else ExitCode.UNDER_THRESHOLD)


def _every_rubric() -> list[str]:
    """Return the rubric files in the folder ``rubrics`` here, or the names of the shipped ones."""
    if _OWN_RUBRICS.is_dir():
        return [str(path) for path in sorted(_OWN_RUBRICS.glob("*.yaml"))]
    return [*shipped_rubrics()]


def _test_one(engine: Engine, name: str, folder: Path, records: bool) -> bool:
    """Test or record the samples of the rubric ``name`` in ``folder``.

    Return whether all are as expected, or recorded.
    """
    text = find_rubric_text(name)
    is_new = records and not (folder / EXPECTED).exists()
    expected = {} if is_new else expected_points(folder)
    names = dict.fromkeys([*expected, *(sample_names(folder) if records else ())])
    found = []
    for one in _compared(engine, text, folder, [*names], expected):
        found.append(one)
        print_text("\n".join(_changes(one) if records else _result(one)))
    if records:
        record(folder, name, found)
        return all(one.earned is not None for one in found)
    return all(one.is_equal for one in found)


def _folder_of(name: str) -> Path:
    """Return the default folder of samples of the rubric ``name``."""
    file = Path(name) if Path(name).is_file() else None
    return golden_folder(read_rubric(find_rubric_text(name)).exercise, file)


def _compared(
    engine: Engine,
    text: str,
    folder: Path,
    names: Sequence[str],
    expected: Mapping[str, SamplePoints],
) -> Iterator[Comparison]:
    """Grade the samples ``names`` in ``folder``, and yield what they earn beside ``expected``."""
    for name in names:
        earned = earned_points(engine, text, sample_path(folder, name))
        yield Comparison(name, earned, expected.get(name))


def _result(one: Comparison) -> Iterator[str]:
    """Yield the lines about a sample; its rows, where nobody said what they should be."""
    if one.is_equal and one.earned:
        yield f"{one.name}: {one.earned.total}"
        return
    yield from one.differences()
    if one.earned and one.expected and not one.expected.criteria:
        rows = ", ".join(f"{name} {points}" for name, points in one.earned.criteria.items())
        yield f"  it earns: {rows}"
        yield "  --record writes the criteria down, so that the one that differs is named"


def _changes(one: Comparison) -> Iterator[str]:
    """Yield the lines about what is recorded of a sample."""
    if one.earned is None:
        yield f"{one.name}: withheld, and so not recorded"
    elif one.expected is None:
        yield f"{one.name}: {one.earned.total} (new)"
    elif one.is_equal:
        yield f"{one.name}: {one.earned.total}" + " (criteria new)" * (not one.expected.criteria)
    else:
        yield from (f"{line}; recorded" for line in one.differences())
