"""Rename a name in one line, and tell whether a new name is unused in a file."""

from __future__ import annotations

import builtins
import keyword
import re
import tokenize
from collections.abc import Iterator

from grader.analysis.fixes.own_line import Line
from grader.domain.source import SourceFile
from grader.domain.syntax import joined, raw_tokens

#: The head of a function, e.g. ``def f(a=1):`` or ``async def f():``; not ``default = 1``.
_DEFINES = re.compile(r"(?:async[ \t]+)?def\b")

#: An f-string, e.g. ``Rf"{a}"``; not ``"f"``.
_F_STRING = re.compile(r"(?i:f|fr|rf)[\"']")


def is_free(name: str, source: SourceFile) -> bool:
    """Return whether ``name`` can be introduced in ``source`` without a conflict.

    It must be an identifier, no keyword and no builtin, and must not occur as a word anywhere in
    the text, comments and strings included. Soft keywords such as ``match`` are accepted.
    """
    if not name.isidentifier() or keyword.iskeyword(name) or hasattr(builtins, name):
        return False
    return not _has_word(name, source.text)


def _has_word(name: str, text: str) -> bool:
    """Return whether ``name`` is a word of ``text``, e.g. ``a`` of ``f"{a}"``, not of ``ab``."""
    return re.search(rf"\b{re.escape(name)}\b", text) is not None


def renamed(line: Line, old: str, new: str) -> str | None:
    """Return the text of ``line`` with each use of the name ``old`` replaced by ``new``.

    Places where it is bound count: ``old = 1`` and ``def old(old=1):``. Attributes (``x.old``),
    keyword arguments of calls (``f(old=1)``), strings and comments stay as they are. In a line that
    begins with ``def``, keyword arguments of calls are renamed too. What the name refers to does
    not matter: both are renamed in ``from old import old``. Return ``None`` if there is nothing to
    replace, or an f-string has the word ``old``, perhaps as a name in its braces.
    """
    tokens = _tokens(line.text)
    if any(_F_STRING.match(t.string) and _has_word(old, t.string) for t in tokens):
        return None
    edits = [(t.start[1], t.end[1], new) for t in _uses(tokens, old, line.text)]
    return line.with_edits(edits) if edits else None


def _uses(tokens: list[tokenize.TokenInfo], name: str, text: str) -> Iterator[tokenize.TokenInfo]:
    """Yield the tokens of ``text`` that use ``name`` as a variable.

    Not after a dot (``x.name``), and not before ``=`` in brackets (``f(name=1)``), which names an
    argument of another function; in a ``def`` line that is its own argument and is yielded.
    """
    is_head, depth = _DEFINES.match(text) is not None, 0
    around = [_NOTHING, *tokens, _NOTHING]
    for before, token, after in zip(around, tokens, around[2:], strict=False):
        depth += _DEPTHS.get(token.string, 0)
        passed = depth > 0 and after.string == "=" and not is_head
        if token.string == name and before.string != "." and not passed:
            yield token


#: Stands before the first and after the last token, which have no neighbour.
_NOTHING = tokenize.TokenInfo(tokenize.NL, "", (0, 0), (0, 0), "")
#: The change of the bracket depth by each bracket.
_DEPTHS = dict.fromkeys("([{", 1) | dict.fromkeys(")]}", -1)


def _tokens(text: str) -> list[tokenize.TokenInfo]:
    """Return the tokens of ``text`` up to the first error, e.g. an unclosed bracket at its end."""
    found = []
    try:
        for token in joined(raw_tokens(text), text):
            if token.type == tokenize.ERRORTOKEN:  # before Python 3.12; since then it raises
                break
            found.append(token)
    except (tokenize.TokenError, SyntaxError):
        pass
    return found
