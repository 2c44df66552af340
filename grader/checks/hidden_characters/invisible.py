"""Find invisible characters in source, and those that change the order in which it is shown."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from grader.domain.characters import is_hidden

#: Marks, embeddings, overrides and isolates that change the direction of the text after them, so
#: that code can look like a comment (CVE-2021-42574). E.g. U+202E; not the letters of Arabic.
_BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
#: Separators of lines and paragraphs: many editors begin a new line there, and Python does not.
_LINES = frozenset("\u2028\u2029")
#: The zero-width non-joiner and joiner, which Persian and emoji such as families need.
_JOINERS = frozenset("\u200c\u200d")
#: Variation selectors, which choose one of several drawings of the character before them.
_VARIANTS = frozenset(map(chr, (*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0))))
#: Draws the digit before it as a key, e.g. the three characters of the emoji "1, U+FE0F, U+20E3".
_KEYCAP = "\u20e3"
#: Format characters that fonts draw, such as U+0600 (a sign below a number in Arabic): signs of
#: Arabic, Syriac and Kaithi. Other format characters are invisible, e.g. U+00AD.
_DRAWN = frozenset(
    "\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd"
)
#: Unicode categories that are not reported: spaces (e.g. U+00A0, which has a width), private use
#: (drawn by special fonts), and unassigned (newer than the Unicode version of this Python).
_HARMLESS = frozenset({"Zs", "Co", "Cn"})
#: Only these characters are examined. Control characters of ASCII, e.g. ESC, are not reported.
_OTHER_THAN_ASCII = re.compile(r"[^\x00-\x7f]")


@dataclass(frozen=True)
class Unseen:
    """One occurrence of a character that is invisible or changes the direction of text.

    ``line`` and ``column`` are 1-based; columns count characters. :func:`unseen_in` finds it.
    """

    character: str
    line: int
    column: int

    @property
    def code(self) -> str:
        """The code of its finding: ``bidi-control`` or ``invisible-character``."""
        return "bidi-control" if self.character in _BIDI else "invisible-character"

    @property
    def message(self) -> str:
        """The message of its finding: the code point, its Unicode name and its effect."""
        does = "cannot be seen here"
        if self.character in _BIDI:
            does = "can change the order in which this line is shown"
        elif self.character in _LINES:
            does = "looks like the end of a line, which Python does not see here"
        return f"{named(self.character)} {does}"


def named(character: str) -> str:
    """Return the code point and the Unicode name, e.g. ``U+202E RIGHT-TO-LEFT OVERRIDE``.

    A `character` without a name gives its code point only.
    """
    code = f"U+{ord(character):04X}"
    name = unicodedata.name(character, "")
    return f"{code} {name}" if name else code


def unseen_in(text: str) -> Iterator[Unseen]:
    """Yield each occurrence of a hidden character in `text`, whose newlines are ``\\n``.

    Hidden are invisible characters and those that change the direction of text; not characters of
    ASCII, unusual spaces, and characters for private use or without a meaning yet. Left out are
    joiners and variation selectors that their neighbours need: e.g. a joiner between two letters of
    Persian, and a selector after an emoji.
    """
    if text.isascii():
        return
    for number, line in enumerate(text.split("\n"), start=1):
        for match in _OTHER_THAN_ASCII.finditer(line):
            at = match.start()
            if _is_unseen(line[at]) and not _belongs(line, at):
                yield Unseen(line[at], number, at + 1)


def _is_unseen(one: str) -> bool:
    """Return whether the character `one` is hidden, and neither drawn nor in ``_HARMLESS``."""
    return is_hidden(one) and one not in _DRAWN and unicodedata.category(one) not in _HARMLESS


def _belongs(line: str, at: int) -> bool:
    """Return whether the neighbours of the character at the index `at` need it.

    They need a joiner between two visible characters outside ASCII, the first of which may have a
    variation selector; and a selector after such a character, or between one of ``0-9#*`` and
    ``_KEYCAP``. e.g. not the joiner of ``a U+200D b``. Other characters are never needed.
    """
    before, after = line[at - 1 : at], line[at + 1 : at + 2]
    if line[at] in _JOINERS:
        return _is_sign(before, joined=True) and _is_sign(after)
    if line[at] in _VARIANTS:
        return _is_sign(before) or (after == _KEYCAP and before in "0123456789#*")
    return False


def _is_sign(one: str, *, joined: bool = False) -> bool:
    """Return whether `one` is a visible character outside ASCII; an empty `one` is not.

    With `joined`, a variation selector is accepted too: it may end the emoji before a joiner.
    """
    if not one or one.isascii():
        return False
    return not is_hidden(one) or (joined and one in _VARIANTS)
