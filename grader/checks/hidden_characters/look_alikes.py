"""Names that look like other names: letters of another alphabet among those of ours."""

from __future__ import annotations

import tokenize
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from grader.checks.hidden_characters.invisible import named

#: Letters of Cyrillic and Greek that most fonts draw like one of ours; no others, so that a
#: formula may have its ``Δt`` and its ``σ_x``.
_TWINS = dict(
    zip(
        "асеіјорѕухһԁԛԝ" "АВЕЅІЈКМНОРСТХ" "οΑΒΕΖΗΙΚΜΝΟΡΤΥΧ",
        "aceijopsyxhdqw" "ABESIJKMHOPCTX" "oABEZHIKMNOPTYX",
        strict=True,
    )
)
_TABLE = str.maketrans(_TWINS)


@dataclass(frozen=True)
class LookAlike:
    """A name that is not what it looks like, at its first place."""

    name: str
    line: int
    column: int
    told: str


def look_alikes(tokens: Iterable[tokenize.TokenInfo]) -> Iterator[LookAlike]:
    """Each such name of a program, once.

    That is a name that mixes letters of ours with their twins of another alphabet, one of twins
    alone beside the name that it looks like, or one in letters (bold, wide) for which Python
    itself puts in plain ones.
    """
    names = [token for token in tokens if token.type == tokenize.NAME]
    plain = {token.string for token in names if token.string.isascii()}
    seen: set[str] = set()
    for token in names:
        name = token.string
        if name.isascii() or name in seen:
            continue
        seen.add(name)
        told = _told(name, plain)
        if told:
            yield LookAlike(name, token.start[0], token.start[1] + 1, told)


def _told(name: str, plain: set[str]) -> str:
    folded = unicodedata.normalize("NFKC", name)
    if folded.isascii() and len(folded) > 1:
        return f"Python reads `{name}` as `{folded}`"
    twin = next((one for one in name if one in _TWINS), "")
    looks = name.translate(_TABLE)
    if twin and looks.isascii() and (looks in plain or _holds_ours(name)):
        return f"`{name}` is not `{looks}`: it holds {named(twin)}"
    return ""


def _holds_ours(name: str) -> bool:
    return any(one.isascii() and one.isalpha() for one in name)
