"""Syntax trees and tokens of a text that are the same whichever Python runs this.

Two things changed in Python 3.12: an f-string became several tokens, and the nodes of its parts got
places of their own. Both are undone here, so that what a check measures does not depend on the
interpreter, as far as several of them read a file.
"""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterable, Iterator

#: The start of an f-string or, from 3.14 on, a t-string, e.g. ``Rf"``; found in ``"half"`` too.
_F_QUOTE = re.compile(r"[fFtT][rR]?[\"']")
#: The nodes of f-strings, and from Python 3.14 on of t-strings.
_INTERPOLATED = {getattr(ast, name, ast.JoinedStr) for name in ("JoinedStr", "TemplateStr")}
#: What begins and ends an f-string or t-string, by the name of the token.
_NESTS = {"FSTRING_START": 1, "TSTRING_START": 1, "FSTRING_END": -1, "TSTRING_END": -1}
#: Its change of the depth, by the type of the token. Empty before Python 3.12.
_DEPTHS = {kind: _NESTS[name] for kind, name in tokenize.tok_name.items() if name in _NESTS}


def parse(text: str) -> ast.Module:
    """Return the syntax tree of ``text``, with places that are the same on every interpreter.

    The text parts of an f-string, its replacement fields (not the expressions in them) and their
    format specifications have the place of the whole f-string.

    Raises:
        SyntaxError: the text is not Python for this interpreter.
        ValueError: it has a null character.
        RecursionError, MemoryError: it is nested too deep for the parser.
    """
    tree = ast.parse(text)
    if _F_QUOTE.search(text):
        _place_parts(tree)
    return tree


def raw_tokens(text: str) -> Iterator[tokenize.TokenInfo]:
    """Yield the tokens of ``text``, whose newlines are ``\\n``, as this interpreter has them.

    Raises tokenize.TokenError or SyntaxError where it cannot be tokenised.
    """
    return tokenize.generate_tokens(io.StringIO(text).readline)


def joined(found: Iterable[tokenize.TokenInfo], text: str) -> Iterator[tokenize.TokenInfo]:
    """Yield ``found``, the raw tokens of ``text``, with those of each f-string as one ``STRING``.

    Before Python 3.12 they are so already. An error while ``found`` is read passes through.
    """
    if not (_DEPTHS and _F_QUOTE.search(text)):
        yield from found
        return
    lines = text.split("\n")
    depth, first = 0, None
    for token in found:
        depth += _DEPTHS.get(token.type, 0)
        if depth:
            first = first or token
        elif first:
            yield _one(first, token, lines)
            first = None
        else:
            yield token


def _place_parts(tree: ast.Module) -> None:
    """Give the parts of each f-string in ``tree`` the place of the f-string."""
    waiting: list[ast.AST] = [tree]
    while waiting:
        node = waiting.pop()
        if type(node) in _INTERPOLATED:
            waiting += _placed(node)
            continue
        for value in vars(node).values():
            if type(value) is list:
                waiting += [each for each in value if isinstance(each, ast.AST)]
            elif isinstance(value, ast.AST) and value._fields:
                waiting.append(value)


def _placed(whole: ast.AST) -> Iterator[ast.AST]:
    """Give the parts of the f-string ``whole`` its place; yield the expressions in its fields."""
    parts = [*ast.iter_child_nodes(whole)]
    while parts:
        part = parts.pop()
        ast.copy_location(part, whole)
        if isinstance(part, ast.JoinedStr):
            parts += part.values
        elif not isinstance(part, ast.Constant):
            # a replacement field: `value` is its expression, the rest how to write it
            for name, inner in ast.iter_fields(part):
                if isinstance(inner, ast.AST):
                    if name == "value":
                        yield inner
                    else:
                        parts.append(inner)


def _one(
    first: tokenize.TokenInfo, last: tokenize.TokenInfo, lines: list[str]
) -> tokenize.TokenInfo:
    """Return the string token from ``first`` to ``last`` of a text with these ``lines``."""
    (top, left), (bottom, right) = first.start, last.end
    rows = lines[top - 1 : bottom]
    whole = "\n".join(rows)
    end = len(whole) - len(rows[-1]) + right
    return tokenize.TokenInfo(tokenize.STRING, whole[left:end], first.start, last.end, f"{whole}\n")
