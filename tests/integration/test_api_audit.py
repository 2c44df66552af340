"""The audit log over HTTP: which reads are recorded, and who may read the entries."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from grader.bootstrap import Service
from grader.service.records import Role

Headers = dict[str, str]

AUDIT = "/api/v1/audit"
SUBMISSIONS = "/api/v1/exercises/numbers-refactor/submissions"


@pytest.fixture
def made(
    client: FlaskClient, student: Headers, zipped: Callable[..., bytes], grade: Callable[[], int]
) -> str:
    """Return the address of a graded submission of ``ada``."""
    form = {"file": (io.BytesIO(zipped()), "a.zip")}
    address: str = client.post(SUBMISSIONS, data=form, headers=student).headers["Location"]
    grade()
    return address


def entries(client: FlaskClient, headers: Headers, **query: str) -> list[dict[str, Any]]:
    answer = client.get(AUDIT, headers=headers, query_string=query)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.get_json()["items"]
    return found


@pytest.mark.parametrize("what", ["report", "facts", "archive"])
def test_staff_that_looks_at_a_students_work_leaves_a_trace(
    client: FlaskClient, auth: Callable[..., Headers], instructor: Headers, made: str, what: str
) -> None:
    grader = auth(Role.GRADER)
    for _ in range(3):
        assert client.get(f"{made}/{what}", headers=grader).status_code == 200
    assert client.get(f"{made}/{what}", headers=auth(Role.ADMIN)).status_code == 200
    by_admin, by_grader = entries(client, instructor, action=f"{what}.read")
    assert (by_admin["actor_name"], by_grader["actor_name"]) == ("admin", "grader")
    assert by_grader["subject"] == made.rpartition("/")[2]
    assert by_grader["course"] == "mlops"


def test_students_look_at_their_own_work_unnoted(
    client: FlaskClient, student: Headers, instructor: Headers, made: str
) -> None:
    assert client.get(f"{made}/report", headers=student).status_code == 200
    assert client.get(f"{made}/archive", headers=student).status_code == 200
    assert client.get(f"{made}/report", headers=student | {"Accept": "image/png"}).status_code > 400
    actions = {entry["action"] for entry in entries(client, instructor)}
    assert "submission.accepted" in actions
    assert not {"report.read", "archive.read"} & actions


def test_what_was_refused_was_not_seen(
    client: FlaskClient, auth: Callable[..., Headers], instructor: Headers, made: str
) -> None:
    assert client.get(f"{made}/facts", headers=auth(Role.LMS)).status_code == 403
    foreign = auth(Role.INSTRUCTOR, course="other")
    assert client.get(f"{made}/archive", headers=foreign).status_code == 404
    assert not [one for one in entries(client, instructor) if one["action"].endswith(".read")]


def test_a_token_that_ended_and_is_used_is_noted_once(
    client: FlaskClient, service: Service, instructor: Headers
) -> None:
    secret, record = service.tokens.create(
        name="old", role=Role.GRADER, course="mlops", actor="test"
    )
    service.store.tokens.revoke(record.id, "test", service.clock.now())
    for _ in range(3):
        headers = {"Authorization": f"Bearer {secret}"}
        assert client.get(AUDIT, headers=headers).status_code == 401
    client.get(AUDIT, headers={"Authorization": "Bearer grader_unknown"})
    (noted,) = entries(client, instructor, action="token.refused")
    assert (noted["subject"], noted["detail"]) == (record.id, {"why": "revoked"})


def test_instructors_read_about_their_course_and_admins_about_all(
    client: FlaskClient, auth: Callable[..., Headers], instructor: Headers, service: Service
) -> None:
    foreign, admin = auth(Role.INSTRUCTOR, course="other"), auth(Role.ADMIN)
    assert {one["course"] for one in entries(client, instructor)} == {"mlops"}
    assert {one["course"] for one in entries(client, foreign)} == {"other"}
    assert {one["course"] for one in entries(client, admin)} > {"mlops", "other", ""}
    assert {one["course"] for one in entries(client, admin, course="other")} == {"other"}
    assert client.get(f"{AUDIT}?course=other", headers=instructor).status_code == 404


def test_pages_filters_and_mistakes(client: FlaskClient, instructor: Headers) -> None:
    everything = entries(client, instructor)
    page = client.get(f"{AUDIT}?limit=1", headers=instructor)
    assert page.get_json()["items"] == everything[:1]
    following = client.get(page.get_json()["next"], headers=instructor)
    assert following.get_json()["items"] == everything[1:2]
    assert entries(client, instructor, since="2999-01-01T00:00:00Z") == []
    assert entries(client, instructor, until="2999-01-01T00:00:00+05:00") == everything
    for wrong in ("since=yesterday", "since=2026-01-01T00:00:00", "cursor=made-up", "limit=0"):
        assert client.get(f"{AUDIT}?{wrong}", headers=instructor).status_code == 400, wrong


@pytest.mark.parametrize("name", ["since", "until"])
@pytest.mark.parametrize("time", ["9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00"])
def test_an_instant_that_utc_does_not_have_is_refused(
    client: FlaskClient, instructor: Headers, name: str, time: str
) -> None:
    answer = client.get(AUDIT, query_string={name: time}, headers=instructor)
    assert answer.status_code == 400 and answer.get_json()["where"] == name
    for possible in ("9999-12-31T23:59:59+14:00", "0001-01-01T00:00:00-14:00"):
        entries(client, instructor, **{name: possible})


def test_no_entry_can_be_changed_over_http(
    client: FlaskClient, auth: Callable[..., Headers]
) -> None:
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        assert client.open(AUDIT, method=method, headers=auth(Role.ADMIN)).status_code == 405
