"""A line with a name in another case, and names in the case that PEP 8 asks for."""

from __future__ import annotations

import builtins
import io
import keyword
import re
import tokenize
from collections.abc import Iterator

from grader.analysis.fixes.own_line import Line
from grader.domain.source import SourceFile

_DEFINES = re.compile(r"(?:async[ \t]+)?def\b")


def is_free(name: str, source: SourceFile) -> bool:
    """Whether a file can take a name: Python has no other use for it, and neither has the file."""
    if not name.isidentifier() or keyword.iskeyword(name) or hasattr(builtins, name):
        return False
    return re.search(rf"\b{re.escape(name)}\b", source.text) is None


def renamed(line: Line, old: str, new: str) -> str | None:
    """The line with each use of a name as another; attributes and ``f(name=...)`` stay."""
    tokens = _tokens(line.text)
    edits = [(t.start[1], t.end[1], new) for t in _uses(tokens, old, line.text)]
    return line.with_edits(edits) if edits else None


def _uses(tokens: list[tokenize.TokenInfo], name: str, text: str) -> Iterator[tokenize.TokenInfo]:
    """The tokens that stand for a name of this place, which an argument's name does only in def."""
    is_head, depth = _DEFINES.match(text) is not None, 0
    around = [_NOTHING, *tokens, _NOTHING]
    for before, token, after in zip(around, tokens, around[2:], strict=False):
        depth += _DEPTHS.get(token.string, 0)
        passed = depth > 0 and after.string == "=" and not is_head
        if token.string == name and before.string != "." and not passed:
            yield token


_NOTHING = tokenize.TokenInfo(tokenize.NL, "", (0, 0), (0, 0), "")
_DEPTHS = dict.fromkeys("([{", 1) | dict.fromkeys(")]}", -1)


def _tokens(text: str) -> list[tokenize.TokenInfo]:
    """The tokens of a line, as far as it goes: the head of a statement ends where it ends."""
    found = []
    try:
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            found.append(token)
    except (tokenize.TokenError, SyntaxError):
        pass
    return found
