"""Find string constants that are very long, or that contain a program or encoded data."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from grader.analysis.syntax.code_in_strings import parsed_text
from grader.domain.inspection import Finding

#: Texts of at least this many characters are very long. Chosen by hand.
LONG = 400
#: Encoded data has at least this many characters. Hashes and keys are shorter: a SHA-512 in
#: hexadecimal has 128. Chosen by hand.
_MIN_ENCODED = 200
#: Numbers of characters between which a text may be reported as a program. Shorter programs do
#: little; longer texts take long to parse and are reported for their length. Chosen by hand.
_MIN_PROGRAM, _MAX_PROGRAM = 40, 20_000

#: Base64 (also the variant for URLs) and hexadecimal digits: "aGVsbG8=", but not "hello world".
_ALPHABET = re.compile(r"[A-Za-z0-9+/_-]+={0,2}")
#: The beginning of a line of a program, or a call. Texts without either are not parsed.
#: e.g. catches "if x:" and "print(1)", and lets go "Please enter a number".
_LIKE_CODE = re.compile(
    r"^[ \t]*(?:import|from|def|class|for|while|if|with|try|async|@)\b|\w\(", re.MULTILINE
)
#: Statements that do something; `x = 1` alone may be a setting.
_ACTING_STATEMENTS = (
    *(ast.Import, ast.ImportFrom, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef),
    *(ast.For, ast.While, ast.If, ast.With, ast.Try),
)


def suspicious_text(node: ast.Constant) -> Iterator[Finding]:
    """Yield at most one finding: `node` is a program, encoded data, or `LONG` characters or longer.

    The first of these that holds counts. A program has 40 to 20,000 characters and parses as two
    statements or more, one of which does something. Encoded data is one word of 200 characters or
    more in base64 or hexadecimal, line ends aside, with a digit. `node` may be text or bytes; other
    constants give none.
    """
    value = node.value
    if not isinstance(value, str | bytes) or len(value) < _MIN_PROGRAM:
        return
    text = value if isinstance(value, str) else value.decode("latin-1")
    code, description = _kind(text)
    if code:
        message = f"This text of {len(text)} characters {description}"
        yield Finding(code=code, line=node.lineno, column=node.col_offset + 1, message=message)


def _kind(text: str) -> tuple[str, str]:
    """Return the finding code of `text` and its description, or two "" if it is ordinary."""
    if _is_program(text):
        return "code-in-text", "reads as a program"
    if len(text) >= _MIN_ENCODED and _is_encoded(text):
        return "encoded-text", "looks like encoded data"
    return ("long-text", "is very long") if len(text) >= LONG else ("", "")


def _is_encoded(text: str) -> bool:
    """Return whether `text`, its line ends aside, is one word in base64 or hexadecimal.

    It must have a digit: a long word of letters alone is no data.
    """
    whole = "".join(line.strip() for line in text.splitlines())
    return bool(_ALPHABET.fullmatch(whole)) and any(one.isdigit() for one in whole)


def _is_program(text: str) -> bool:
    """Return whether `text` parses as two statements or more, one of which does something."""
    if len(text) > _MAX_PROGRAM or not _LIKE_CODE.search(text):
        return False
    tree = parsed_text(text)
    return tree is not None and len(tree.body) > 1 and any(map(_acts, tree.body))


def _acts(statement: ast.stmt) -> bool:
    """Return whether `statement` is a lone call or one of ``_ACTING_STATEMENTS``."""
    is_call = isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call)
    return is_call or isinstance(statement, _ACTING_STATEMENTS)
