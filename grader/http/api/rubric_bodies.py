"""Bodies of requests and answers about rubrics: their text, merge patches, and JSON of a model."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any, TypeVar

from flask import Response, request
from pydantic import BaseModel, ValidationError

from grader.domain.errors import BadRequest, BadRubric, RubricProblem
from grader.http.api.answers import best_of, json_answer
from grader.http.api.bodies import Sent
from grader.http.api.queries import refuse_unknown
from grader.http.openapi import RUBRIC, Description, body
from grader.http.problems import refuse_invalid
from grader.http.problems.errors import UnsupportedType
from grader.service.records import DraftRecord, RubricRecord

#: The most bytes of a rubric's text, and of a patch. Chosen by hand.
MAX_BYTES = 65_536
YAML = "application/yaml"
MERGE_PATCH = "application/merge-patch+json"
JSON = "application/json"
#: Media types of a rubric that is sent. JSON is read as what it is, a form of YAML.
_SENT_TYPES = (YAML, "application/x-yaml", "text/yaml", "text/x-yaml", JSON)
#: The bodies of routes that take a rubric, or changes of one.
RUBRIC_BODY = body({kind: RUBRIC for kind in _SENT_TYPES}, "The rubric.")
PATCH_BODY = body(
    {MERGE_PATCH: {"type": "object"}},
    "The values to change, as a rubric has them (RFC 7396). `null` removes a key.",
)
ETAG = {"ETag": "The version, for If-Match and If-None-Match."}

Model = TypeVar("Model", bound=Sent)


def read_sent_rubric() -> str:
    """Return the body of this request, a rubric, as text.

    Raises:
        UnsupportedType: the media type is neither YAML nor JSON.
        BadRubric: the body is not UTF-8; the error names the line.
    """
    if request.mimetype not in _SENT_TYPES:
        raise UnsupportedType(
            f"The rubric has the media type {request.mimetype or '(none)'!r}.",
            how_to_fix=f"Send it with Content-Type: {YAML} (curl --data-binary @rubric.yaml).",
            where="Content-Type",
        )
    data = _data()
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise BadRubric([RubricProblem("is not UTF-8 text", line=line, column=1)]) from None


def read_merge_patch() -> dict[str, Any]:
    """Return the body of this request, a JSON merge patch; numbers with a fraction as ``Decimal``.

    Raises:
        UnsupportedType: the media type is another one.
        BadRequest: the body is no JSON object.
    """
    return _json_object(MERGE_PATCH)


def read_json(model: type[Model]) -> Model:
    """Return the JSON body of this request as ``model``.

    Raises:
        UnsupportedType: the media type is not JSON.
        BadRequest: the body is no JSON object, has an unknown field or a value that cannot be.
    """
    found = _json_object(JSON)
    refuse_unknown(found, list(model.model_fields), "field")
    try:
        return model.model_validate(found)
    except ValidationError as error:
        refuse_invalid(error)
        raise


def described(model: type[BaseModel], description: str) -> Description:
    """Return the description of a request body that :func:`read_json` reads as ``model``."""
    return body({JSON: {"$ref": f"#/components/schemas/{model.__name__}"}}, description)


def rubric_answer(record: RubricRecord | DraftRecord, as_json: BaseModel) -> Response:
    """Return the text of ``record``, or ``as_json`` if the client prefers JSON; with its tag.

    Raises:
        NotAcceptable: the client accepts neither.
    """
    if best_of((YAML, JSON)) == YAML:
        response = Response(record.text, mimetype=YAML)
    else:
        response = json_answer(as_json)
    tagged(response, record).make_conditional(request)
    return response


def tagged(response: Response, record: RubricRecord | DraftRecord) -> Response:
    """Return ``response`` with the entity tag of ``record``; clients must ask before reuse."""
    response.headers["ETag"] = record.etag
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["Vary"] = "Accept, Authorization"
    return response


def _json_object(media_type: str) -> dict[str, Any]:
    if request.mimetype != media_type:
        raise UnsupportedType(
            f"The body has the media type {request.mimetype or '(none)'!r}.",
            how_to_fix=f"Send it with Content-Type: {media_type}.",
            where="Content-Type",
        )
    try:
        found = json.loads(
            _data(),
            parse_float=Decimal,
            parse_constant=_refuse_constant,
            object_pairs_hook=_distinct,
        )
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise BadRequest(
            "The body is no JSON object, or has a key twice.",
            how_to_fix='Send an object such as {"title": "Homework 1"}.',
            where="body",
        )
    return found


def _distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return ``pairs`` as a dict; raise ValueError if a key is there twice."""
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a key is there twice")
    return found


def _refuse_constant(name: str) -> None:
    """Raise ValueError for ``NaN`` and ``Infinity``, which Python reads and JSON does not have."""
    raise ValueError(name)


def _data() -> bytes:
    """Return the body of this request; one over :data:`MAX_BYTES` is refused with status 413."""
    request.max_content_length = MAX_BYTES
    return request.get_data(cache=False)
