"""Find Python programs inside strings, which the other checks and tools do not read."""

from __future__ import annotations

import ast
import textwrap
import warnings
from typing import NamedTuple

from grader.analysis.syntax.module import module_of
from grader.analysis.syntax.statements import (
    DEFINITIONS,
    LOOPS,
    every_statement,
    every_statement_of,
    works,
)
from grader.domain.source import SourceFile

#: Fewest statements that do something (see :func:`works`) for a string to count as a program. Fewer
#: are an example in a docstring, e.g. ``x = f(1)``, or words that happen to parse. Chosen by hand.
LEAST_STATEMENTS = 3
#: Shorter strings, and those without a newline or ``;``, are not parsed, which saves time.
_LEAST_CHARACTERS = 30
#: Texts with more deeply nested brackets are not parsed: the parser would take long or run out of
#: memory, and no program written by hand needs so many. Chosen by hand.
_MOST_BRACKETS = 40


class CodeInText(NamedTuple):
    """A string that is a Python program, with the 1-based ``line`` and ``column`` of the string.

    ``statements`` is how many of the program's statements, nested ones included, do something (see
    :func:`~grader.analysis.syntax.statements.works`).
    """

    line: int
    column: int
    statements: int


def code_in_text(source: SourceFile) -> tuple[CodeInText, ...]:
    """Return each string of ``source`` that is a program; docstrings and parts of f-strings too.

    It must parse (see :func:`parsed_text`), have at least 30 characters, a newline or ``;``, and at
    least 3 statements that do something (``LEAST_STATEMENTS``). The order is not that of the lines.
    They are found once and then kept.
    """
    return source.once(_read_texts)


def _read_texts(source: SourceFile) -> tuple[CodeInText, ...]:
    found = (
        CodeInText(node.lineno, node.col_offset + 1, _statements(node.value))
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    )
    return tuple(one for one in found if one.statements >= LEAST_STATEMENTS)


def _statements(text: str) -> int:
    """Return how many statements of ``text`` do something; 0 if it is not Python or too short."""
    several = "\n" in text or ";" in text
    inside = parsed_text(text) if len(text) >= _LEAST_CHARACTERS and several else None
    if inside is None:
        return 0
    return sum(isinstance(item, ast.stmt) and works(item) for item, _ in every_statement(inside))


#: The fewest statements that do something in a file that is code whatever its name. A template of
#: one statement is none. Chosen by hand.
_LEAST_IN_A_FILE = 2
#: Statements that only code has; a list of words or films may parse as expressions.
_ONLY_CODE = (*(ast.Import, ast.ImportFrom, ast.With, ast.Raise, ast.Assert), *LOOPS, *DEFINITIONS)
_BUILTINS = frozenset({"print", "open", "input", "exec", "eval", "__import__"})


def is_code(source: SourceFile) -> bool:
    """Return whether ``source``, a file of any name that parses, is a program and no prose or data.

    It has two statements or more that do something, calls something, and has a statement that only
    code has: e.g. ``import csv``, a loop, ``rows = load()`` or ``print(rows)``. Not so
    ``Alien(1979)`` above ``Jaws(1975)``, names such as ``Jean-Luc``, and ``limit = a-b``.
    """
    every = every_statement_of(source)
    statements = [item for item, _ in every if isinstance(item, ast.stmt)]
    if sum(map(works, statements)) < _LEAST_IN_A_FILE:
        return False
    calls = list(module_of(source).calls)
    if any(getattr(call.func, "id", "") in _BUILTINS for call in calls):
        return True
    return bool(calls) and any(map(_is_only_in_code, statements))


def _is_only_in_code(statement: ast.stmt) -> bool:
    """Return whether only a program has ``statement``; an assignment if it binds a call."""
    if isinstance(statement, ast.Assign | ast.AugAssign):
        return isinstance(statement.value, ast.Call)
    return isinstance(statement, _ONLY_CODE)


def parsed_text(text: str) -> ast.Module | None:
    """Return the tree of ``text``, or ``None`` if it does not parse.

    ``None`` too if brackets, those in strings and comments included, are nested over 40 deep.
    Indentation that all lines share, and white space at both ends, are removed first. A single word
    parses too, as a name, and an empty text as a module without statements.
    """
    if _brackets(text) > _MOST_BRACKETS:
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(textwrap.dedent(text).strip())
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _brackets(text: str) -> int:
    """Return how deep the brackets in ``text`` nest at most, those in strings and comments too."""
    deepest = depth = 0
    for sign in text:
        if sign in "([{":
            depth += 1
            deepest = max(deepest, depth)
        elif sign in ")]}":
            depth -= 1
    return deepest
