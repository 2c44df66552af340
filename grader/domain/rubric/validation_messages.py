"""Messages of pydantic in words that an instructor knows."""

from __future__ import annotations

#: Messages by pydantic's type of error, where pydantic's own need knowledge of Python.
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


def plain_message(kind: str, message: str) -> str:
    """Return what is wrong, without the subject, for pydantic's error ``kind`` and ``message``.

    A few kinds have fixed words, whatever the message ("missing" gives "is missing"). Otherwise
    "Input should be greater than 0" becomes "should be greater than 0", and a message without
    "should" stays as it is.
    """
    subject, should, rest = message.partition(" should ")
    return _WORDS.get(kind) or (f"should {rest}" if should else subject)
