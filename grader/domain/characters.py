"""Characters that a reader cannot see, or that change how those around them are shown.

A terminal obeys some, an editor draws others in another place or not at all. Whatever is shown
goes through :func:`visible`, and JSON, which must keep every character, through :func:`plain_json`.
"""

from __future__ import annotations

import re
import unicodedata

#: They count as printable, and show nothing: fillers, joiners, variants, an empty braille cell.
_BLANK = frozenset(
    "\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800\u3164\uffa0"
    + "".join(map(chr, (*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0))))
)
#: So many marks may stand on one letter; no living language needs more.
MOST_MARKS = 4
_UNUSUAL = re.compile(r"[^\n -~]+")


def is_hidden(one: str) -> bool:
    """Whether a character shows nothing, steers a terminal, or turns the direction of a text."""
    return not one.isprintable() or one in _BLANK


def visible(text: str, *, keep: str = "") -> str:
    """A text in which each hidden character but those to ``keep`` is a sign that can be seen.

    Signs are those of a Python string: ESC becomes ``\\x1b``, a mark of direction ``\\u202e``. So
    do surrogates, odd spaces, and marks of which more than :data:`MOST_MARKS` are stacked on one
    letter or that stand on none, which would be drawn over what stands around the text.
    """
    if text.isascii() and text.isprintable():
        return text
    shown: list[str] = []
    marks = MOST_MARKS
    for one in text:
        marks = marks + 1 if unicodedata.category(one) in ("Mn", "Me") else 0
        hidden = one not in keep and (is_hidden(one) or marks > MOST_MARKS)
        shown.append(sign(one) if hidden else one)
    return "".join(shown)


def sign(one: str) -> str:
    """The sign for one character: ``\\x1b``, ``\\u202e``, ``\\U000e0041``."""
    code = ord(one)
    if code <= 0xFF:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"


def encodable(text: str) -> str:
    """A text that UTF-8 can carry: a lone half of a character becomes its sign."""
    return text if text.isascii() else text.encode("utf-8", "backslashreplace").decode("utf-8")


def plain_json(text: str) -> str:
    """The same JSON document, each hidden character in it written as an escape.

    Nothing is lost: outside the strings of a document there are none.
    """
    return _UNUSUAL.sub(_escaped, text)


def _escaped(run: re.Match[str]) -> str:
    return "".join(_json_escape(one) if is_hidden(one) else one for one in run[0])


def _json_escape(one: str) -> str:
    units = one.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[at]:02x}{units[at + 1]:02x}" for at in range(0, len(units), 2))
