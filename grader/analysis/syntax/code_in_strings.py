"""Text that is itself Python: a program in a string, where no tool reads it."""

from __future__ import annotations

import ast
import textwrap
import warnings
from collections.abc import Iterator
from typing import NamedTuple

from grader.analysis.syntax.statements import every_statement, works

#: Fewer working statements than that are an example, or words that happen to be Python.
LEAST_STATEMENTS = 3
_LEAST_CHARACTERS = 30
#: Deeper brackets cost the parser more than any text is worth.
_MOST_BRACKETS = 40


class CodeInText(NamedTuple):
    """One string that holds Python: its place (1-based) and how many of its statements work."""

    line: int
    column: int
    statements: int


def code_in_text(tree: ast.Module) -> Iterator[CodeInText]:
    """Every string of a module that holds a piece of a program, docstrings among them."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            found = _statements(node.value)
            if found >= LEAST_STATEMENTS:
                yield CodeInText(node.lineno, node.col_offset + 1, found)


def _statements(text: str) -> int:
    """How many statements of a text work; 0 where it is no Python."""
    several = "\n" in text or ";" in text
    inside = parsed_text(text) if len(text) >= _LEAST_CHARACTERS and several else None
    if inside is None:
        return 0
    return sum(isinstance(item, ast.stmt) and works(item) for item, _ in every_statement(inside))


def parsed_text(text: str) -> ast.Module | None:
    """The tree of a text that is Python, however deep it is indented; ``None`` for any other."""
    if _brackets(text) > _MOST_BRACKETS:
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(textwrap.dedent(text).strip())
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _brackets(text: str) -> int:
    """How deep brackets nest at most, whatever stands between them."""
    deepest = depth = 0
    for sign in text:
        if sign in "([{":
            depth += 1
            deepest = max(deepest, depth)
        elif sign in ")]}":
            depth -= 1
    return deepest
