"""Describes JSON schemas in short texts, with links to the models that they reference."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from markupsafe import Markup, escape

_PREFIX = "#/components/schemas/"


def describe_schema(schema: Mapping[str, Any]) -> Markup:
    """Return a JSON schema as a short HTML text, e.g. ``list of Mistake`` or ``integer 1 to 200``.

    A reference to a model becomes a link to it. Alternatives, also those of ``allOf``, are joined
    by "or"; an ``enum`` or ``const`` becomes its values. Anything else becomes its format, or else
    its type, or else ``anything``, with a range (only if both ends are set) or a maximal length.
    Other keywords, e.g. patterns and properties, are left out.
    """
    if "$ref" in schema:
        name = schema["$ref"].removeprefix(_PREFIX)
        return Markup('<a href="#model-{0}">{0}</a>').format(name)
    for key in ("anyOf", "oneOf", "allOf"):
        if key in schema:
            return Markup(" or ").join(describe_schema(part) for part in schema[key])
    if "enum" in schema:
        return Markup(", ").join(Markup("<code>{}</code>").format(one) for one in schema["enum"])
    if "const" in schema:
        return Markup("<code>{}</code>").format(schema["const"])
    return _describe_type(schema)


def with_code(words: str) -> Markup:
    """Return ``words`` as escaped HTML, with text between backticks in ``code`` elements.

    One or more backticks count the same. One without a partner stays as it is.
    """
    parts = [escape(part) for part in re.split(r"`+([^`]+)`+", words)]
    return Markup().join(
        Markup("<code>{}</code>").format(part) if at % 2 else part for at, part in enumerate(parts)
    )


def _describe_type(schema: Mapping[str, Any]) -> Markup:
    """Return the type of ``schema`` as text, e.g. ``list of integer``; ``anything`` if unknown."""
    kind = schema.get("type")
    if kind == "array" and isinstance(schema.get("items"), Mapping):
        return Markup("list of ") + describe_schema(schema["items"])
    values = schema.get("additionalProperties")
    if kind == "object" and isinstance(values, Mapping):
        return Markup("object of ") + describe_schema(values)
    kinds = " or ".join(kind) if isinstance(kind, list) else kind
    words = schema.get("format") or kinds or "anything"
    return escape(words) + escape(_range(schema))


def _range(schema: Mapping[str, Any]) -> str:
    """Return the limits of ``schema`` as text, e.g. `` 1 to 200``.

    Empty if it has no maximal length, and not both a minimum and a maximum.
    """
    low, high = schema.get("minimum"), schema.get("maximum")
    if low is not None and high is not None:
        return f" {low} to {high}"
    if schema.get("maxLength") is not None:
        return f" of at most {schema['maxLength']} characters"
    return ""
