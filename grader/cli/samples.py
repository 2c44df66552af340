"""``grader rubric samples``: the golden samples of an exercise at a service."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import quote

import click
import httpx

from grader.cli.errors import errors_reported
from grader.cli.http_client import (
    TOKEN_OPTION,
    URL_OPTION,
    check_response,
    json_object,
    open_client,
)
from grader.cli.output import print_text
from grader.domain.samples import SamplePoints
from grader.engine.golden_folder import FolderSample, read_golden_folder

_MEDIA_TYPES = {".zip": "application/zip", ".py": "text/x-python"}


@click.group()
def samples() -> None:
    """Send, list and delete golden samples: programs whose points are known.

    A service tries each new version of a rubric on the samples of its exercise before it publishes
    it. This takes the token of an instructor or an admin.
    """


@samples.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--exercise", default="", help="By default the name of FOLDER.")
@URL_OPTION
@TOKEN_OPTION
def push(folder: Path, exercise: str, url: str, token: str) -> None:
    """Send the samples of FOLDER, e.g. golden/get-data, with their points in expected.yaml.

    A sample that the service has already is replaced if it differs. Samples that only the service
    has are named and stay.
    """
    with errors_reported(), open_client(url, token) as client:
        address = _address(exercise or folder.resolve().name)
        sent = list(read_golden_folder(folder))
        there = _stored(client, address)
        for sample in sent:
            before = there.pop(sample.name, None)
            after = _send(client, address, sample, is_new=before is None)
            print_text(f"{sample.name}: {_said(before, after)}")
        for name, record in there.items():
            print_text(f"{name}: only at the service, {_points(record)} expected")


@samples.command("list")
@click.argument("exercise")
@URL_OPTION
@TOKEN_OPTION
def list_samples(exercise: str, url: str, token: str) -> None:
    """List the samples of EXERCISE with what each should earn."""
    with errors_reported(), open_client(url, token) as client:
        for name, record in _stored(client, _address(exercise)).items():
            print_text(f"{name}: {_points(record)} expected")


@samples.command()
@click.argument("exercise")
@click.argument("name")
@URL_OPTION
@TOKEN_OPTION
def delete(exercise: str, name: str, url: str, token: str) -> None:
    """Delete the sample NAME of EXERCISE."""
    with errors_reported(), open_client(url, token) as client:
        check_response(client.delete(_one(_address(exercise), name)))
        print_text(f"{name} is deleted.")


def _address(exercise: str) -> str:
    """Return the path of the samples of ``exercise``."""
    return f"/api/v1/exercises/{quote(exercise, safe='')}/samples"


def _one(address: str, name: str) -> str:
    """Return the path of the sample ``name`` below ``address``."""
    return f"{address}/{quote(name, safe='')}"


def _stored(client: httpx.Client, address: str) -> dict[str, dict[str, Any]]:
    """Return the samples at ``address`` by name."""
    found = json_object(check_response(client.get(address)))
    return {record["name"]: record for record in found["items"]}


def _send(
    client: httpx.Client, address: str, sample: FolderSample, *, is_new: bool
) -> dict[str, Any]:
    """Store ``sample`` at ``address`` with the points that it should earn; return its record.

    In two steps if other points were expected: an address has room for the total only.
    """
    place = _one(address, sample.name)
    query = {"filename": sample.filename}
    if is_new:
        query["expected"] = str(sample.expected.total)
    kind = _MEDIA_TYPES.get(Path(sample.filename).suffix, "application/octet-stream")
    stored = client.put(place, params=query, content=sample.data, headers={"Content-Type": kind})
    record = json_object(check_response(stored))
    if SamplePoints.model_validate(record["expected"]) == sample.expected:
        return record
    points = {"expected": sample.expected.model_dump(mode="json")}
    return json_object(check_response(client.patch(place, json=points)))


def _said(before: dict[str, Any] | None, after: dict[str, Any]) -> str:
    """Return what has become of a sample, e.g. ``new, 100 points expected``."""
    if before == after:
        return "same"
    if before is None:
        return f"new, {_points(after)} expected"
    if before["expected"] != after["expected"]:
        return f"{_points(after)} expected, {_points(before)} before"
    return "replaced"


def _points(record: dict[str, Any]) -> str:
    """Return the total that is expected of the sample ``record``, e.g. ``72.5 points``."""
    return f"{record['expected']['total']:g} points"
