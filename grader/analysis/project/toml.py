"""Parse the TOML of a submission, whatever it contains."""

from __future__ import annotations

import re
import tomllib
from typing import Any

#: Most dots outside strings in one line of TOML, since each may nest another table. E.g.
#: ``[tool.poetry.group.dev.dependencies]`` has 4; ``a.a.a. ... = 1`` with 33 dots is refused.
#: Chosen by hand.
_MAX_DOTS = 32

#: A string or comment of TOML, e.g. ``"a.b"``, ``'''a.b'''`` and ``# a.b``; not the key ``a.b``.
_TOML_STRINGS = re.compile(
    r'"""(?:[^\\]|\\[\s\S])*?"{3,5}'
    r"|'''[\s\S]*?'{3,5}"
    r'|"(?:[^"\\\n]|\\[^\n])*"'
    r"|'[^'\n]*'"
    r"|#[^\n]*"
)
#: The position at the end of a message of tomllib, e.g. `` (at line 3, column 7)`` with the line as
#: group 1, or ``(at end of document)``; not ``line 3`` elsewhere in the message.
_ERROR_POSITION = re.compile(r" \(at line (\d+), column \d+\)$|\(at end of document\)$")


class NotToml(Exception):
    """Raised for a ``pyproject.toml`` that is no TOML, is too deeply nested or has too many dots.

    Too many are more than 32 in one line, outside strings and comments: a key with so many parts
    would be slow to parse. ``line`` is the 1-based line of the error: the last one if the text ends
    too early, 1 if arrays or tables are nested too deeply. ``message`` is without position.
    """

    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line, self.message = line, message


def parse_toml(text: str) -> dict[str, Any]:
    """Return the tables of `text`; raise NotToml if it is invalid or nested too deeply."""
    _refuse_deep_keys(text)
    try:
        return tomllib.loads(text)
    except ValueError as error:
        position = _ERROR_POSITION.search(str(error))
        line = int(position[1]) if position and position[1] else text.count("\n") + 1
        raise NotToml(line, _ERROR_POSITION.sub("", str(error))) from None
    except RecursionError:
        raise NotToml(1, "Arrays or tables are nested too deeply") from None


def _refuse_deep_keys(text: str) -> None:
    """Raise NotToml if a line of `text` has too many dots outside strings.

    A dotted key costs tomllib time and memory quadratic in its number of parts.
    """
    without_strings = _TOML_STRINGS.sub(lambda found: '""' + "\n" * found[0].count("\n"), text)
    for number, line in enumerate(without_strings.split("\n"), start=1):
        if line.count(".") > _MAX_DOTS:
            raise NotToml(number, f"A key has more than {_MAX_DOTS} parts")


def table(parent: object, key: str) -> dict[str, Any]:
    """Return the table `key` of `parent`, or an empty one if there is no such table."""
    found = parent.get(key) if isinstance(parent, dict) else None
    return found if isinstance(found, dict) else {}
