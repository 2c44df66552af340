"""A validator's messages in words that an instructor knows."""

from __future__ import annotations

#: The validator's own words, by its type of error, where an instructor would not know them.
_WORDS = {
    "missing": "is missing",
    "dict_type": "should be a map of keys to values",
    "model_type": "should be a map of keys to values",
    "tuple_type": "should be a list",
    "string_type": "should be text (put it in quotes)",
    "invalid_key": "a key should be text",
    "decimal_type": "should be a number",
    "decimal_parsing": "should be a number",
}


def in_words(kind: str, message: str) -> str:
    """What is wrong, without its subject, from pydantic's type of error and message."""
    subject, should, rest = message.partition(" should ")
    return _WORDS.get(kind) or (f"should {rest}" if should else subject)
