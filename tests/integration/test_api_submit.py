"""Uploads: forms, raw bodies, students, keys and refusals."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from grader.bootstrap import Service
from grader.service.records import Role

Headers = dict[str, str]
Zipped = Callable[..., bytes]

URL = "/api/v1/exercises/numbers-refactor/submissions"


def hand_in(
    client: FlaskClient, headers: Headers, data: bytes, *, name: str = "work.zip", **more: Any
) -> TestResponse:
    student = more.pop("student", "")
    form = {"file": (io.BytesIO(data), name), **({"student": student} if student else {})}
    return client.post(more.pop("url", URL), data=form, headers=headers | more.pop("more", {}))


def test_a_form_is_accepted_and_says_where_to_look(
    client: FlaskClient, instructor: Headers, zipped: Zipped, service: Service
) -> None:
    data = zipped()
    answer = hand_in(client, instructor, data, student="bob")
    assert answer.status_code == 202
    assert answer.json is not None
    record = service.store.submissions.get(answer.json["id"])
    assert answer.headers["Location"] == f"/api/v1/submissions/{record.id}"
    assert int(answer.headers["Retry-After"]) > 0
    assert answer.json["state"] == "queued"
    assert answer.json["links"]["report"] == f"/api/v1/submissions/{record.id}/report"
    assert (record.student, record.filename, record.source) == ("bob", "work.zip", "api")
    assert service.store.submissions.archive(record.id) == (data, "work.zip")


@pytest.mark.parametrize(
    ("media", "query", "filename"),
    [
        ("application/zip", "student=bob", "submission.zip"),
        ("application/x-zip-compressed", "student=bob&filename=mine.zip", "mine.zip"),
        ("application/octet-stream", "student=bob&filename=mine.zip", "mine.zip"),
    ],
)
def test_a_raw_archive(
    client: FlaskClient,
    instructor: Headers,
    zipped: Zipped,
    service: Service,
    media: str,
    query: str,
    filename: str,
) -> None:
    answer = client.post(
        f"{URL}?{query}", data=zipped(), headers=instructor | {"Content-Type": media}
    )
    assert answer.status_code == 202, answer.text
    assert answer.json is not None
    record = service.store.submissions.get(answer.json["id"])
    assert (record.student, record.filename) == ("bob", filename)


def test_one_python_file_as_a_form_or_as_the_body(client: FlaskClient, student: Headers) -> None:
    source = b"print('hello')\n"
    assert hand_in(client, student, source, name="main.py").status_code == 202
    headers = student | {"Content-Type": "text/x-python"}
    answer = client.post(URL, data=source, headers=headers)
    assert answer.status_code == 202
    assert answer.json is not None
    assert answer.json["filename"] == "submission.py"


def test_a_students_token_is_its_owner(
    client: FlaskClient, student: Headers, zipped: Zipped
) -> None:
    own = hand_in(client, student, zipped())
    named = hand_in(client, student, zipped(), student="ada")
    other = hand_in(client, student, zipped(), student="bob")
    assert own.json is not None and named.json is not None and other.json is not None
    assert (own.json["student"], own.json["attempt"]) == ("ada", 1)
    assert (named.json["student"], named.json["attempt"]) == ("ada", 2)
    assert (other.status_code, other.json["type"]) == (403, "/problems/forbidden")


@pytest.mark.parametrize("role", [Role.ADMIN, Role.INSTRUCTOR, Role.LMS])
def test_others_must_name_a_student(
    client: FlaskClient, auth: Callable[..., Headers], zipped: Zipped, role: Role
) -> None:
    headers = auth(role)
    answer = hand_in(client, headers, zipped())
    assert answer.json is not None
    assert (answer.status_code, answer.json["where"]) == (400, "student")
    assert hand_in(client, headers, zipped(), student="bob").status_code == 202


def test_file_names_are_made_harmless(
    client: FlaskClient, student: Headers, zipped: Zipped
) -> None:
    answer = hand_in(client, student, zipped(), name="../../a\x1b[31m\u202eb.zip")
    headers = student | {"Content-Type": "application/zip"}
    windows = client.post(f"{URL}?filename=C:%5Cwork%5Cb.zip", data=zipped(), headers=headers)
    assert answer.json is not None and windows.json is not None
    assert answer.json["filename"] == "a[31mb.zip"
    assert windows.json["filename"] == "b.zip"


def test_a_key_counts_once(
    client: FlaskClient, student: Headers, zipped: Zipped, service: Service
) -> None:
    key = {"Idempotency-Key": "first-of-all"}
    first = hand_in(client, student, zipped(), more=key)
    again = hand_in(client, student, zipped(), more=key)
    assert first.json is not None and again.json is not None
    assert (first.status_code, again.status_code) == (202, 202)
    assert first.json["id"] == again.json["id"]
    assert "Idempotency-Replayed" not in first.headers
    assert again.headers["Idempotency-Replayed"] == "true"
    assert service.store.submissions.queue().queued == 1


def test_a_key_stands_for_one_content_and_one_token(
    client: FlaskClient, student: Headers, instructor: Headers, zipped: Zipped
) -> None:
    key = {"Idempotency-Key": "mine"}
    first = hand_in(client, student, zipped(), more=key)
    changed = hand_in(client, student, zipped({"b.py": "b = 1\n"}), more=key)
    elsewhere = hand_in(client, instructor, zipped(), student="ada", more=key)
    assert first.json is not None and changed.json is not None and elsewhere.json is not None
    assert (changed.status_code, changed.json["type"]) == (422, "/problems/key-reused")
    assert elsewhere.status_code == 202
    assert elsewhere.json["id"] != first.json["id"]


@pytest.mark.parametrize("key", ["x" * 201, "a\x01b"])
def test_a_key_is_short_and_plain(
    client: FlaskClient, student: Headers, zipped: Zipped, key: str
) -> None:
    answer = hand_in(client, student, zipped(), more={"Idempotency-Key": key})
    assert answer.status_code == 400


@pytest.mark.parametrize(
    ("data", "name", "status", "code"),
    [
        (b"", "work.zip", 422, "empty-upload"),
        (b"just some text\n", "work.zip", 422, "not-a-zip"),
        (b"PK\x05\x06" + bytes(18), "work.zip", 422, "empty-archive"),
    ],
)
def test_what_is_not_a_submission_is_refused_and_not_stored(
    client: FlaskClient,
    student: Headers,
    service: Service,
    data: bytes,
    name: str,
    status: int,
    code: str,
) -> None:
    answer = hand_in(client, student, data, name=name)
    assert answer.json is not None
    assert (answer.status_code, answer.json["type"]) == (status, f"/problems/{code}")
    assert answer.json["how_to_fix"]
    assert service.store.submissions.queue().queued == 0


def test_an_archive_without_python_is_refused(
    client: FlaskClient, student: Headers, zipped: Zipped
) -> None:
    answer = hand_in(client, student, zipped({"README.txt": "hello"}))
    assert answer.json is not None
    assert answer.json["type"] == "/problems/no-python-files"


def test_fifty_megabytes_are_refused_cleanly(
    client: FlaskClient, student: Headers, service: Service
) -> None:
    huge = bytes(50_000_000)
    for answer in (
        hand_in(client, student, huge),
        client.post(URL, data=huge, headers=student | {"Content-Type": "application/zip"}),
    ):
        assert answer.status_code == 413
        assert answer.json is not None
        assert answer.json["type"] == "/problems/request-too-large"
        assert str(service.settings.max_request) in answer.json["detail"]


def test_an_upload_over_the_rubrics_limit(
    client: FlaskClient, student: Headers, zipped: Zipped
) -> None:
    answer = hand_in(client, student, bytes(11_000_000))
    assert answer.json is not None
    assert (answer.status_code, answer.json["type"]) == (413, "/problems/upload-too-large")


def test_forms_that_lack_the_file_or_have_two(
    client: FlaskClient, student: Headers, zipped: Zipped
) -> None:
    none = client.post(URL, data={"student": "ada", "other": "x"}, headers=student)
    multipart = client.post(
        URL, data={"student": "ada"}, headers=student, content_type="multipart/form-data"
    )
    two = [(io.BytesIO(zipped()), "a.zip"), (io.BytesIO(zipped()), "b.zip")]
    both = client.post(URL, data={"file": two}, headers=student)
    assert none.status_code == 415
    assert multipart.status_code == 400
    assert both.status_code == 400
    assert both.json is not None
    assert both.json["where"] == "file"


@pytest.mark.parametrize("body", [b"no form", b"--line\r\nX: y\r\n\r\nz\r\n--line--\r\n"])
@pytest.mark.parametrize("boundary", ["; boundary=line", ""])
def test_what_is_no_form_is_refused_as_such(
    client: FlaskClient, student: Headers, body: bytes, boundary: str
) -> None:
    answer = client.post(
        URL, data=body, headers=student, content_type=f"multipart/form-data{boundary}"
    )
    assert answer.status_code == 400 and answer.json is not None
    assert "The form cannot be read" in answer.json["detail"]
    assert "curl -F file=" in answer.json["how_to_fix"]


def test_bodies_of_other_kinds_are_refused(client: FlaskClient, student: Headers) -> None:
    answer = client.post(URL, json={"file": "x"}, headers=student)
    assert answer.json is not None
    assert (answer.status_code, answer.json["type"]) == (415, "/problems/unsupported-media-type")
    assert "application/zip" in answer.json["how_to_fix"]


@pytest.mark.parametrize("exercise", ["no-such-exercise", "a%00b", "..%2f", "ä"])
def test_an_exercise_that_is_not_there(
    client: FlaskClient, instructor: Headers, zipped: Zipped, exercise: str
) -> None:
    url = f"/api/v1/exercises/{exercise}/submissions"
    answer = hand_in(client, instructor, zipped(), student="bob", url=url)
    assert answer.json is not None
    assert (answer.status_code, answer.json["type"]) == (404, "/problems/not-found")


def test_parameters_out_of_range_are_named(client: FlaskClient, student: Headers) -> None:
    answer = client.post(f"{URL}?student={'x' * 201}", data=b"", headers=student)
    assert answer.json is not None
    assert (answer.status_code, answer.json["where"]) == (400, "student")
