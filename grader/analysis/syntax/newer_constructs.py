"""Find constructs of Python's syntax that older versions of Python 3 cannot read."""

from __future__ import annotations

import ast
import re
import tokenize
from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

from grader.domain.source import SourceFile


class Construct(NamedTuple):
    """One place where a construct occurs: Python 3.``minor`` is the first that reads it.

    ``name`` is what it is called in a sentence, e.g. "a `match` statement"; ``line`` and ``column``
    are 1-based.
    """

    minor: int
    name: str
    line: int
    column: int


class _Row(NamedTuple):
    """A construct: the first minor version, its name, its kinds of nodes and which of them."""

    minor: int
    name: str
    kinds: str
    has: Callable[[Any], object] = lambda node: True


def _is_bare(node: ast.AST | None) -> bool:
    """Return whether ``node`` is a tuple without parentheses, e.g. ``A, B``, not ``(A, B)``."""
    if not (isinstance(node, ast.Tuple) and node.elts):
        return False
    first, last = node.elts[0], node.elts[-1]
    starts = (node.lineno, node.col_offset) == (first.lineno, first.col_offset)
    return starts or (node.end_lineno, node.end_col_offset) == (
        last.end_lineno,
        last.end_col_offset,
    )


def _unpacks(node: ast.AST) -> bool:
    """Return whether an item is unpacked in brackets: ``a[*b]``, not ``a[(*b,)]`` or ``a[b]``."""
    index = getattr(node, "slice", None)
    starred = (isinstance(item, ast.Starred) for item in getattr(index, "elts", ()))
    return _is_bare(index) and any(starred)


def _has_defaults(node: ast.AST) -> bool:
    """Return whether a type parameter has a default: ``class Box[T = int]``, not ``Box[T]``."""
    return any(getattr(one, "default_value", None) for one in getattr(node, "type_params", ()))


_GENERIC = "FunctionDef AsyncFunctionDef ClassDef"
_BARE_EXCEPT = "`except` with several errors and no parentheses"
#: Every construct that is found in the tree, oldest first. Kinds are names, because older
#: interpreters lack some. It begins with Python 3.8: no exercise asks for an older one.
_TABLE = (
    _Row(8, "an assignment `:=` within an expression", "NamedExpr"),
    _Row(8, "arguments that are positional only (`/`)", "arguments", lambda a: a.posonlyargs),
    _Row(10, "a `match` statement", "Match"),
    _Row(11, "an `except*` clause", "TryStar"),
    _Row(11, "`*` in the brackets of an item", "Subscript", _unpacks),
    _Row(11, "`*` in the type of `*args`", "arg", lambda a: isinstance(a.annotation, ast.Starred)),
    _Row(12, "a `type` statement", "TypeAlias"),
    _Row(12, "parameters of types in brackets", _GENERIC, lambda d: getattr(d, "type_params", ())),
    _Row(13, "a default of a type parameter", f"{_GENERIC} TypeAlias", _has_defaults),
    _Row(14, _BARE_EXCEPT, "ExceptHandler", lambda handler: _is_bare(handler.type)),
    _Row(14, "a t-string", "TemplateStr"),
)
_BY_KIND = {
    getattr(ast, kind): tuple(row for row in _TABLE if kind in row.kinds.split())
    for kind in {kind for row in _TABLE for kind in row.kinds.split()}
    if hasattr(ast, kind)
}
_F_STRING = (12, "an f-string with its own quotes, `\\`, `#` or a line break in its braces")
#: A text without any of these has no construct of the table, so that its tree need not be searched:
#: e.g. ``x := 1``, ``f(a, /)``, ``match x:``, ``except* A``, ``except (A, B)``, ``a[b, *c]``,
#: ``*args: *Ts``, ``type X``, ``def f[``, ``t"``. It may have one and no construct: ``f(a, *b)``.
_HINT = re.compile(
    r":=|/\s*[,):]|\bmatch\b|\bexcept\s*\*|\bexcept\b[^:]*,|[\[,]\s*\*|:\s*\*|\btype\b"
    r"|\b(?:def|class)\s+\w+\s*\[|\b(?:[tT][rR]?|[rR][tT])[\"']"
)
#: Tokens that begin and end an f-string; absent before Python 3.12, which read only old ones.
_START, _MIDDLE, _END = (
    getattr(tokenize, f"FSTRING_{name}", None) for name in ("START", "MIDDLE", "END")
)


def newer_constructs(source: SourceFile) -> Iterator[Construct]:
    """Yield each construct of ``source`` that Python 3.7 cannot read, first those of the tree.

    The source must be Python for this interpreter. The order is not that of the lines.
    """
    if _HINT.search(source.text):
        for node in ast.walk(source.tree):
            for row in _BY_KIND.get(type(node), ()):
                if row.has(node):
                    yield Construct(row.minor, row.name, *_place(node))
    if _START is not None:
        for line, column in _newer_f_strings(source.raw_tokens):
            yield Construct(*_F_STRING, line, column + 1)


def _place(node: ast.AST) -> tuple[int, int]:
    """Return the 1-based line and column of ``node``, or of the first argument of ``arguments``."""
    placed = node.posonlyargs[0] if isinstance(node, ast.arguments) else node
    return getattr(placed, "lineno", 1), getattr(placed, "col_offset", 0) + 1


def _newer_f_strings(tokens: Iterable[tokenize.TokenInfo]) -> Iterator[tuple[int, int]]:
    """Yield the place of each f-string that Python 3.11 cannot read.

    e.g. ``f"{a["b"]}"`` and ``f"{'\\n'.join(a)}"``; not ``f"{a['b']}"`` or ``f"\\n{a}"``.
    """
    quotes: list[str] = []
    first, is_newer = (0, 0), False
    for token in tokens:
        if token.type == _END:
            quotes.pop()
            if not quotes and is_newer:
                yield first
                is_newer = False
        elif quotes:
            is_newer = is_newer or _is_newer_within(token, quotes)
        if token.type == _START:
            first = first if quotes else token.start
            quotes.append(token.string.lstrip("fFrR"))


def _is_newer_within(token: tokenize.TokenInfo, quotes: list[str]) -> bool:
    """Return whether Python 3.11 cannot read ``token`` in f-strings that begin with ``quotes``.

    They are from the outermost inwards. The text of an f-string is in those around it only.
    """
    if token.type == _MIDDLE:
        quotes = quotes[:-1]
        if not quotes:
            return False
    if token.type == tokenize.NL:
        return any(len(quote) == 1 for quote in quotes)
    if token.type == tokenize.COMMENT or "\\" in token.string:
        return True
    return any(quote in token.string for quote in quotes)
