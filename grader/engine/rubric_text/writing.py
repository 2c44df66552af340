"""Write values as YAML, in the style of the text that they are put into."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

#: A text that needs no quotes, e.g. ``oop-1``, ``Two files``; not ``a: b``, ``7``, ``[a``.
_PLAIN = re.compile(r"[A-Za-z_](?:[A-Za-z0-9_ ./()-]*[A-Za-z0-9_./()-])?\Z")
#: Words that are no text without quotes, also in YAML 1.1, which editors may go by.
_WORDS = frozenset({"null", "true", "false", "yes", "no", "on", "off", "y", "n"})
#: The most characters of a list or mapping that is written on one line. Chosen by hand.
_WIDTH = 80
#: Spaces of a nested mapping.
_STEP = 2


@dataclass(frozen=True)
class Style:
    """How a value is written at its place.

    ``is_json`` is for a text, or a part of one, that has its keys in double quotes. ``is_block`` is
    whether lines of its own are possible there; ``indent`` is how many spaces those of a nested
    value have, ``newline`` how they end. ``quote`` is the one of the value that is replaced.
    """

    is_json: bool
    is_block: bool
    indent: int = 0
    newline: str = "\n"
    quote: str = ""


def written_key(key: str, style: Style) -> str:
    """Return ``key`` with its colon."""
    return f"{_text(key, style.is_json, '')}:"


def written_entry(key: str, value: Any, style: Style) -> str:
    """Return the entry of ``key`` and ``value``, without a line break at its end."""
    after = written(value, style)
    return f"{written_key(key, style)}{'' if after.startswith(style.newline) else ' '}{after}"


def written(value: Any, style: Style) -> str:
    """Return ``value`` as it is put behind a colon, e.g. ``7.5``, ``{measure: lines, full_at: 0}``.

    It begins with a line break if it needs lines of its own.
    """
    if isinstance(value, str):
        if style.is_block and not style.is_json and "\n" in value:
            return _text_block(value, style)
        return _text(value, style.is_json, style.quote)
    flow = _flow(value, style.is_json)
    if style.is_block and isinstance(value, Mapping) and value and not _fits_a_line(value, flow):
        return _lines(value, style)
    return flow


def _fits_a_line(value: Mapping[str, Any], flow: str) -> bool:
    """Return whether a mapping is short and flat enough for the one line ``flow``.

    e.g. a scale; not a criterion, nor a text of several lines.
    """
    is_flat = not any(isinstance(one, Mapping | list) for one in value.values())
    return is_flat and len(flow) <= _WIDTH and "\\n" not in flow


def _lines(value: Mapping[str, Any], style: Style) -> str:
    """Return a mapping with a line for each key, beginning with a line break."""
    inner = Style(style.is_json, True, style.indent + _STEP, style.newline)
    start = style.newline + " " * style.indent
    return "".join(start + written_entry(key, one, inner) for key, one in value.items())


def _flow(value: Any, is_json: bool) -> str:
    """Return ``value`` on one line."""
    if isinstance(value, Mapping):
        pairs = (f"{_text(key, is_json, '')}: {_flow(one, is_json)}" for key, one in value.items())
        return "{" + ", ".join(pairs) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_flow(one, is_json) for one in value) + "]"
    if isinstance(value, str):
        return _text(value, is_json, "")
    if isinstance(value, Decimal):
        return str(value)
    return json.dumps(value)


def _text(value: str, is_json: bool, quote: str) -> str:
    """Return a text in quotes where it needs them, or where ``quote`` was there before."""
    if is_json or quote == '"':
        return _quoted(value)
    if quote == "'" and value.isprintable():
        return "'" + value.replace("'", "''") + "'"
    if _PLAIN.match(value) and "  " not in value and value.lower() not in _WORDS:
        return value
    return _quoted(value)


def _quoted(value: str) -> str:
    """Return a text in double quotes, with escapes only where characters cannot be shown."""
    return json.dumps(value, ensure_ascii=not value.isprintable())


def _text_block(value: str, style: Style) -> str:
    """Return a text of several lines behind ``|``, or in quotes if it would be read otherwise.

    e.g. not a text that begins with a space, or has a tab, or ends with two line breaks.
    """
    body = value.removesuffix("\n")
    lines = body.split("\n")
    if not body.strip() or not lines[0].strip() or lines[0][0] == " " or not lines[-1].strip():
        return _quoted(value)
    if not all(line.isprintable() for line in lines):
        return _quoted(value)
    start = style.newline + " " * style.indent
    shown = "".join(start + line if line else style.newline for line in lines)
    return ("|" if value.endswith("\n") else "|-") + shown
