"""Names of people and courses: the same name is the same text, however it was typed or sent."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from grader.domain.errors import BadRequest

#: The longest name of a person, in characters; also of a file or a key. Chosen by hand.
MAX_NAME = 200
#: What decoders write for bytes that are no UTF-8: of ``Zoé`` and ``Zoè`` in Latin-1 both give
#: ``Zo�``, so a name with it may be of two people.
REPLACEMENT = "\ufffd"


def canonical(name: str) -> str:
    """Return ``name`` without blanks around it, with composed letters (NFC).

    E.g. macOS sends ``é`` as ``e`` and an accent. Capital letters and blanks inside stay.
    """
    return unicodedata.normalize("NFC", name.strip())


def checked_name(name: str, field: str) -> str:
    """Return the canonical form of ``name``, which was sent in the field ``field``.

    Raises:
        BadRequest: it is empty, longer than 200 characters, or has characters that cannot be
            printed or that did not come as UTF-8.
    """
    kept = canonical(name)
    if not kept:
        raise BadRequest(
            f"The {field} is missing.",
            how_to_fix=f"Add the field {field}; with a raw body, ?{field}=NAME to the address.",
            where=field,
        )
    check_utf8(kept, field)
    if len(kept) > MAX_NAME or not kept.isprintable():
        raise BadRequest(
            f"The {field} is longer than {MAX_NAME} characters or holds control characters.",
            how_to_fix="Send a short plain name.",
            where=field,
        )
    return kept


def check_utf8(value: str, field: str) -> None:
    """Raise BadRequest if ``value``, sent in ``field``, has characters that were no UTF-8.

    Those are the replacement character, and surrogates, which the command line has for such bytes.
    """
    if REPLACEMENT in value or any("\ud800" <= char <= "\udfff" for char in value):
        raise BadRequest(
            f"The field {field} is not UTF-8.",
            how_to_fix="Send text in UTF-8, not in Latin-1 or a code page of Windows.",
            where=field,
        )


def only_value(values: Iterable[str], field: str) -> str:
    """Return the one value that is among ``values`` of the field ``field``; empty if there is none.

    Empty values do not count, and equal ones count once.

    Raises:
        BadRequest: there are two different values.
    """
    found = sorted({canonical(value) for value in values} - {""})
    if len(found) > 1:
        raise BadRequest(
            f"The field {field} has two different values.",
            how_to_fix=f"Send {field} once: in the form, or in the address.",
            where=field,
        )
    return found[0] if found else ""
