"""Who may do what: every guarded route, every role, in one's own course and in another."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from grader.bootstrap import Service
from grader.service.records import Role

#: A student hands in several times without waiting.
pytestmark = pytest.mark.usefixtures("every_attempt")

Headers = dict[str, str]

YAML = {"Content-Type": "application/yaml"}

#: name -> (method, address), for an exercise and for a submission of ``ada``.
ROUTES = {
    "list exercises": ("GET", "/api/v1/exercises"),
    "exercise": ("GET", "/api/v1/exercises/numbers-refactor"),
    "list": ("GET", "/api/v1/exercises/numbers-refactor/submissions"),
    "submit": ("POST", "/api/v1/exercises/numbers-refactor/submissions"),
    "rubric": ("GET", "/api/v1/exercises/numbers-refactor/rubric"),
    "publish": ("PUT", "/api/v1/exercises/numbers-refactor/rubric"),
    "submission": ("GET", "/api/v1/submissions/{id}"),
    "report": ("GET", "/api/v1/submissions/{id}/report"),
    "facts": ("GET", "/api/v1/submissions/{id}/facts"),
    "archive": ("GET", "/api/v1/submissions/{id}/archive"),
    "retry": ("POST", "/api/v1/submissions/{id}/retry"),
}
#: Who asks -> what each route answers: columns as in ROUTES. A retry of what is queued is a 409,
#: and what is publishable is sent without If-Match: 428.
ALLOWED = {
    "admin": (200, 200, 200, 202, 200, 428, 200, 202, 202, 200, 409),
    "instructor": (200, 200, 200, 202, 200, 428, 200, 202, 202, 200, 409),
    "student": (200, 200, 200, 202, 200, 403, 200, 202, 403, 200, 403),
    "other student": (200, 200, 200, 403, 200, 403, 404, 404, 404, 404, 404),
    "lms": (200, 200, 200, 202, 200, 403, 200, 202, 403, 403, 403),
    "foreign instructor": (200, 404, 404, 404, 404, 404, 404, 404, 404, 404, 404),
    "foreign student": (200, 404, 404, 404, 404, 403, 404, 404, 404, 404, 404),
    "foreign lms": (200, 404, 404, 404, 404, 403, 404, 404, 404, 404, 404),
    "nobody": (401,) * 11,
}


@pytest.fixture
def as_who(auth: Callable[..., Headers]) -> Callable[[str], Headers]:
    def headers(who: str) -> Headers:
        course = "other" if who.startswith("foreign") else "mlops"
        if who == "nobody":
            return {}
        if who == "other student":
            return auth(Role.STUDENT, student="eve")
        role = Role(who.split()[-1])
        return auth(role, course=course, student="ada" if role is Role.STUDENT else "")

    return headers


@pytest.mark.parametrize("who", ALLOWED)
def test_who_may_do_what(
    client: FlaskClient,
    as_who: Callable[[str], Headers],
    student: Headers,
    zipped: Callable[..., bytes],
    service: Service,
    who: str,
) -> None:
    form = {"file": (io.BytesIO(zipped()), "a.zip")}
    made = client.post(ROUTES["submit"][1], data=form, headers=student).get_json()["id"]
    headers = as_who(who)
    answers = {
        route: client.open(
            address.format(id=made),
            method=method,
            headers=headers | (YAML if route == "publish" else {}),
            data=body_of(route, service, zipped),
        )
        for route, (method, address) in ROUTES.items()
    }
    statuses = {route: answer.status_code for route, answer in answers.items()}
    assert statuses == dict(zip(ROUTES, ALLOWED[who], strict=True))
    refused = [answer for answer in answers.values() if answer.status_code >= 400]
    assert all(answer.mimetype == "application/problem+json" for answer in refused)
    if who.startswith("foreign"):
        assert answers["list exercises"].get_json()["items"] == []


def body_of(route: str, service: Service, zipped: Callable[..., bytes]) -> object:
    if route == "submit":
        return {"file": (io.BytesIO(zipped()), "a.zip"), "student": "ada"}
    record = service.store.rubrics.newest("numbers-refactor")
    assert record is not None
    return record.text if route == "publish" else None


@pytest.mark.parametrize(
    "header",
    [
        {},
        {"Authorization": ""},
        {"Authorization": "Bearer"},
        {"Authorization": "Bearer grader_wrong"},
        {"Authorization": "Bearer \xff\xfe"},
        {"Authorization": "Basic dXNlcjpwYXNz"},
        {"Cookie": "token=grader_wrong"},
    ],
)
def test_tokens_that_are_none(client: FlaskClient, header: Headers) -> None:
    answer = client.get("/api/v1/exercises", headers=header)
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer ")
    assert answer.json is not None
    assert answer.json["type"] == "/problems/unauthorized"


def test_tokens_that_were_revoked_or_have_expired(client: FlaskClient, service: Service) -> None:
    secret, record = service.tokens.create(
        name="gone", role=Role.INSTRUCTOR, course="mlops", actor="test"
    )
    late, _ = service.tokens.create(
        name="late",
        role=Role.INSTRUCTOR,
        course="mlops",
        lifetime=timedelta(microseconds=1),
        actor="test",
    )
    headers = {"Authorization": f"Bearer {secret}"}
    assert client.get("/api/v1/exercises", headers=headers).status_code == 200
    service.store.tokens.revoke(record.id, "test", service.clock.now())
    assert client.get("/api/v1/exercises", headers=headers).status_code == 401
    expired = {"Authorization": f"Bearer {late}"}
    assert client.get("/api/v1/exercises", headers=expired).status_code == 401


def test_ids_that_are_none_are_nowhere(client: FlaskClient, instructor: Headers) -> None:
    for made_up in ("nope", "0190-0000", "a%00b", "x" * 65, "%F0%9F%92%A9"):
        for route in ("", "/report", "/facts", "/archive"):
            answer = client.get(f"/api/v1/submissions/{made_up}{route}", headers=instructor)
            assert answer.status_code == 404, (made_up, route, answer.text)
