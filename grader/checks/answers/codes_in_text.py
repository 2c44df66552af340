"""The codes of flake8 that a text names, wherever it names them but in an address."""

from __future__ import annotations

import re

#: Addresses, bare or in a link: a page about a code is no answer.
_ADDRESS = re.compile(r"(?:https?://|www\.)[^\s<>()\[\]]*|\]\([^()\n]*\)")
_CODE = re.compile(r"(?<![A-Za-z0-9_])[EWFC][0-9]{3}(?![A-Za-z0-9_]|\.html?\b)", re.IGNORECASE)


def codes_in_text(text: str) -> dict[str, int]:
    """Each code in upper case, with the 1-based line where it stands first."""
    found: dict[str, int] = {}
    for number, line in enumerate(text.split("\n"), start=1):
        for match in _CODE.finditer(_ADDRESS.sub(" ", line)):
            found.setdefault(match[0].upper(), number)
    return found
