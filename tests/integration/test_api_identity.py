"""A student is the same at every door: form, address, event of an LMS, token, command line."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from grader.bootstrap import Service
from grader.domain.errors import BadRequest
from grader.lms.event import read_event
from grader.service.records import Role
from tests.integration.test_api_submit import URL, Headers, Zipped, hand_in
from tests.integration.test_api_webhooks import event, send
from tests.integration.test_api_webhooks import source as webhook_source

source = webhook_source
COMPOSED, DECOMPOSED = "Zo\u00e9", "Zoe\u0301"


def form(data: bytes, *fields: tuple[str, bytes], filename: bytes = b"work.zip") -> dict[str, Any]:
    """Return the body and headers of a form with a zip and raw ``fields``, bytes as they are."""
    parts = [b'name="file"; filename="%s"\r\n\r\n%s' % (filename, data)]
    parts += [b'name="%s"\r\n\r\n%s' % (name.encode(), value) for name, value in fields]
    head = b"--line\r\nContent-Disposition: form-data; "
    body = b"".join(head + part + b"\r\n" for part in parts) + b"--line--\r\n"
    return {"data": io.BytesIO(body), "content_type": "multipart/form-data; boundary=line"}


def students(service: Service) -> list[tuple[str, int]]:
    return [(one.name, one.submissions) for one in service.store.retention.names()]


def test_one_student_at_every_door(
    client: FlaskClient, instructor: Headers, zipped: Zipped, service: Service
) -> None:
    raw = instructor | {"Content-Type": "application/zip"}
    for name in (COMPOSED, DECOMPOSED, f" {DECOMPOSED} "):
        sent = form(zipped(), ("student", name.encode()))
        assert client.post(URL, headers=instructor, **sent).status_code == 202
        query = {"student": name}
        assert client.post(URL, data=zipped(), query_string=query, headers=raw).status_code == 202
        assert send(client, event(zipped(), student=name), key=ascii(name)).status_code == 202
        listed = client.get(URL, query_string=query, headers=instructor)
        assert listed.json is not None and len(listed.json["items"]) > 0
    assert students(service) == [(COMPOSED, 9)]


def test_a_token_is_of_that_student_too(
    client: FlaskClient, auth: Callable[..., Headers], zipped: Zipped, service: Service
) -> None:
    own = auth(Role.STUDENT, student=DECOMPOSED)
    for named in ("", COMPOSED, DECOMPOSED, f" {COMPOSED}"):
        assert hand_in(client, own, zipped(), student=named).status_code == 202
    assert students(service) == [(COMPOSED, 4)]
    with pytest.raises(BadRequest, match="not UTF-8"):
        auth(Role.STUDENT, student="Zo\udce9")


@pytest.mark.parametrize("encoded", [b"Zos\xe9", b"Zos\xe8", b"\xc3", "Zo\ufffd".encode()])
def test_what_is_not_utf8_is_refused(
    client: FlaskClient, instructor: Headers, zipped: Zipped, service: Service, encoded: bytes
) -> None:
    escaped = "".join(f"%{byte:02X}" for byte in encoded)
    raw = instructor | {"Content-Type": "application/zip"}
    ada = (("student", b"ada"),)
    answers = [
        client.post(URL, headers=instructor, **form(zipped(), ("student", encoded))),
        client.post(URL, headers=instructor, **form(zipped(), ("note", encoded))),
        client.post(URL, headers=instructor, **form(zipped(), *ada, filename=encoded + b".zip")),
        client.post(f"{URL}?student={escaped}", data=zipped(), headers=raw),
        client.post(f"{URL}?student=ada&filename={escaped}.zip", data=zipped(), headers=raw),
        client.get(f"{URL}?student={escaped}", headers=instructor),
        client.get(f"/api/v1/audit?subject={escaped}", headers=instructor),
    ]
    for answer in answers:
        assert answer.status_code == 400 and answer.json is not None, answer.text
        assert "not UTF-8" in answer.json["detail"] and answer.json["where"] != ""
    lossy = send(client, event(zipped(), student=encoded.decode("utf-8", "replace")))
    assert lossy.status_code == 400
    assert students(service) == []


def test_two_values_of_one_field_are_refused(
    client: FlaskClient, instructor: Headers, zipped: Zipped, service: Service
) -> None:
    two = form(zipped(), ("student", b"ada"), ("student", b"bob"))
    one = form(zipped(), ("student", b"ada"))
    other = form(zipped(), ("student", b"ada"))
    raw = instructor | {"Content-Type": "application/zip"}
    answers = [
        client.post(URL, headers=instructor, **two),
        client.post(f"{URL}?student=bob", headers=instructor, **one),
        client.post(f"{URL}?filename=mine.zip", headers=instructor, **other),
        client.post(f"{URL}?student=ada&student=bob", data=zipped(), headers=raw),
        client.get(f"{URL}?limit=5&limit=6", headers=instructor),
        send(client, event(zipped())[:-1] + ', "student": "ada"}'),
    ]
    for answer in answers:
        assert answer.status_code == 400 and answer.json is not None, answer.text
        assert "two different values" in answer.json["detail"] and answer.json["how_to_fix"]
    assert students(service) == []
    same = form(zipped(), ("student", COMPOSED.encode()), ("student", DECOMPOSED.encode()))
    query = {"student": COMPOSED, "filename": "work.zip"}
    assert client.post(URL, query_string=query, headers=instructor, **same).status_code == 202
    assert send(client, event(zipped())[:-1] + ', "student": "bob"}').status_code == 202


@pytest.mark.parametrize("body", [b"\xff", b"{", b"[" * 100_000, b'{"student": "\xe9"}', b"nul"])
def test_an_event_that_is_no_json_in_utf8_is_refused(body: bytes) -> None:
    with pytest.raises(BadRequest, match="cannot be understood"):
        read_event(body, "id", "")
