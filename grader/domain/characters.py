"""Hidden characters: invisible ones, and those that change how their surroundings are displayed.

Examples are ESC, which terminals obey, and U+202E, which reverses the text after it. Text for
people goes through :func:`visible`; JSON, which must keep each character, through
:func:`plain_json`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

#: Blank although ``str.isprintable`` holds: fillers, joiners, variation selectors, U+2800.
_BLANK = frozenset(
    "\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800\u3164\uffa0"
    + "".join(map(chr, (*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0))))
)
#: Combining marks allowed on one letter: living languages need no more, e.g. Vietnamese two, and
#: a heap of them is drawn over other lines (chosen by hand).
MOST_MARKS = 4
#: A run of characters other than printable ASCII and newline: only these can be hidden.
_UNUSUAL = re.compile(r"[^\n -~]+")


def first_few(names: Sequence[str], most: int = 3) -> str:
    """Return the first ``most`` of ``names`` for a sentence, and how many more there are.

    e.g. "a.py, b.py, c.py and 2 more".
    """
    shown = ", ".join(names[:most])
    return shown if len(names) <= most else f"{shown} and {len(names) - most} more"


def is_hidden(one: str) -> bool:
    """Return whether the character ``one`` is invisible or changes how other text is displayed.

    e.g. ESC, tab, newline, U+202E, a zero-width joiner, a no-break space; not ``a`` or a plain
    space. Surrogates, and characters that are unassigned or for private use, count as hidden too;
    combining marks such as accents do not.
    """
    return not one.isprintable() or one in _BLANK


def visible(text: str, *, keep: str = "") -> str:
    """Return ``text`` with each hidden character as an escape, except those in ``keep``.

    ``keep`` lists characters, e.g. newline and tab. For hidden ones see :func:`is_hidden`.
    Escapes are those of Python strings: ESC becomes ``\\x1b``, U+202E ``\\u202e``, a newline
    ``\\x0a``. Also escaped are surrogates, spaces other than the plain one, and combining marks at
    the start of ``text`` or beyond :data:`MOST_MARKS` in a row, which would be drawn over the
    surrounding text. Backslashes that ``text`` already has stay as they are.
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
    """Return ``one`` character as an escape of a Python string, whether it is hidden or not.

    The shortest one for its number: ``\\x1b``, ``\\u202e``, ``\\U000e0041``.
    """
    code = ord(one)
    if code <= 0xFF:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"


def encodable(text: str) -> str:
    """Return ``text`` with each lone surrogate, which UTF-8 cannot encode, as an escape.

    That of Python strings, e.g. ``\\ud800``.
    """
    return text if text.isascii() else text.encode("utf-8", "backslashreplace").decode("utf-8")


def plain_json(text: str) -> str:
    """Return the JSON document ``text`` with each hidden character written as a JSON escape.

    Newlines, which JSON has only between values, stay. Between values there must be no other white
    space than spaces and newlines. The document then keeps its value, because all other hidden
    characters are inside its strings.
    """
    return _UNUSUAL.sub(_escaped, text)


def _escaped(run: re.Match[str]) -> str:
    return "".join(_json_escape(one) if is_hidden(one) else one for one in run[0])


def _json_escape(one: str) -> str:
    """Return ``one`` character as a JSON escape, or as two (surrogates) beyond U+FFFF."""
    units = one.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[at]:02x}{units[at + 1]:02x}" for at in range(0, len(units), 2))
