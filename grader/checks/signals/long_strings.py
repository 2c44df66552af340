"""Constants of text that are very long, or that hold a program or encoded data."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from grader.analysis.syntax.code_in_strings import parsed_text
from grader.domain.inspection import Finding

#: So many characters make a text very long.
LONG = 400
#: Hashes and keys are shorter than this.
_ENCODED = 200
#: Shorter programs do little; longer texts are told for their length and not parsed.
_LEAST_PROGRAM, _MOST_PROGRAM = 40, 20_000

_ALPHABET = re.compile(r"[A-Za-z0-9+/_-]+={0,2}")
#: What some line of a program begins with, or a call: texts without either are not parsed.
_LIKE_CODE = re.compile(
    r"^[ \t]*(?:import|from|def|class|for|while|if|with|try|async|@)\b|\w\(", re.MULTILINE
)
_ACTS = (
    *(ast.Import, ast.ImportFrom, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef),
    *(ast.For, ast.While, ast.If, ast.With, ast.Try),
)


def of_long_text(node: ast.Constant) -> Iterator[Finding]:
    """What is odd about a text, if anything: a program, encoded data, or just its length."""
    value = node.value
    if not isinstance(value, str | bytes) or len(value) < _LEAST_PROGRAM:
        return
    text = value if isinstance(value, str) else value.decode("latin-1")
    code, told = _kind(text)
    if code:
        message = f"This text of {len(text)} characters {told}"
        yield Finding(code=code, line=node.lineno, column=node.col_offset + 1, message=message)


def _kind(text: str) -> tuple[str, str]:
    if _is_program(text):
        return "code-in-text", "reads as a program"
    if len(text) >= _ENCODED and _is_encoded(text):
        return "encoded-text", "looks like encoded data"
    return ("long-text", "is very long") if len(text) >= LONG else ("", "")


def _is_encoded(text: str) -> bool:
    """One long word of letters and digits, as base64 or hexadecimal digits give it."""
    whole = "".join(line.strip() for line in text.splitlines())
    return bool(_ALPHABET.fullmatch(whole)) and any(one.isdigit() for one in whole)


def _is_program(text: str) -> bool:
    """At least two statements of Python, one of which does something."""
    if len(text) > _MOST_PROGRAM or not _LIKE_CODE.search(text):
        return False
    inside = parsed_text(text)
    return inside is not None and len(inside.body) > 1 and any(map(_acts, inside.body))


def _acts(statement: ast.stmt) -> bool:
    called = isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call)
    return called or isinstance(statement, _ACTS)
