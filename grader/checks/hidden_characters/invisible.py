"""Characters in source that no reader sees, or that make lines look otherwise than they run."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from grader.domain.characters import is_hidden

#: They turn the direction of what follows (CVE-2021-42574).
_BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
#: Many editors begin a new line there; Python does not.
_LINES = frozenset("\u2028\u2029")
_JOINERS = frozenset("\u200c\u200d")
_VARIANTS = frozenset(map(chr, (*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0))))
_KEYCAP = "\u20e3"
#: Format characters that are drawn, before a number in Arabic, Syriac and Kaithi.
_DRAWN = frozenset(
    "\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd"
)
#: Blanks that are as wide as a blank, private signs of a font, and what came after our Unicode.
_HARMLESS = frozenset({"Zs", "Co", "Cn"})
_OTHER_THAN_ASCII = re.compile(r"[^\x00-\x7f]")


@dataclass(frozen=True)
class Unseen:
    """One such character. ``code`` is ``bidi-control`` or ``invisible-character``."""

    character: str
    line: int
    column: int

    @property
    def code(self) -> str:
        """The code of its finding."""
        return "bidi-control" if self.character in _BIDI else "invisible-character"

    @property
    def told(self) -> str:
        """Which it is and what it does."""
        does = "cannot be seen here"
        if self.character in _BIDI:
            does = "can change the order in which this line is shown"
        elif self.character in _LINES:
            does = "looks like the end of a line, which Python does not see here"
        return f"{named(self.character)} {does}"


def named(character: str) -> str:
    """``U+202E RIGHT-TO-LEFT OVERRIDE``."""
    code = f"U+{ord(character):04X}"
    name = unicodedata.name(character, "")
    return f"{code} {name}" if name else code


def unseen_in(text: str) -> Iterator[Unseen]:
    """Every such character of a text with newlines as ``\\n``, but those that belong to a sign.

    A joiner between letters of a script, or between two pictures, is how they are written; so is
    one variant after a picture.
    """
    if text.isascii():
        return
    for number, line in enumerate(text.split("\n"), start=1):
        for match in _OTHER_THAN_ASCII.finditer(line):
            at = match.start()
            if _is_unseen(line[at]) and not _belongs(line, at):
                yield Unseen(line[at], number, at + 1)


def _is_unseen(one: str) -> bool:
    return is_hidden(one) and one not in _DRAWN and unicodedata.category(one) not in _HARMLESS


def _belongs(line: str, at: int) -> bool:
    before, after = line[at - 1 : at], line[at + 1 : at + 2]
    if line[at] in _JOINERS:
        return _is_sign(before, joined=True) and _is_sign(after)
    if line[at] in _VARIANTS:
        return _is_sign(before) or (after == _KEYCAP and before in "0123456789#*")
    return False


def _is_sign(one: str, *, joined: bool = False) -> bool:
    """Whether a character is drawn and stands outside ASCII; a variant of one too, if joined."""
    if not one or one.isascii():
        return False
    return not is_hidden(one) or (joined and one in _VARIANTS)
