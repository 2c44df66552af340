"""What is wrong with a value of a rubric, in words that an instructor knows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from pydantic import GetCoreSchemaHandler
from pydantic_core import ErrorDetails, core_schema

#: The type that pydantic's errors have where :class:`Described` gives the message.
_DESCRIBED = "described"
#: Longest word that :func:`nearest` compares, in characters (chosen by hand); no name is longer.
_LONGEST_WORD = 60
#: Messages by pydantic's type of error, for types without a description of their own.
_MESSAGES = {
    "missing": "is missing",
    "dict_type": "should be a map: keys with values",
    "model_type": "should be a map: keys with values",
    "model_attributes_type": "should be a map: keys with values",
    "tuple_type": "should be a list: put [ ] around it",
    "string_type": "should be text: put it in quotes",
    "string_unicode": "should be text without half characters",
    "invalid_key": "a key should be text",
    "bool_type": "should be true or false",
    "bool_parsing": "should be true or false",
    "int_type": "should be a whole number",
    "int_parsing": "should be a whole number",
    "int_from_float": "should be a whole number",
    "decimal_type": "should be a number",
    "decimal_parsing": "should be a number",
    "recursion_loop": "contains itself",
}


@dataclass(frozen=True)
class Described:
    """Annotates a type with the message for every value that is refused, e.g. "should be text".

    e.g. ``Annotated[str, Field(pattern=...), Described('should be a version such as "3.11"')]``. It
    stands behind the limits, and changes neither what is accepted nor the JSON schema.
    """

    message: str

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        """Return pydantic's schema of the annotated type, with the message."""
        return core_schema.custom_error_schema(
            handler(source), _DESCRIBED, custom_error_message=self.message
        )


def whole_number(least: int, most: int, such_as: int) -> Described:
    """Return the description of an integer from ``least`` to ``most``, with an example."""
    return Described(f"should be a whole number from {least} to {most}, such as {such_as}")


def plain_message(error: ErrorDetails) -> str:
    """Return what is wrong, without the subject, for pydantic's ``error``: "is missing".

    None of pydantic's own words are in it. An error of an unknown type is "is no value that fits".
    """
    kind, context = error["type"], error.get("ctx", {})
    if kind == _DESCRIBED:
        return error["msg"]
    if kind == "literal_error":
        return f"should be {context['expected']}"
    if kind == "too_short":
        return "should have at least one entry"
    if kind == "too_long":
        return f"should have at most {context['max_length']} entries"
    return _MESSAGES.get(kind, "is no value that fits")


def meant_value(error: ErrorDetails) -> str:
    """Return the allowed word nearest to the wrong one, where pydantic's ``error`` has a list.

    It is "" if no word is similar, and for errors of other types.
    """
    if error["type"] != "literal_error":
        return ""
    allowed = error["ctx"]["expected"].replace(" or ", ", ").split(", ")
    return nearest(str(error["input"]), [word.strip("'") for word in allowed])


def nearest(word: str, known: Iterable[str], synonyms: Mapping[str, str] | None = None) -> str:
    """Return the word of ``known`` most similar to ``word``, or "" if none is similar.

    The least similarity is 0.6, the default of difflib: "docstring" suggests "docstrings", "foo"
    nothing. ``synonyms`` map further names to words of ``known``: an equal one wins, e.g. "flake8"
    suggests "style". Case, blanks and dashes do not matter.
    """
    if len(word) > _LONGEST_WORD:
        return ""
    named = {name: name for name in known} | dict(synonyms or {})
    plain = word.strip().lower().replace("-", "_").replace(" ", "_")
    found = get_close_matches(plain, list(named), n=1, cutoff=0.6)
    return named.get(plain) or (named[found[0]] if found else "")
