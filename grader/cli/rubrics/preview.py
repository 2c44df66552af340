"""``grader rubric preview``: what a rubric would give each student, before it counts."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import click
import httpx

from grader.bootstrap import read_rubric
from grader.cli.errors import ExitCode, errors_reported
from grader.cli.http_client import (
    TOKEN_OPTION,
    URL_OPTION,
    check_response,
    json_object,
    open_client,
)
from grader.cli.output import print_table, print_text
from grader.cli.rubrics.api import RubricApi
from grader.domain.errors import BadRequest
from grader.engine.rubric_text import rubric_file_text

#: Seconds that one request waits for workers; the client's own timeout is longer.
_WAIT = 30
#: The longest bar of a distribution, in characters.
_BAR = 40


@click.command()
@click.argument("name", metavar="FILE")
@click.option("--draft", is_flag=True, help="FILE is an exercise: preview its draft.")
@click.option("--pass-mark", type=click.FloatRange(0, 100), default=50, show_default=True)
@click.option("--students", type=click.IntRange(0, 1000), default=10, show_default=True)
@click.option("--csv", "table", type=click.Path(path_type=Path), help="Write every student there.")
@click.option("--wait", "seconds", type=click.IntRange(0, 86_400), default=600, show_default=True)
@URL_OPTION
@TOKEN_OPTION
def preview(
    name: str,
    draft: bool,
    pass_mark: float,
    students: int,
    table: Path | None,
    seconds: int,
    url: str,
    token: str,
) -> None:
    """Show what the rubric in FILE would give each student instead of what they have now.

    Who gains and who loses, by criterion and why, for the newest attempt of each student that has a
    report. It publishes nothing and changes no points. What nobody has measured yet, the workers of
    the service measure while no upload waits; this waits for them, at most --wait seconds. Exit
    codes: 0 shown, 2 refused, 3 some students are still to be measured.
    """
    with errors_reported(), open_client(url, token) as client:
        query = {"pass_mark": pass_mark, "limit": students}
        found, address = _finished(RubricApi(client), client, name, draft, query, seconds)
        _print_preview(found)
        if table is not None:
            _write(client, address, table)
    sys.exit(ExitCode.GRADED if found["complete"] else ExitCode.NEEDS_ATTENTION)


def _finished(
    api: RubricApi,
    client: httpx.Client,
    name: str,
    draft: bool,
    query: Mapping[str, float],
    seconds: int,
) -> tuple[dict[str, Any], str]:
    """Return the preview of ``name`` and its address, complete or after ``seconds`` seconds.

    Raises:
        BadRubric: the file has mistakes.
        BadRequest: the service refuses it.
    """
    deadline = time.monotonic() + seconds
    text = None if draft else rubric_file_text(Path(name))
    exercise = name if text is None else read_rubric(text).exercise
    response = check_response(api.preview(exercise, text, query, min(_WAIT, seconds)))
    address = response.headers.get("Location", "")
    while response.status_code == 202 and time.monotonic() < deadline:
        waiting = json_object(response)["coverage"]["waiting"]
        print_text(f"The workers measure ({waiting} students are missing) ...", err=True)
        response = client.get(address, params=query, headers={"Prefer": f"wait={_WAIT}"})
        check_response(response)
        if response.status_code == 202 and "Preference-Applied" not in response.headers:
            time.sleep(2)  # the service lets nobody wait at the moment
    return json_object(response), address


def _write(client: httpx.Client, address: str, file: Path) -> None:
    """Write every student of the preview at ``address`` to ``file``, as CSV.

    Raises:
        BadRequest: the file cannot be written.
    """
    try:
        with file.open("wb") as opened:
            headers = {"Accept": "text/csv"}
            with client.stream("GET", address, headers=headers, timeout=600) as response:
                if not response.is_success:
                    response.read()
                check_response(response)
                for chunk in response.iter_bytes():
                    opened.write(chunk)
    except OSError as error:
        raise BadRequest(f"{file} cannot be written: {error.strerror}.") from None
    print_text(f"Every student is in {file}.")


def _print_preview(found: Mapping[str, Any]) -> None:
    """Print the preview ``found``, the JSON of the service."""
    coverage = found["coverage"]
    print_text(f"{found['exercise']}: {_covered(coverage)}")
    print_text("")
    _print_criteria(found["criteria"])
    print_text("")
    for line in _distribution(found["distribution"]):
        print_text(line)
    mark = found["pass_mark"]
    at = f"{mark['at']:g} %"
    print_text(f"Pass mark {at}: {mark['gained']} more reach it, {mark['lost']} no longer do.")
    for line in _movers(found["students"]):
        print_text(line)
    for line in _samples(found["samples"]):
        print_text(line)
    if found["warnings"]:
        print_text("\nFor you to judge:")
        for sentence in found["warnings"]:
            print_text(f"  {sentence}")
    print_text("\nNothing is published and no points are changed.")


def _covered(coverage: Mapping[str, int]) -> str:
    """Return a sentence on how many students are judged."""
    text = f"{coverage['judged']} of {coverage['students']} students"
    if coverage["waiting"]:
        text += f", {coverage['waiting']} are still to be measured"
    if coverage["failed"]:
        text += f", {coverage['failed']} could not be measured"
    return text


def _print_criteria(criteria: list[dict[str, Any]]) -> None:
    """Print a row for each criterion: its points, the means, and how many gain and lose."""
    head = ("criterion", "points", "mean", "better", "worse", "same")
    rows = [
        (
            one["title"],
            _arrow(one["before_points"], one["after_points"]),
            _arrow(one["mean_before"], one["mean_after"]),
            *(str(one[name]) for name in ("better", "worse", "same")),
        )
        for one in criteria
    ]
    print_table(head, rows)


def _arrow(before: float | None, after: float | None) -> str:
    """Return e.g. ``10 -> 15``, ``10`` if nothing changes, ``- -> 15`` for what is new."""
    was, now = ("-" if one is None else f"{one:g}" for one in (before, after))
    return was if was == now else f"{was} -> {now}"


def _distribution(counts: Mapping[str, list[int]]) -> Iterator[str]:
    """Yield the lines of a chart: how many students are in each tenth, before and after."""
    most = max([1, *counts["before"], *counts["after"]])
    yield "Students by percent of the points, before (-) and after (=):"
    for at, (was, now) in enumerate(zip(counts["before"], counts["after"], strict=True)):
        if was or now:
            tenth = f"{at * 10:3} to {at * 10 + 10:3}"
            yield f"  {tenth}  {_bar('-', was, most)}"
            yield f"  {'':10}  {_bar('=', now, most)}"


def _bar(sign: str, count: int, most: int) -> str:
    """Return a bar of ``sign`` for ``count`` of at most ``most`` students, with the number."""
    return f"{sign * -(-count * _BAR // most)} {count}".strip()


def _samples(samples: list[dict[str, Any]]) -> Iterator[str]:
    """Yield the lines on golden samples: what each earns, and what was expected."""
    if samples:
        yield "\nGolden samples:"
    for one in samples:
        said = {True: "as expected", None: "still to be measured"}.get(one["ok"], "differs")
        yield f"  {one['name']}: {_arrow(one['before'], one['after'])} ({said})"
        if one["problem"]:
            yield f"    {one['problem']}"
        for row in one["differences"]:
            name = row["criterion"] or "total"
            yield f"    {name}: {_arrow(row['expected'], row['earned'])}, expected -> earned"


def _movers(students: list[dict[str, Any]]) -> Iterator[str]:
    """Yield the lines on the students whose points change most, and why."""
    yield "\nWho moves most, and why:" if students else "\nNobody moves."
    for one in students:
        yield f"  {one['student']}: {_arrow(one['before'], one['after'])}"
        for row in one["criteria"]:
            yield f"    {row['id']}: {_arrow(row['before'], row['after'])}"
            for side in ("before", "after"):
                if row[f"why_{side}"]:
                    yield f"      {side}: {row[f'why_{side}']}"
