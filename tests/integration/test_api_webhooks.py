"""Webhooks: signatures are checked, and a repeated event is stored once."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from flask.testing import FlaskClient
from standardwebhooks.webhooks import Webhook
from werkzeug.test import TestResponse

from grader.bootstrap import Service, build_service
from grader.http.app import create_app
from grader.infra.broker import NoNotifier
from grader.service.records import SourceRecord
from grader.settings import Settings

URL = "/api/v1/webhooks/moodle"
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


@pytest.fixture(autouse=True)
def source(service: Service) -> SourceRecord:
    record = SourceRecord(
        name="moodle",
        course="mlops",
        connector="standard-webhooks",
        config={"secret": SECRET, "callback_url": "https://lms.example/scores"},
    )
    service.store.sources.put(record, "test", service.clock.now())
    return record


def event(data: bytes, **changed: Any) -> str:
    whole = {
        "type": "submission.created",
        "exercise": "numbers-refactor",
        "student": "bob",
        "archive": {"base64": base64.b64encode(data).decode()},
        **changed,
    }
    return json.dumps(whole)


def send(
    client: FlaskClient, body: str, *, key: str = "msg_1", url: str = URL, secret: str = SECRET
) -> TestResponse:
    now = datetime.now(UTC)
    headers = {
        "webhook-id": key,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": Webhook(secret).sign(key, now, body),
    }
    return client.post(url, data=body, headers=headers, content_type="application/json")


def test_first_and_repeat_are_answered_alike(
    client: FlaskClient, zipped: Callable[..., bytes], service: Service
) -> None:
    first = send(client, event(zipped()))
    again = send(client, event(zipped()))
    assert first.status_code == again.status_code == 202, first.text
    assert first.json == again.json
    assert first.json is not None
    record = service.store.submissions.get(first.json["id"])
    assert (record.student, record.source) == ("bob", "moodle")
    assert service.store.submissions.queue().queued == 1


def test_an_id_stands_for_one_event(client: FlaskClient, zipped: Callable[..., bytes]) -> None:
    send(client, event(zipped()))
    other = send(client, event(zipped(), student="eve"))
    assert other.json is not None
    assert (other.status_code, other.json["type"]) == (422, "/problems/key-reused")


@pytest.mark.parametrize("change", ["secret", "body", "none"])
def test_what_is_not_signed_by_the_source(
    client: FlaskClient, zipped: Callable[..., bytes], service: Service, change: str
) -> None:
    body = event(zipped())
    if change == "secret":
        answer = send(client, body, secret="whsec_" + base64.b64encode(b"x" * 24).decode())
    elif change == "body":
        signed = Webhook(SECRET).sign("msg_1", datetime.now(UTC), body + " ")
        stamp = str(int(datetime.now(UTC).timestamp()))
        headers = {
            "webhook-id": "msg_1",
            "webhook-timestamp": stamp,
            "webhook-signature": signed,
        }
        answer = client.post(URL, data=body, headers=headers)
    else:
        answer = client.post(URL, data=body)
    assert answer.json is not None
    assert (answer.status_code, answer.json["type"]) == (401, "/problems/bad-signature")
    assert "WWW-Authenticate" in answer.headers
    assert service.store.submissions.queue().queued == 0


def test_a_source_that_is_not_there(client: FlaskClient, zipped: Callable[..., bytes]) -> None:
    assert send(client, event(zipped()), url="/api/v1/webhooks/nobody").status_code == 404


def test_what_a_source_may_not_or_cannot_send(
    client: FlaskClient, zipped: Callable[..., bytes]
) -> None:
    unknown = send(client, event(zipped(), exercise="elsewhere"), key="a")
    odd = send(client, event(zipped(), type="grade.changed"), key="b")
    broken = send(client, event(b"no zip at all", filename="a.zip"), key="c")
    statuses = [one.status_code for one in (unknown, odd, broken)]
    assert statuses == [404, 400, 422]


def test_a_source_reaches_its_own_course_only(
    client: FlaskClient,
    zipped: Callable[..., bytes],
    service: Service,
    source: SourceRecord,
) -> None:
    foreign = SourceRecord("away", "other", source.connector, source.config)
    service.store.sources.put(foreign, "test", service.clock.now())
    answer = send(client, event(zipped()), url="/api/v1/webhooks/away")
    assert answer.status_code == 404


def test_a_body_that_is_too_long(client: FlaskClient, service: Service) -> None:
    answer = client.post(URL, data=bytes(service.settings.max_request + 1))
    assert answer.status_code == 413


def test_events_have_room_where_uploads_have_none(
    settings: Settings, student: dict[str, str], zipped: Callable[..., bytes]
) -> None:
    """Some LMS send an event only once, so a 503 would lose the submission."""
    narrow = settings.model_copy(update={"max_queued": 1, "uploads_per_course": 1})
    service = build_service(narrow, notifier=NoNotifier())
    client = create_app(service).test_client()
    url = "/api/v1/exercises/numbers-refactor/submissions"
    uploads = [
        client.post(url, data=zipped(), headers=student, content_type="application/zip")
        for _ in range(2)
    ]
    assert [one.status_code for one in uploads] == [202, 429]
    events = [send(client, event(zipped(), student=who), key=who) for who in ("bob", "cleo")]
    service.close()
    assert [one.status_code for one in events] == [202, 503]
    assert int(events[-1].headers["Retry-After"]) > 0
