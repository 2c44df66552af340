"""Find names that look like other names: with letters of Cyrillic or Greek that look Latin."""

from __future__ import annotations

import tokenize
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from grader.checks.hidden_characters.invisible import named

#: Letters of Cyrillic and Greek, each with the Latin letter that most fonts draw alike. Chosen by
#: hand. Letters with a shape of their own are absent, so that ``Δt`` and ``σ_x`` are let go.
_TWINS = dict(
    zip(
        "асеіјорѕухһԁԛԝ" "АВЕЅІЈКМНОРСТХ" "οΑΒΕΖΗΙΚΜΝΟΡΤΥΧ",
        "aceijopsyxhdqw" "ABESIJKMHOPCTX" "oABEZHIKMNOPTYX",
        strict=True,
    )
)
#: The same letters, as ``str.translate`` needs them.
_TABLE = str.maketrans(_TWINS)


@dataclass(frozen=True)
class LookAlike:
    """A name that readers take for another one, with the 1-based place of its first use.

    It has Cyrillic or Greek letters that look Latin, or letters that Python replaces by others.
    ``message`` is the message of its finding.
    """

    name: str
    line: int
    column: int
    message: str


def look_alikes(tokens: Iterable[tokenize.TokenInfo]) -> Iterator[LookAlike]:
    """Yield each name among `tokens` that looks like another name, once, in their order.

    All letters outside ASCII of such a name are Cyrillic or Greek and look Latin, and it has ASCII
    letters as well, or looks just like an ASCII name of the file. e.g. ``pаypal`` with a Cyrillic
    ``а``; not ``цена``, which has other letters. Or Python reads it as an ASCII name of two letters
    or more, because it replaces bold or wide letters. Names in strings and comments do not count.
    """
    names = [token for token in tokens if token.type == tokenize.NAME]
    plain = {token.string for token in names if token.string.isascii()}
    seen: set[str] = set()
    for token in names:
        name = token.string
        if name.isascii() or name in seen:
            continue
        seen.add(name)
        message = _message_about(name, plain)
        if message:
            yield LookAlike(name, token.start[0], token.start[1] + 1, message)


def _message_about(name: str, plain: set[str]) -> str:
    """Return the message about `name`, which is not ASCII, or "" if it looks like nothing else.

    `plain` are the ASCII names of the file. A single letter that Python replaces, e.g. ``ℓ`` by
    ``l``, is accepted.
    """
    folded = unicodedata.normalize("NFKC", name)
    if folded.isascii() and len(folded) > 1:
        return f"Python reads `{name}` as `{folded}`"
    twin = next((one for one in name if one in _TWINS), "")
    looks = name.translate(_TABLE)
    if twin and looks.isascii() and (looks in plain or _holds_ours(name)):
        return f"`{name}` is not `{looks}`: it holds {named(twin)}"
    return ""


def _holds_ours(name: str) -> bool:
    """Return whether `name` has an ASCII letter."""
    return any(one.isascii() and one.isalpha() for one in name)
