"""Building blocks of the OpenAPI document: security, bodies, responses and problems of a route."""

from __future__ import annotations

from typing import Any

from flask_openapi3.types import ResponseDict
from pydantic import BaseModel

from grader.http.problems.kinds import OWN_KINDS, TOO_LARGE_STATUS, UNREADABLE_STATUS
from grader.service.access import ROLES, Act
from grader.service.records import Role

#: The start of the path of every route that needs a token or a signature.
PREFIX = "/api/v1"
#: The name of the security scheme for bearer tokens.
SCHEME = "bearer"
#: The headers of a listing's response.
NEXT_LINK = {"Link": 'The next page, as rel="next".'}
#: The schema of a rubric, as YAML or as JSON; the document's components have it.
RUBRIC = {"$ref": "#/components/schemas/RubricDocument"}
_PROBLEM = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}

Description = dict[str, Any]


def allowed(act: Act) -> list[dict[str, list[str]]]:
    """Return the ``security`` of a route that does ``act``: one alternative per permitted role."""
    return [{SCHEME: [role.value]} for role in Role if role in ROLES[act]]


def reference(model: type[BaseModel]) -> Description:
    """Return a reference to the schema of ``model`` in the document's components.

    It is by the name of the class. The schema itself must be added there by other code.
    """
    return {"$ref": f"#/components/schemas/{model.__name__}"}


def text(**more: Any) -> Description:
    """Return the schema of a string, with ``more`` keywords."""
    return {"type": "string", **more}


def answer(
    description: str,
    *media_types: str,
    json: type[BaseModel] | None = None,
    headers: dict[str, str] | None = None,
) -> Description:
    """Return the description of a response that is not a problem document.

    ``json`` is the model of its JSON body. ``media_types`` are the media types of its other bodies:
    a YAML body is described as a rubric, any other one as a string. ``headers`` are descriptions
    by header name. Without ``json`` and ``media_types`` the response has no body.
    """
    kinds = dict.fromkeys(("application/json", *media_types) if json else media_types)
    content = {kind: {"schema": _schema(kind)} for kind in kinds}
    if json is not None:
        content["application/json"] = {"schema": reference(json)}
    described = {
        name: {"description": meaning, "schema": text()}
        for name, meaning in (headers or {}).items()
    }
    whole: Description = {"description": description}
    if content:
        whole["content"] = content
    if described:
        whole["headers"] = described
    return whole


def _schema(media_type: str) -> Description:
    """Return the schema of a body: a rubric for YAML, a string for anything else."""
    return RUBRIC if media_type.endswith("yaml") else text()


def problems(*codes: str, upload: bool = False) -> ResponseDict:
    """Return the error responses of a route by HTTP status, and ``default`` for any other error.

    ``codes`` are codes of problems, e.g. ``not-found``; several of one status share a response.
    ``upload`` adds 413 and 422, the statuses of a refused upload.

    Raises:
        KeyError: ``codes`` has a code that is not in ``OWN_KINDS``.
    """
    found: dict[int, list[str]] = {}
    for kind in (OWN_KINDS[code] for code in codes):
        found.setdefault(kind.status, []).append(f"{kind.title} (`{kind.type}`).")
    if upload:
        found.setdefault(TOO_LARGE_STATUS, []).append("The upload is over a limit.")
        found.setdefault(UNREADABLE_STATUS, []).append(
            "The upload cannot be read; `GET /problems` lists every reason."
        )
    described: ResponseDict = {
        str(status): {"description": " ".join(words), "content": _PROBLEM}
        for status, words in sorted(found.items())
    }
    described["default"] = {"description": "Any other problem.", "content": _PROBLEM}
    return described


def body(content: dict[str, Description], description: str) -> Description:
    """Return ``{"requestBody": ...}`` for a route whose body is required.

    ``content`` maps each media type of the body to its schema.
    """
    described = {kind: {"schema": schema} for kind, schema in content.items()}
    return {"requestBody": {"description": description, "required": True, "content": described}}
