"""The OpenAPI document: title, security schemes and the schemas of bodies."""

from __future__ import annotations

from functools import cache
from typing import Any

from flask import Response, jsonify
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.info import Info
from flask_openapi3.models.tag import Tag
from flask_openapi3.openapi import OpenAPI
from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from grader import __version__
from grader.domain.check import Catalog
from grader.domain.facts import SubmissionFacts
from grader.domain.report import Report
from grader.domain.rubric.json_schema import rubric_schema
from grader.http.api import bodies, regrade_bodies, rubric_models, sample_bodies
from grader.http.api.preview_bodies import PreviewBody
from grader.http.openapi import PREFIX, problems
from grader.http.problems import Problem, refuse_invalid

_MODELS: tuple[type[BaseModel], ...] = (
    Report,
    SubmissionFacts,
    bodies.SubmissionBody,
    bodies.SubmissionsPage,
    bodies.MarksBody,
    bodies.ExerciseBody,
    bodies.ExercisesPage,
    rubric_models.RubricBody,
    rubric_models.VersionTextBody,
    rubric_models.LintBody,
    rubric_models.VersionsPage,
    rubric_models.DraftBody,
    rubric_models.DiffBody,
    regrade_bodies.ReportsBody,
    regrade_bodies.RegradeBody,
    regrade_bodies.RegradesPage,
    regrade_bodies.RegradeItemsPage,
    PreviewBody,
    sample_bodies.ExpectedBody,
    sample_bodies.SampleBody,
    sample_bodies.SamplesBody,
    bodies.ReceivedBody,
    bodies.AuditBody,
    bodies.AuditPage,
    bodies.RetriedBody,
    bodies.HealthBody,
    bodies.ReadinessBody,
    bodies.ProblemKindBody,
    bodies.ProblemKindsBody,
    Problem,
)
#: Bodies of requests, whose fields with a default may be left out.
_SENT: tuple[type[BaseModel], ...] = (
    rubric_models.PublishDraft,
    rubric_models.CopyRubric,
    regrade_bodies.CreateRegrade,
)
_REFS = "#/components/schemas/"
_SECURITY: dict[str, Any] = {
    "bearer": {
        "type": "http",
        "scheme": "bearer",
        "description": "A token from `grader token create`, of one of the roles that the "
        "route names.",
    },
    "webhookSignature": {
        "type": "apiKey",
        "in": "header",
        "name": "webhook-signature",
        "description": "Standard Webhooks: over `webhook-id`, `webhook-timestamp` and the body.",
    },
}


def new_app(name: str, catalog: Catalog) -> OpenAPI:
    """Return an application without routes, and with Grader's title in its OpenAPI document.

    The document has the schemas of the API's JSON bodies, of rubrics on the checks of ``catalog``,
    and the ways to authenticate. Its routes refuse invalid parameters with :func:`refuse_invalid`.
    ``name`` is the import name of the application. There are no static files and no pages of the
    framework about the API.
    """
    return OpenAPI(
        name,
        info=Info(
            title="Grader",
            version=__version__,
            description="Marks production-quality Python: hand in a zip, get a scored report.",
        ),
        # Every route describes its `default` response, so the library must not add one.
        validation_error_status="default",
        validation_error_model=Problem,
        validation_error_callback=refuse_invalid,
        doc_ui=False,
        # Replaced as a whole, because the library's own model of a schema has no `const`.
        openapi_extensions={"components": _components(catalog)},
        static_folder=None,
    )


def _components(catalog: Catalog) -> dict[str, Any]:
    """Return the ``components`` of the document: body schemas by name, and security schemes."""
    return {
        "schemas": _body_schemas() | _rubric_schemas(catalog),
        "securitySchemes": _SECURITY,
    }


@cache
def _body_schemas() -> dict[str, Any]:
    """Return the schemas of the bodies that are models, by name."""
    wanted: list[tuple[type[BaseModel], JsonSchemaMode]] = [
        (model, "serialization") for model in _MODELS
    ]
    wanted += [(model, "validation") for model in _SENT]
    _, schemas = models_json_schema(wanted, ref_template=f"{_REFS}{{model}}")
    found: dict[str, Any] = schemas["$defs"]
    return found


def _rubric_schemas(catalog: Catalog) -> dict[str, Any]:
    """Return the schema of rubrics as ``RubricDocument``, and those of its parts."""
    schema = rubric_schema(catalog, refs=_REFS)
    parts: dict[str, Any] = schema.pop("$defs")
    del schema["$schema"]  # it is the dialect of the whole document
    return {**parts, "RubricDocument": schema}


def blueprint(app: OpenAPI) -> APIBlueprint:
    """Return a blueprint with one public route, which serves the OpenAPI document of ``app``.

    Its path is ``openapi.json`` below :data:`PREFIX`. The document is made when it is first read,
    with the routes that ``app`` has then.
    """
    routes = APIBlueprint(
        "document", __name__, url_prefix=PREFIX, abp_responses=problems("bad-request")
    )

    @routes.get(
        "/openapi.json",
        operation_id="getDocument",
        tags=[Tag(name="operation")],
        responses={
            "200": {
                "description": "An OpenAPI 3.1 document.",
                "content": {"application/json": {"schema": {"type": "object"}}},
            }
        },
    )
    def show() -> Response:
        """Get the OpenAPI document of this API."""
        return jsonify(app.api_doc)

    return routes
