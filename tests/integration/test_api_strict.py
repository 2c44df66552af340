"""What a route does not know is refused by name, on every route, and nothing is done."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient

from grader.bootstrap import Service
from grader.service.records import Role

Headers = dict[str, str]

EXERCISE = "/api/v1/exercises/numbers-refactor"
UPLOAD = f"{EXERCISE}/submissions"
#: The routes that ignore their query.
PROBES = {"/healthz", "/readyz"}


def routes(client: FlaskClient) -> Iterator[tuple[str, str]]:
    """Yield the rule and method of every route that the application has."""
    for rule in client.application.url_map.iter_rules():
        for method in sorted((rule.methods or set()) - {"OPTIONS"}):
            yield rule.rule, method


def address(rule: str) -> str:
    return re.sub(r"<(?:\w+:)?\w+>", "numbers-refactor", rule.replace("<int:version>", "1"))


def test_every_route_refuses_an_unknown_parameter_by_name(
    client: FlaskClient, auth: Callable[..., Headers]
) -> None:
    admin = auth(Role.ADMIN)
    for rule, method in routes(client):
        url = f"{address(rule)}?no_such_thing=1"
        answer = client.open(url, method=method, headers=admin)
        if rule in PROBES:
            assert answer.status_code in (200, 503), rule
            continue
        assert answer.status_code == 400, (rule, method)
        assert answer.mimetype == "application/problem+json"
        if method != "HEAD":
            problem = answer.get_json()
            assert problem["type"] == "/problems/bad-request", rule
            assert problem["where"] == "no_such_thing", rule
            assert "'no_such_thing'" in problem["detail"], rule


def test_every_parameter_that_is_described_is_known_and_only_those_are_named(
    client: FlaskClient, instructor: Headers
) -> None:
    document: dict[str, Any] = client.get("/api/v1/openapi.json").get_json()
    seen = 0
    for path, item in document["paths"].items():
        for method, operation in item.items():
            names = sorted(p["name"] for p in operation.get("parameters", ()) if p["in"] == "query")
            if path in PROBES:
                continue
            assert "400" in operation["responses"], path
            url = re.sub(r"{\w+}", "numbers-refactor", path.replace("{version}", "1"))
            unknown = client.open(f"{url}?zzz=1", method=method, headers=instructor).get_json()
            expected = f"takes: {', '.join(names)}." if names else "takes no parameters"
            assert expected in unknown["how_to_fix"], path
            for name in names:
                shouted = client.open(
                    f"{url}?{name.upper()}=1", method=method, headers=instructor
                ).get_json()
                assert shouted["errors"] == [
                    {"message": "unknown parameter", "path": [name.upper()], "suggestion": name}
                ]
                seen += 1
    assert seen > 10


def test_every_body_with_fields_is_described_as_taking_no_others(client: FlaskClient) -> None:
    document: dict[str, Any] = client.get("/api/v1/openapi.json").get_json()
    # A webhook's body belongs to its connector; what a merge patch makes is read as a whole.
    others = {("receiveWebhook", "application/json")}
    for item in document["paths"].values():
        for operation in item.values():
            for media_type, body in operation.get("requestBody", {}).get("content", {}).items():
                name = body["schema"].get("$ref", "").rpartition("/")[2]
                schema = document["components"]["schemas"][name] if name else body["schema"]
                if schema.get("type") == "object" and "merge-patch" not in media_type:
                    is_open = schema.get("additionalProperties") is not False
                    assert is_open == ((operation["operationId"], media_type) in others)


def test_a_rubric_is_not_published_where_something_else_was_asked(
    client: FlaskClient, instructor: Headers, service: Service
) -> None:
    record = service.store.rubrics.newest("numbers-refactor")
    assert record is not None
    headers = instructor | {"Content-Type": "application/yaml", "If-Match": "*"}
    url = f"{EXERCISE}/rubric?dry_run=1&dry-run=1"
    answer = client.put(url, data=record.text + "\n", headers=headers)
    assert answer.status_code == 400
    assert answer.get_json() == {
        "type": "/problems/bad-request",
        "title": "The request cannot be understood",
        "status": 400,
        "detail": "There is no parameter 'dry_run', 'dry-run' at this address.",
        "how_to_fix": "Nothing was done. This address takes: message, override.",
        "where": "dry_run",
        "instance": f"{EXERCISE}/rubric",
        "errors": [
            {"message": "unknown parameter", "path": ["dry_run"]},
            {"message": "unknown parameter", "path": ["dry-run"]},
        ],
    }
    newest = service.store.rubrics.newest("numbers-refactor")
    assert newest is not None
    assert newest.version == 1


@pytest.mark.parametrize("field", ["studnet", "Student", "exercise"])
def test_an_unknown_field_of_a_form_is_named(
    client: FlaskClient, instructor: Headers, zipped: Callable[..., bytes], field: str
) -> None:
    form = {"file": (io.BytesIO(zipped()), "a.zip"), "student": "ada", field: "bob"}
    answer = client.post(UPLOAD, data=form, headers=instructor)
    problem = answer.get_json()
    assert (answer.status_code, problem["type"]) == (400, "/problems/bad-request")
    assert f"no form field {field!r}" in problem["detail"]
    assert "takes: file, student." in problem["how_to_fix"]
    (mistake,) = problem["errors"]
    assert mistake.get("suggestion", "") == ("" if field == "exercise" else "student")
    assert client.get(UPLOAD, headers=instructor).get_json()["items"] == []


def test_a_file_in_an_unknown_field_is_named(
    client: FlaskClient, student: Headers, zipped: Callable[..., bytes]
) -> None:
    form = {"archive": (io.BytesIO(zipped()), "a.zip")}
    answer = client.post(UPLOAD, data=form, headers=student)
    assert answer.status_code == 400
    assert "'archive'" in answer.get_json()["detail"]


def test_a_field_or_a_parameter_has_one_value(
    client: FlaskClient, instructor: Headers, zipped: Callable[..., bytes]
) -> None:
    form = {"file": (io.BytesIO(zipped()), "a.zip"), "student": ["ada", "bob"]}
    twice = client.post(UPLOAD, data=form, headers=instructor)
    asked = client.get(f"{UPLOAD}?state=queued&state=graded", headers=instructor)
    same = client.get(f"{UPLOAD}?state=queued&state=queued", headers=instructor)
    assert (twice.status_code, twice.get_json()["where"]) == (400, "student")
    assert (asked.status_code, asked.get_json()["where"]) == (400, "state")
    assert same.status_code == 200


def test_a_body_is_refused_where_none_is_read(client: FlaskClient, instructor: Headers) -> None:
    asked = {"exercise": "numbers-refactor"}
    url = "/api/v1/submissions/all/retry"
    answer = client.post(url, json=asked, headers=instructor)
    problem = answer.get_json()
    assert (answer.status_code, problem["where"]) == (400, "body")
    assert "course, exercise" in problem["how_to_fix"]
    assert client.post(url, headers=instructor).status_code == 200


def test_many_and_long_names_make_no_long_answer(client: FlaskClient) -> None:
    query = "&".join(f"{'x' * 300}{at}" for at in range(40))
    answer = client.get(f"/problems?{query}&\u2028=1")
    assert answer.status_code == 400
    assert len(answer.data) < 10_000
    assert len(answer.get_json()["errors"]) <= 20


def test_a_secret_that_is_sent_as_a_name_is_not_repeated(client: FlaskClient) -> None:
    secret = "grader_" + "x" * 43
    answer = client.get(f"/problems?{secret}")
    assert answer.status_code == 400
    assert secret not in answer.text
    assert "grader_[hidden]" in answer.text
