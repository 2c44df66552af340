"""Lines that flake8 complains of, as they should be."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Callable, Iterable

from grader.analysis.fixes.except_clauses import except_clause_fix
from grader.analysis.fixes.own_line import Fix, Line
from grader.checks.style import comparisons
from grader.checks.style.imports import one_import_a_line, without_imports
from grader.domain.inspection import Finding
from grader.domain.source import SourceFile

_UNUSED_NAME = re.compile(r"local variable '(\w+)' is assigned to but never used")
_PREFIXED = re.compile(r"(?i:(r?)f(r?))(?=[\"'])")


def style_fix(source: SourceFile, findings: Iterable[Finding]) -> Fix:
    """Return the fix for lines with flake8 findings; ``findings`` are all those of the file."""
    imports = without_imports(findings)
    handlers = except_clause_fix(source)

    def fix(finding: Finding, line: Line) -> str | None:
        if finding.code == "F401":
            return imports(finding, line)
        if finding.code == "E722":
            return handlers(finding, line)
        if finding.code == "F841":
            return _without_name(finding, line)
        rule, whole = _RULES.get(finding.code), _WHOLE.get(finding.code)
        if rule is not None:
            return comparisons.rewritten(line, rule)
        return whole(line) if whole is not None else None

    return fix


def _without_blanks(line: Line) -> str | None:
    return line.text.rstrip()


def _as_function(line: Line) -> str | None:
    """``def f(x): return x`` in two lines for ``f = lambda x: x``."""
    found = line.statement
    if not isinstance(found, ast.Assign) or not isinstance(found.value, ast.Lambda):
        return None
    if not isinstance(found.targets[0], ast.Name) or line.end(found) != len(line.text.rstrip()):
        return None
    text = line.of(found.value).removeprefix("lambda")
    for colon in (at for at, sign in enumerate(text) if sign == ":"):
        given, body = text[:colon].strip(), text[colon + 1 :].strip()
        if _same_lambda(given, body, found.value):
            return f"def {found.targets[0].id}({given}):\n    return {body}"
    return None


def _same_lambda(given: str, body: str, wanted: ast.Lambda) -> bool:
    try:
        made = ast.parse(f"lambda {given}: ({body})", mode="eval").body
    except SyntaxError:
        return False
    return ast.dump(made) == ast.dump(wanted)


def _without_name(finding: Finding, line: Line) -> str | None:
    """``f()`` for ``x = f()``, and ``except ValueError:`` for ``except ValueError as x:``."""
    told, found = _UNUSED_NAME.match(finding.message), line.statement
    if told is None:
        return None
    if isinstance(found, ast.ExceptHandler):
        return _without_alias(found, told[1], line)
    if not isinstance(found, ast.Assign) or not isinstance(found.value, ast.Call):
        return None
    only = [target.id for target in found.targets if isinstance(target, ast.Name)] == [told[1]]
    return line.text[line.start(found.value) :] if only and len(found.targets) == 1 else None


def _without_alias(handler: ast.ExceptHandler, name: str, line: Line) -> str | None:
    if handler.type is None or handler.name != name:
        return None
    end = line.end(handler.type)
    fit = re.match(rf"\s+as\s+{name}\b", line.text[end:])
    return line.text[:end] + line.text[end + fit.end() :] if fit else None


def _plain_text(node: ast.AST, line: Line) -> str | None:
    """``"text"`` for ``f"text"``."""
    if not isinstance(node, ast.JoinedStr):
        return None
    if any(not isinstance(part, ast.Constant) for part in node.values):
        return None
    text = line.of(node)
    plain = _PREFIXED.sub(r"\1\2", text, count=1)
    whole = "".join(str(part.value) for part in node.values if isinstance(part, ast.Constant))
    return plain if plain != text and _value(plain) == whole else None


def _raw_text(node: ast.AST, line: Line) -> str | None:
    r"""``r"\d"`` for ``"\d"``."""
    if not isinstance(node, ast.Constant) or not isinstance(node.value, str):
        return None
    text = line.of(node)
    if "\\" not in text or text[:1] not in "\"'":
        return None
    return f"r{text}" if _value(f"r{text}") == node.value else None


def _value(text: str) -> object:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return ast.literal_eval(text)
        except (SyntaxError, ValueError):
            return None


#: By code, what becomes of single nodes of the line.
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
#: By code, what becomes of the whole line.
_WHOLE: dict[str, Callable[[Line], str | None]] = {
    "E401": one_import_a_line,
    "E731": _as_function,
    "W291": _without_blanks,
}
