"""The route of the JSON Schema of rubrics, for editors and tools."""

from __future__ import annotations

from flask import Response
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag

from grader.domain.check import Catalog
from grader.domain.rubric.json_schema import rubric_schema_text
from grader.http.openapi import problems

MEDIA_TYPE = "application/schema+json"


def blueprint(catalog: Catalog) -> APIBlueprint:
    """Return a blueprint with the public route ``/schemas/rubric.json``.

    The schema is of rubrics on the checks of ``catalog``; ``grader rubric schema`` prints the same.
    """
    routes = APIBlueprint(
        "schemas", __name__, url_prefix="/schemas", abp_responses=problems("bad-request")
    )
    text = rubric_schema_text(catalog)

    @routes.get(
        "/rubric.json",
        operation_id="getRubricSchema",
        tags=[Tag(name="rubrics")],
        responses={
            "200": {
                "description": "A JSON Schema (draft 2020-12).",
                "content": {MEDIA_TYPE: {"schema": {"type": "object"}}},
            }
        },
    )
    def show() -> Response:
        """Get the JSON Schema of rubrics: each key, check, option and measure, with its meaning."""
        return Response(text, mimetype=MEDIA_TYPE)

    return routes
