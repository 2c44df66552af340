"""Every body in the OpenAPI document has an example, which is of its schema and of its kind."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient
from jsonschema import Draft202012Validator

from grader.checks.catalog import CATALOG
from grader.domain.rubric.json_schema import rubric_schema
from grader.domain.rubric.reading import read_rubric
from grader.engine.rubric_text import read_plain, shipped_rubrics
from grader.lms.event import read_event

Document = dict[str, Any]


@pytest.fixture
def document(client: FlaskClient) -> Document:
    found: Document = client.get("/api/v1/openapi.json").get_json()
    return found


def bodies(document: Document) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield (operation, place and media type; description) of each body of a request or success."""
    for item in document["paths"].values():
        for operation in item.values():
            name = operation["operationId"]
            described = {"request": operation.get("requestBody", {}), **operation["responses"]}
            for place, one in described.items():
                if place == "request" or place.startswith("2"):
                    for media_type, body in one.get("content", {}).items():
                        yield f"{name} {place} {media_type}", body


def validator(schema: Any, document: Document) -> Draft202012Validator:
    return Draft202012Validator({**schema, "components": document["components"]})


def test_every_body_has_an_example_that_fits(document: Document) -> None:
    found = dict(bodies(document))
    assert len(found) > 40
    for where, body in found.items():
        assert "example" in body, where
        mistakes = validator(body["schema"], document).iter_errors(body["example"])
        assert [one.message for one in mistakes] == [], where


def test_the_examples_are_what_they_are_of(document: Document) -> None:
    found = {where: body["example"] for where, body in bodies(document)}
    rubric = found["putRubric request application/json"]
    assert rubric == found["putRubric request application/yaml"]
    assert read_rubric(rubric, CATALOG).exercise == "even-numbers"
    text = found["putRubric 201 application/json"]["text"]
    assert read_rubric(read_plain(text), CATALOG) == read_rubric(rubric, CATALOG)
    event = found["receiveWebhook request application/json"]
    assert read_event(str(event).replace("'", '"').encode(), "id", "").student == "s123"
    assert "8 / 10" in found["getReport 200 text/plain"]


def test_a_rubric_is_described_by_the_schema_that_editors_have(document: Document) -> None:
    described = document["components"]["schemas"]["RubricDocument"]
    schema = rubric_schema(CATALOG, refs="#/components/schemas/")
    assert described["properties"] == schema["properties"]
    check = validator({"$ref": "#/components/schemas/RubricDocument"}, document)
    for text in shipped_rubrics().values():
        assert list(check.iter_errors(read_plain(text))) == []
    assert list(check.iter_errors({"title": "x"}))


def test_the_schema_is_served(client: FlaskClient) -> None:
    answer = client.get("/schemas/rubric.json")
    assert (answer.status_code, answer.mimetype) == (200, "application/schema+json")
    assert answer.get_json(force=True) == rubric_schema(CATALOG)
