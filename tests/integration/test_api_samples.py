"""Golden samples over HTTP: stored as they are sent, with what they should earn."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from grader.bootstrap import Service, build_service, migrate
from grader.infra.broker import NoNotifier
from grader.service import samples as use_cases
from grader.service.records import Role
from grader.settings import Settings

Headers = dict[str, str]

URL = "/api/v1/exercises/house-style/samples"
ZIP = {"Content-Type": "application/zip"}
PYTHON = {"Content-Type": "text/x-python"}


@pytest.fixture
def instructor(auth: Callable[..., Headers]) -> Headers:
    """Return the header with a token of the course of an exercise without shipped samples."""
    return auth(Role.INSTRUCTOR, "grader")


def put(
    client: FlaskClient, headers: Headers, data: bytes, where: str = "good?expected=72.5"
) -> TestResponse:
    return client.put(f"{URL}/{where}", data=data, headers=ZIP | headers)


def listed(client: FlaskClient, headers: Headers, url: str = URL) -> list[dict[str, Any]]:
    answer = client.get(url, headers=headers)
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.get_json()["items"]
    return items


def test_a_sample_is_stored_read_changed_and_deleted(
    client: FlaskClient, instructor: Headers, zipped: Callable[..., bytes]
) -> None:
    stored = put(client, instructor, zipped())
    assert stored.status_code == 200, stored.text
    body = stored.get_json()
    assert (body["name"], body["filename"]) == ("good", "submission.zip")
    assert body["expected"] == {"total": 72.5, "criteria": {}}
    assert body["archive_sha256"] == hashlib.sha256(zipped()).hexdigest()
    assert stored.headers["Location"] == body["links"]["self"] == f"{URL}/good"
    assert client.get(f"{URL}/good", headers=instructor).get_json() == body
    assert listed(client, instructor) == [body]

    archive = client.get(body["links"]["archive"], headers=instructor)
    assert archive.data == zipped()
    assert archive.headers["Content-Disposition"] == 'attachment; filename="submission.zip"'

    points = {"total": 72.5, "criteria": {"style": 12.5, "naming": 60}}
    changed = client.patch(f"{URL}/good", json={"expected": points}, headers=instructor)
    assert (changed.status_code, changed.get_json()["expected"]) == (200, points)
    assert put(client, instructor, zipped(), "good").get_json()["expected"] == points

    assert client.delete(f"{URL}/good", headers=instructor).status_code == 204
    assert client.get(f"{URL}/good", headers=instructor).status_code == 404
    assert client.delete(f"{URL}/good", headers=instructor).status_code == 404
    assert listed(client, instructor) == []


def test_one_python_file_is_a_sample(client: FlaskClient, instructor: Headers) -> None:
    url = f"{URL}/tiny?expected=5&filename=work/tiny.py"
    answer = client.put(url, data=b"print(1)\n", headers=PYTHON | instructor)
    body = answer.get_json()
    assert (body["filename"], body["expected"]["total"]) == ("tiny.py", 5)
    got = client.get(f"{URL}/tiny/archive", headers=instructor)
    assert got.data == b"print(1)\n"


def test_the_shipped_samples_come_with_their_rubrics(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    migrate(settings)
    service = build_service(settings, notifier=NoNotifier())
    for _ in range(2):  # what is there stays
        service.seed()
        found = service.store.samples.of("numbers-refactor")
        points = {one.name: one.expected.total for one in found}
        assert points == {"modules": 100, "monolith": 5, "syntax-error": 0}
        assert {one.updated_by for one in found} == {"seed"}
    service.close()


@pytest.mark.parametrize(
    ("where", "data", "status", "code"),
    [
        ("good", b"", 422, "empty-upload"),
        ("good?expected=5", b"not a zip", 422, "not-a-zip"),
        ("good?expected=-1", b"", 400, "bad-request"),
        ("good?expected=nan", b"", 400, "bad-request"),
        ("good?expected=much", b"", 400, "bad-request"),
        ("good?points=5", b"", 400, "bad-request"),
    ],
)
def test_what_is_no_sample(
    client: FlaskClient, instructor: Headers, where: str, data: bytes, status: int, code: str
) -> None:
    answer = put(client, instructor, data, where)
    assert (answer.status_code, answer.get_json()["type"]) == (status, f"/problems/{code}")
    assert listed(client, instructor) == []


def test_a_new_sample_needs_points(
    client: FlaskClient, instructor: Headers, zipped: Callable[..., bytes]
) -> None:
    answer = put(client, instructor, zipped(), "good")
    assert answer.status_code == 409
    assert "?expected=" in answer.get_json()["how_to_fix"]


@pytest.mark.parametrize(
    "body",
    [
        None,
        {},
        {"expected": 5},
        {"expected": {"total": -1}},
        {"expected": {"criteria": {}}},
        {"expected": {"total": 5}, "name": "other"},
        {"expected": {"total": 5, "criterias": {}}},
        {"expected": {"total": 5}} | {f"{'x' * 500}{n}": n for n in range(50)},
    ],
)
def test_what_cannot_be_expected(
    client: FlaskClient, instructor: Headers, zipped: Callable[..., bytes], body: Any
) -> None:
    put(client, instructor, zipped())
    headers = instructor | {"Content-Type": "application/json"}
    answer = client.patch(f"{URL}/good", data=json.dumps(body), headers=headers)
    assert answer.status_code == 400, answer.text
    assert listed(client, instructor)[0]["expected"]["total"] == 72.5
    assert len(answer.text) < 4_000


def test_what_is_expected_is_sent_as_json(client: FlaskClient, instructor: Headers) -> None:
    for kind, data, status in (
        ("text/plain", "{}", 415),
        ("application/json", "{", 400),
        ("application/json", " " * 65_537, 413),
    ):
        headers = instructor | {"Content-Type": kind}
        assert client.patch(f"{URL}/good", data=data, headers=headers).status_code == status


def test_an_exercise_has_a_few_samples(
    client: FlaskClient,
    instructor: Headers,
    zipped: Callable[..., bytes],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(use_cases, "MAX_SAMPLES", 2)
    for name in ("a", "b"):
        assert put(client, instructor, zipped(), f"{name}?expected=1").status_code == 200
    assert put(client, instructor, zipped(), "c?expected=1").status_code == 409
    assert put(client, instructor, zipped(), "b?expected=2").status_code == 200


def test_the_size_is_that_of_an_upload(
    client: FlaskClient, instructor: Headers, service: Service
) -> None:
    rubric = service.store.rubrics.newest("house-style")
    assert rubric is not None
    most = service.rubric_cache.of(rubric).rubric.intake.max_upload
    answer = put(client, instructor, b"PK\x03\x04" + bytes(most))
    assert answer.status_code == 413


def test_samples_of_another_course_are_nowhere(
    client: FlaskClient,
    auth: Callable[..., Headers],
    instructor: Headers,
    zipped: Callable[..., bytes],
) -> None:
    put(client, instructor, zipped())
    other = auth(Role.INSTRUCTOR, "physics")
    assert put(client, other, zipped()).status_code == 404
    for url in (URL, f"{URL}/good", f"{URL}/good/archive"):
        assert client.get(url, headers=other).status_code == 404
    assert client.delete(f"{URL}/good", headers=other).status_code == 404
    changed = client.patch(f"{URL}/good", json={"expected": {"total": 1}}, headers=other)
    assert changed.status_code == 404
    assert listed(client, instructor)[0]["expected"]["total"] == 72.5
