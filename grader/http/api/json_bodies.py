"""Reading a JSON body into its model, and describing it in the OpenAPI document."""

from __future__ import annotations

from typing import TypeVar

from flask import request
from pydantic import BaseModel, ValidationError

from grader.http.openapi import Description, body, reference
from grader.http.problems import refuse_invalid
from grader.http.problems.errors import UnsupportedType

#: The most bytes of a JSON body. Chosen by hand.
MAX_BYTES = 65_536
_JSON = "application/json"
Model = TypeVar("Model", bound=BaseModel)


def json_body(model: type[BaseModel], description: str) -> Description:
    """Return ``{"requestBody": ...}`` for a route that reads ``model`` by :func:`read_json`."""
    return body({_JSON: reference(model)}, description)


def read_json(model: type[Model]) -> Model:
    """Return the JSON body of this request as a ``model``, which should forbid unknown fields.

    Raises:
        UnsupportedType: the media type is not JSON.
        BadRequest: the body is not JSON, or does not fit; the error names every mistake.
        RequestEntityTooLarge: (of Werkzeug) it has more than :data:`MAX_BYTES` bytes.
    """
    if request.mimetype != _JSON:
        raise UnsupportedType(
            f"The body has the media type {request.mimetype or '(none)'!r}.",
            how_to_fix=f"Send JSON with Content-Type: {_JSON} (curl --json '{{...}}').",
            where="Content-Type",
        )
    request.max_content_length = MAX_BYTES
    try:
        return model.model_validate_json(request.get_data(cache=False))
    except ValidationError as error:
        refuse_invalid(error)
