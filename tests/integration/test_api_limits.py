"""Limits: 429, 413 and 503 are sent before anything is stored, and say what to do."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from grader.bootstrap import Service, build_service
from grader.http.app import create_app
from grader.infra.broker import NoNotifier
from grader.service.records import Role
from grader.settings import Settings

Headers = dict[str, str]
Limited = Callable[..., FlaskClient]

URL = "/api/v1/exercises/numbers-refactor/submissions"
ZIP = "application/zip"


@pytest.fixture
def limited(settings: Settings) -> Iterator[Limited]:
    """Return a function: ``limited(uploads_per_student=2)`` is a client under these settings."""
    with ExitStack() as stack:

        def make(**changed: int) -> FlaskClient:
            service = build_service(settings.model_copy(update=changed), notifier=NoNotifier())
            stack.callback(service.close)
            return create_app(service).test_client()

        yield make


@pytest.fixture
def hand_in(zipped: Callable[..., bytes]) -> Callable[..., TestResponse]:
    """Return a function: ``hand_in(client, headers, "bob")`` is the response to an upload."""

    def send(client: FlaskClient, headers: Headers, student: str = "") -> TestResponse:
        query = {"student": student} if student else {}
        return client.post(
            URL, data=zipped(), headers=headers, query_string=query, content_type=ZIP
        )

    return send


HandIn = Callable[..., TestResponse]


def check_refusal(answer: TestResponse, name: str, most: int) -> None:
    """Assert that ``answer`` is a 429 that names its limit and the time to wait."""
    assert answer.status_code == 429, answer.text
    assert answer.get_json()["type"] == "/problems/too-many-requests"
    assert answer.get_json()["how_to_fix"]
    assert 1 <= int(answer.headers["Retry-After"]) <= 61
    assert answer.headers["RateLimit-Policy"] == f'"{name}";q={most};w=60'
    assert re.fullmatch(rf'"{name}";r=0;t=\d+', answer.headers["RateLimit"])


def test_a_student_is_told_what_is_left_and_then_when_to_come_back(
    limited: Limited, hand_in: HandIn, student: Headers, service: Service
) -> None:
    client = limited(uploads_per_student=2)
    answers = [hand_in(client, student) for _ in range(3)]
    assert [one.status_code for one in answers] == [202, 202, 429]
    left = [one.headers["RateLimit"].partition(";t=")[0] for one in answers]
    assert left == [f'"uploads-student";r={left}' for left in (1, 0, 0)]
    check_refusal(answers[-1], "uploads-student", 2)
    assert len(service.store.submissions.page("numbers-refactor").items) == 2


def test_one_student_uses_up_nothing_of_the_others(
    limited: Limited, hand_in: HandIn, auth: Callable[..., Headers]
) -> None:
    client = limited(uploads_per_student=2, uploads_per_course=4)
    lms, eve = auth(Role.LMS), auth(Role.STUDENT, student="eve")
    statuses = [hand_in(client, lms, "ada").status_code for _ in range(9)]
    assert statuses == [202] * 2 + [429] * 7
    assert hand_in(client, lms, "bob").status_code == 202
    assert hand_in(client, eve).status_code == 202
    check_refusal(hand_in(client, lms, "cleo"), "uploads-course", 4)
    check_refusal(hand_in(client, eve), "uploads-course", 4)


def test_two_tokens_of_a_student_are_one_student(
    limited: Limited, hand_in: HandIn, student: Headers, auth: Callable[..., Headers]
) -> None:
    client = limited(uploads_per_student=1)
    assert hand_in(client, student).status_code == 202
    check_refusal(hand_in(client, auth(Role.STUDENT, student="ada")), "uploads-student", 1)


def test_the_token_of_staff_has_a_limit_and_that_of_an_lms_its_courses(
    limited: Limited, hand_in: HandIn, auth: Callable[..., Headers], instructor: Headers
) -> None:
    client = limited(uploads_per_token=1)
    lms = auth(Role.LMS)
    assert hand_in(client, instructor, "a").status_code == 202
    check_refusal(hand_in(client, instructor, "b"), "uploads-token", 1)
    assert [hand_in(client, lms, name).status_code for name in "abc"] == [202] * 3


def test_a_refusal_costs_no_look_at_the_upload(
    limited: Limited, hand_in: HandIn, instructor: Headers
) -> None:
    client = limited(uploads_per_token=1)
    assert [hand_in(client, instructor, name).status_code for name in "ab"] == [202, 429]
    unread = client.post(URL, data=b"{}", headers=instructor, content_type="application/json")
    check_refusal(unread, "uploads-token", 1)


def test_requests_are_counted_by_token(
    limited: Limited, student: Headers, instructor: Headers, auth: Callable[..., Headers]
) -> None:
    client = limited(requests_per_student=2, requests_per_token=3)
    asked = [client.get("/api/v1/exercises", headers=student) for _ in range(3)]
    assert [one.status_code for one in asked] == [200, 200, 429]
    check_refusal(asked[-1], "requests-student", 2)
    staff = [client.get("/api/v1/exercises", headers=instructor) for _ in range(4)]
    assert [one.status_code for one in staff] == [200, 200, 200, 429]
    other = auth(Role.STUDENT, student="ada")
    assert client.get("/api/v1/exercises", headers=other).status_code == 200
    assert client.get("/healthz").status_code == 200


def test_nought_is_no_limit(limited: Limited, hand_in: HandIn, student: Headers) -> None:
    client = limited(uploads_per_student=0, uploads_per_course=0, requests_per_student=0)
    answers = [hand_in(client, student) for _ in range(4)]
    assert {one.status_code for one in answers} == {202}
    assert not any("RateLimit" in one.headers for one in answers)


def test_what_is_too_large_for_the_exercise_is_told_so_by_its_head(
    client: FlaskClient, student: Headers
) -> None:
    for answer in (
        client.post(URL, data=bytes(11_000_000), headers=student, content_type=ZIP),
        client.post(URL, data={"file": (io.BytesIO(bytes(11_000_000)), "a.zip")}, headers=student),
    ):
        assert answer.status_code == 413
        assert answer.get_json()["type"] == "/problems/upload-too-large"
        assert "numbers-refactor" in answer.text and "10,485,760" in answer.text


def test_a_form_of_the_longest_upload_is_not_refused_by_its_head(
    client: FlaskClient, student: Headers
) -> None:
    longest = b"#" * 10_485_760
    answer = client.post(URL, data={"file": (io.BytesIO(longest), "a.zip")}, headers=student)
    assert answer.get_json()["type"] == "/problems/not-a-zip"
