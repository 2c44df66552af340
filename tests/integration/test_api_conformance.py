"""Valid and invalid requests made from the OpenAPI document are answered as it says.

``GRADER_TEST_EXAMPLES`` sets their number; ``make fuzz-api`` sends more.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import schemathesis
from flask.testing import FlaskClient
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from grader.bootstrap import Service
from grader.http.app import create_app
from grader.service.records import Role

Headers = dict[str, str]

DOCUMENT = "/api/v1/openapi.json"
EXAMPLES = int(os.environ.get("GRADER_TEST_EXAMPLES", "6"))
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
YAML = {"Content-Type": "application/yaml"}
METHODS = {"get", "post", "put", "patch", "delete", "trace"}


@pytest.fixture
def known(
    client: FlaskClient,
    student: Headers,
    instructor: Headers,
    zipped: Callable[..., bytes],
    grade: Callable[[], int],
) -> dict[str, str | int]:
    """Return values of path parameters by name; all but the source exist."""
    url = "/api/v1/exercises/numbers-refactor/submissions"
    made = client.post(url, data=zipped(), content_type="application/zip", headers=student)
    grade()
    assert made.json is not None
    again = {"reason": "The rubric has changed.", "scope": "all"}
    url = "/api/v1/exercises/numbers-refactor/regrades"
    regrade = client.post(url, json=again, headers=instructor).get_json()["id"]
    grade()
    sample = "/api/v1/exercises/numbers-refactor/samples/modules"
    client.put(
        f"{sample}?expected=5", data=zipped(), content_type="application/zip", headers=instructor
    )
    url = f"/api/v1/submissions/{made.json['id']}/reports"
    (report,) = client.get(url, headers=student).get_json()["items"]
    url = "/api/v1/exercises/numbers-refactor/rubric"
    text = client.get(url, headers=instructor).data
    preview = client.post(f"{url}/preview", data=text, headers=instructor | YAML)
    assert preview.json is not None
    return {
        "exercise": "numbers-refactor",
        "sample": "modules",
        "submission": made.json["id"],
        "report": report["id"],
        "regrade": regrade,
        "code": "not-a-zip",
        "source": "nowhere",
        "version": 1,
        "preview": preview.json["preview"],
    }


def operations(service: Service) -> Iterator[Any]:
    schema = schemathesis.openapi.from_wsgi(DOCUMENT, create_app(service))
    for found in schema.get_all_operations():
        assert isinstance(found, Ok), found
        yield found.ok()


@pytest.mark.parametrize("role", [Role.ADMIN, Role.STUDENT, None])
def test_every_answer_is_as_documented(
    service: Service, auth: Callable[..., Headers], known: dict[str, str | int], role: Role | None
) -> None:
    headers = {} if role is None else auth(role, student="ada" if role is Role.STUDENT else "")
    examples = EXAMPLES if role else max(1, EXAMPLES // 3)
    for operation in operations(service):
        names = {one.name for one in operation.path_parameters}
        real = {name: value for name, value in known.items() if name in names}
        _ask(operation, real, headers, examples)


def _ask(operation: Any, real: dict[str, str | int], headers: Headers, examples: int) -> None:
    cases = st.one_of(
        *(operation.as_strategy(mode, path_parameters=real or None) for mode in GenerationMode),
        *(operation.as_strategy(mode) for mode in GenerationMode if real),
    )

    @settings(
        max_examples=examples,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=[*HealthCheck],
    )
    @given(case=cases)
    def ask(case: Any) -> None:
        response = case.call(headers=headers)
        case.validate_response(response, checks=CHECKS)

    ask()


def test_no_other_method_is_taken(client: FlaskClient, instructor: Headers) -> None:
    document = client.get(DOCUMENT).json
    assert document is not None
    for path, item in document["paths"].items():
        address = path.replace("{version}", "1").replace("{", "").replace("}", "")
        for method in METHODS - set(item):
            answer = client.open(address, method=method.upper(), headers=instructor)
            assert answer.json is not None
            assert (answer.status_code, answer.json["type"]) == (
                405,
                "/problems/method-not-allowed",
            )
            allowed = {one.lower() for one in answer.headers["Allow"].split(", ")}
            assert allowed - {"head", "options"} == set(item), path
