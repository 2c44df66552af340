"""Building blocks of the OpenAPI document: security, bodies, responses and problems of a route."""

from __future__ import annotations

from typing import Any

from flask_openapi3.types import ResponseDict
from pydantic import BaseModel

from grader.http.problems.kinds import OWN_KINDS, TOO_LARGE_STATUS, UNREADABLE_STATUS
from grader.service.access import ROLES, Act
from grader.service.records import Role

PREFIX = "/api/v1"
SCHEME = "bearer"
#: The headers of a listing's response.
NEXT_LINK = {"Link": 'The next page, as rel="next".'}
_PROBLEM = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}

Description = dict[str, Any]


def allowed(act: Act) -> list[dict[str, list[str]]]:
    """Return the ``security`` of a route that does ``act``: a token of a role that may do it."""
    return [{SCHEME: [role.value]} for role in Role if role in ROLES[act]]


def reference(model: type[BaseModel]) -> Description:
    """Return a reference to the schema of ``model`` in the document's components."""
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
    """Return the description of a successful response.

    ``json`` is the model of its JSON form; ``media_types`` are its forms as text or YAML;
    ``headers`` are descriptions by header name.
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
    """Return the schema of a body: an object for YAML, a string for anything else."""
    return {"type": "object"} if media_type.endswith("yaml") else text()


def problems(*codes: str, upload: bool = False) -> ResponseDict:
    """Return the problem documents of a route by status, and a default for any other error.

    ``codes`` are codes of problems; ``upload`` adds the reasons for which an upload is refused.
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
    """Return the description of a required request body; ``content`` is a schema by media type."""
    described = {kind: {"schema": schema} for kind, schema in content.items()}
    return {"requestBody": {"description": description, "required": True, "content": described}}
