"""The JSON Schema of the rubric language: what an editor checks, completes and explains.

It is made from the models of rubrics and the catalog of checks. It accepts every rubric that
:func:`~grader.domain.rubric.reading.read_rubric` accepts, and some others: it cannot add points up,
nor tell which way a scale has to run.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, cast

from pydantic.json_schema import GenerateJsonSchema
from pydantic_core import core_schema

from grader.domain.check import AnyCheck, Catalog
from grader.domain.measures import Measure
from grader.domain.rubric import MANUAL, Rubric
from grader.domain.rubric.key_help import KEY_HELP

#: The dialect of JSON Schema that the schema is written in.
DIALECT = "https://json-schema.org/draft/2020-12/schema"
#: Numbers as text, which the reader accepts: e.g. ``"15"``, `` 1_000.5``, ``1e2``; not ``many``.
_NUMBER = r"^\s*[-+]?[\d._]+([eE][-+]?[\d_]+)?\s*$"
#: Words for true and false, which the reader accepts in any case, e.g. ``yes``; not ``maybe``.
_WORDS = ("0", "1", "f", "n", "t", "y", "on", "no", "off", "yes", "true", "false")
_YES_OR_NO = (
    "^("
    + "|".join(
        "".join(f"[{char}{char.upper()}]" if char.isalpha() else char for char in word)
        for word in _WORDS
    )
    + ")$"
)
#: The words of JSON Schema for pydantic's bounds.
_BOUNDS = {"ge": "minimum", "gt": "exclusiveMinimum", "le": "maximum", "lt": "exclusiveMaximum"}

Schema = dict[str, Any]


class _ReaderSchema(GenerateJsonSchema):
    """Makes the schema of what the reader accepts: numbers and truth values in quotes, too."""

    def decimal_schema(self, schema: core_schema.DecimalSchema) -> Schema:
        """Return the schema of a number, perhaps with digits after the point, or of its text."""
        given = cast(dict[str, Any], schema)
        bounds = {word: float(given[key]) for key, word in _BOUNDS.items() if key in given}
        return {"type": ["number", "string"], **bounds, "pattern": _NUMBER}

    def int_schema(self, schema: core_schema.IntSchema) -> Schema:
        """Return the schema of a whole number; unless it is strict, also of its text."""
        found = super().int_schema(schema)
        if schema.get("strict"):
            return found
        return {**found, "type": ["integer", "boolean", "string"], "pattern": _NUMBER}

    def bool_schema(self, schema: core_schema.BoolSchema) -> Schema:
        """Return the schema of true or false, or of 0, 1 or a word for them."""
        return {
            "type": ["boolean", "integer", "string"],
            "minimum": 0,
            "maximum": 1,
            "pattern": _YES_OR_NO,
        }


def rubric_schema(catalog: Catalog, *, refs: str = "#/$defs/") -> Schema:
    """Return the JSON Schema of rubrics on the checks of ``catalog``, in :data:`DIALECT`.

    The parts of a rubric are in ``$defs``, e.g. ``RubricScale``; ``refs`` is the beginning of the
    references to them, for a document that has them elsewhere.
    """
    whole = Rubric.model_json_schema(
        schema_generator=_ReaderSchema, ref_template=refs + "Rubric{model}"
    )
    parts = whole.pop("$defs")
    for name, part in {"Rubric": whole, **parts}.items():
        _explain(part, KEY_HELP[name])
    whole["title"] = "Rubric"
    ids = whole["properties"]["criteria"]
    rows = ids.pop("patternProperties")
    ((pattern, row),) = rows.items()
    ids.update(additionalProperties=row, propertyNames={"pattern": pattern})
    parts["Scale"].update(_two_forms())
    checks = [check for check in catalog.values() if check.gradable]
    parts["Criterion"]["properties"]["check"].update(_choice_of_checks(checks))
    parts["Criterion"]["allOf"] = [_of_manual(), *map(_of_check, checks)]
    return {
        "$schema": DIALECT,
        **whole,
        "$defs": {f"Rubric{name}": part for name, part in parts.items()},
    }


def rubric_schema_text(catalog: Catalog) -> str:
    """Return :func:`rubric_schema` as JSON of many lines, as the file beside the rubrics has it."""
    return json.dumps(rubric_schema(catalog), indent=2, ensure_ascii=False) + "\n"


def _explain(part: Schema, words: Mapping[str, str]) -> None:
    """Give each property of ``part`` its ``words``, in place of a title made from its name.

    The description of ``part`` itself is cut to its first paragraph, in Markdown.
    """
    part["description"] = part["description"].partition("\n\n")[0].replace("``", "`")
    for key, schema in part["properties"].items():
        schema.pop("title", None)
        schema["description"] = words[key]


def _two_forms() -> Schema:
    """Return the rule that a scale has either levels, or full_at with zero_at."""
    ends = ("full_at", "zero_at")
    return {
        "if": {"required": ["levels"], "properties": {"levels": {"type": "array"}}},
        "then": {"properties": {end: {"type": "null"} for end in ends}},
        "else": {
            "required": list(ends),
            "properties": {end: {"not": {"type": "null"}} for end in ends},
        },
    }


def _choice_of_checks(checks: Sequence[AnyCheck]) -> Schema:
    """Return the schema of the id of one of ``checks``, or of a criterion that a person judges."""
    person = {"const": MANUAL, "title": "Points by hand", "description": "A person gives them."}
    named = [
        {"const": check.id, "title": check.title, "description": check.guidance.explanation}
        for check in checks
    ]
    # The list of ids makes a readable message, the alternatives explain each id.
    return {"enum": [one["const"] for one in [*named, person]], "oneOf": [*named, person]}


def _of_manual() -> Schema:
    """Return the rule that a criterion that a person judges has neither options nor a scale."""
    return _where("check", MANUAL, {"options": {"maxProperties": 0}, "scale": {"type": "null"}})


def _of_check(check: AnyCheck) -> Schema:
    """Return the rule of a criterion on ``check``: its options, its measures, and their limits."""
    measures = {
        "enum": [one.id for one in check.measures],
        "oneOf": [
            {"const": one.id, "title": one.title, "description": f"{one.description}."}
            for one in check.measures
        ],
    }
    scale = {
        "type": "object",
        "properties": {"measure": measures},
        "allOf": [_of_measure(measure) for measure in check.measures],
    }
    rule = _where("check", check.id, {"options": _options(check), "scale": scale})
    rule["then"]["required"] = ["scale"]
    return rule


def _of_measure(measure: Measure) -> Schema:
    """Return the rule of a scale on ``measure``: whether it has a limit."""
    limit = {"type": "integer"} if measure.takes_limit else {"type": "null"}
    rule = _where("measure", measure.id, {"limit": limit})
    if measure.takes_limit:
        rule["then"]["required"] = ["limit"]
    return rule


def _where(key: str, value: str, properties: Schema) -> Schema:
    """Return the rule that an object whose ``key`` is ``value`` has ``properties``."""
    return {
        "if": {"required": [key], "properties": {key: {"const": value}}},
        "then": {"properties": properties},
    }


def _options(check: AnyCheck) -> Schema:
    """Return the schema of the options of ``check``."""
    if not check.own_options:
        return {"maxProperties": 0, "description": f"{check.id} has no options."}
    schema: Schema = check.options.model_json_schema(schema_generator=_ReaderSchema)
    for name in set(schema["properties"]) - set(check.own_options):
        del schema["properties"][name]
    _explain(schema, {key: schema["properties"][key]["title"] for key in schema["properties"]})
    return schema
