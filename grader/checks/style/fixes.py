"""Rewrite a line that flake8 complains about."""

from __future__ import annotations

import ast
import re
import tokenize
import warnings
from collections.abc import Iterable
from functools import partial

from grader.analysis.fixes.except_clauses import except_clause_fix
from grader.analysis.fixes.own_line import Fix, Line
from grader.checks.style import comparisons
from grader.checks.style.imports import one_import_a_line, without_imports
from grader.checks.style.missing_calls import is_missing_call, with_calls
from grader.checks.style.unused_values import without_name
from grader.domain.inspection import Finding
from grader.domain.source import SourceFile

#: The prefix of an f-string, with an ``r`` before or after the ``f``: `f"`, `rf"`, `Fr'`; not `b"`.
_PREFIXED = re.compile(r"(?i:(r?)f(r?))(?=[\"'])")


def style_fix(source: SourceFile, findings: Iterable[Finding]) -> Fix:
    """Return the function that fixes the lines of `source` with flake8 findings, see `Fix`.

    `findings` are all of the file. The function takes one of them and its line, and returns the
    corrected line. It knows missing calls, E401, E711 to E714, E721, E722, E731, F401, F541, F632,
    F841, W291 and W605. It returns ``None`` for other codes, and for a line whose form it cannot
    rewrite.
    """
    whole: dict[str, Fix] = {
        "E401": lambda finding, line: one_import_a_line(line),
        "E722": except_clause_fix(source),
        "E731": lambda finding, line: _as_function(line, _indentation(source)),
        "F401": without_imports(source, findings),
        "F841": without_name(source),
        "W291": partial(_without_blanks, source),
    }

    def fix(finding: Finding, line: Line) -> str | None:
        if is_missing_call(finding):
            return with_calls(line)
        rule, known = _RULES.get(finding.code), whole.get(finding.code)
        if rule is not None:
            return comparisons.rewritten(line, rule)
        return known(finding, line) if known is not None else None

    return fix


def _without_blanks(source: SourceFile, finding: Finding, line: Line) -> str | None:
    """Return `line` of `source` without the blanks at its end; ``None`` if a text goes on there.

    In a text of several lines, blanks are a part of its value.
    """
    is_in_text = any(
        token.type == tokenize.STRING and token.start[0] <= finding.line < token.end[0]
        for token in source.tokens
    )
    return None if is_in_text else line.text.rstrip()


def _indentation(source: SourceFile) -> str:
    """Return by how much `source` indents its first block; four spaces if it has none."""
    indents = (token.string for token in source.tokens if token.type == tokenize.INDENT)
    return next(indents, "    ")


def _as_function(line: Line, indentation: str) -> str | None:
    """Turn ``f = lambda x: x`` into ``def f(x):`` and, on a second line, ``return x``.

    The second line has `indentation`. ``None`` if anything follows on `line`, e.g. a comment.
    """
    statement = line.statement
    if not isinstance(statement, ast.Assign) or not isinstance(statement.value, ast.Lambda):
        return None
    target = statement.targets[0]
    if not isinstance(target, ast.Name) or line.end(statement) != len(line.text.rstrip()):
        return None
    text = line.of(statement.value).removeprefix("lambda")
    # The colon before the body is the one at which the two sides make the same lambda, e.g. the
    # last one of `lambda x={"a": 1}: x`. The first one would split the dictionary.
    for colon in (at for at, sign in enumerate(text) if sign == ":"):
        arguments, body = text[:colon].strip(), text[colon + 1 :].strip()
        if _is_same_lambda(arguments, body, statement.value):
            return f"def {target.id}({arguments}):\n{indentation}return {body}"
    return None


def _is_same_lambda(arguments: str, body: str, expected: ast.Lambda) -> bool:
    """Return whether a lambda of the texts `arguments` and `body` parses to `expected`."""
    try:
        parsed = ast.parse(f"lambda {arguments}: ({body})", mode="eval").body
    except SyntaxError:
        return False
    return ast.dump(parsed) == ast.dump(expected)


def _plain_text(node: ast.AST, line: Line) -> str | None:
    """Turn ``f"text"`` into ``"text"``, if nothing is filled in and the value stays the same."""
    if not isinstance(node, ast.JoinedStr):
        return None
    if any(not isinstance(part, ast.Constant) for part in node.values):
        return None
    text = line.of(node)
    plain = _PREFIXED.sub(r"\1\2", text, count=1)
    whole = "".join(str(part.value) for part in node.values if isinstance(part, ast.Constant))
    return plain if plain != text and _value(plain) == whole else None


def _raw_text(node: ast.AST, line: Line) -> str | None:
    r"""Turn ``"\d"`` into ``r"\d"``, if the value stays the same: not ``"\d\n"``.

    Strings with a prefix stay.
    """
    if not isinstance(node, ast.Constant) or not isinstance(node.value, str):
        return None
    text = line.of(node)
    if "\\" not in text or text[:1] not in "\"'":
        return None
    return f"r{text}" if _value(f"r{text}") == node.value else None


def _value(text: str) -> object:
    """Return the value of the literal `text`, or ``None`` if `text` is not a literal."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return ast.literal_eval(text)
        except (SyntaxError, ValueError):
            return None


#: By code, the rule for single nodes of a line.
_RULES: dict[str, comparisons.Rule] = {
    "E711": comparisons.none_compared,
    "E712": comparisons.truth_compared,
    "E713": comparisons.not_in,
    "E714": comparisons.not_in,
    "E721": comparisons.type_compared,
    "F541": _plain_text,
    "F632": comparisons.literal_compared,
    "W605": _raw_text,
}
