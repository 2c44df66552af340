"""The head of a function with type hints where they are missing, as far as they can be told.

What the code does not tell stands as ``...``, which the student replaces.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from grader.analysis.fixes.own_line import Fix, Line
from grader.analysis.syntax.signatures import plain_arguments, starred_arguments, values_given
from grader.analysis.syntax.statements import FUNCTIONS, Function
from grader.checks.type_hints.hints import Hints
from grader.domain.inspection import Finding

UNKNOWN = "..."
_DISPLAYS = {ast.List: "list", ast.Dict: "dict", ast.Set: "set", ast.Tuple: "tuple"}
_FIXED = frozenset({"missing-hints", "missing-hints-all"})
Edit = tuple[int, int, str]


def hint_fix(places: Iterable[Hints]) -> Fix:
    """How to complete the hints of a function; all functions of the file are given."""
    by_line = {item.definition.node.lineno: item for item in places if item.unhinted}

    def fix(finding: Finding, line: Line) -> str | None:
        item, found = by_line.get(finding.line), line.statement
        if item is None or not isinstance(found, FUNCTIONS) or finding.code not in _FIXED:
            return None
        return line.with_edits(_edits(item, found, line))

    return fix


def _edits(item: Hints, head: Function, line: Line) -> Iterator[Edit]:
    missing = set(item.unhinted)
    asked = {one.arg for one in (*plain_arguments(item.definition), *starred_arguments(head))}
    for argument, default in _arguments(head.args):
        if argument.arg in asked and f"`{argument.arg}`" in missing and not argument.annotation:
            yield _argument(argument, default, line)
    if "its result" in missing and head.returns is None:
        end = _closing(head, line)
        hint = _result(item.definition.node)
        yield end, end, f" -> {hint}"


def _arguments(given: ast.arguments) -> Iterator[tuple[ast.arg, ast.expr | None]]:
    """Every argument with its default."""
    positional = [*given.posonlyargs, *given.args]
    bare: list[ast.expr | None] = [None] * (len(positional) - len(given.defaults))
    yield from zip(positional, [*bare, *given.defaults], strict=True)
    yield from zip(given.kwonlyargs, given.kw_defaults, strict=True)
    yield from ((one, None) for one in (given.vararg, given.kwarg) if one is not None)


def _argument(argument: ast.arg, default: ast.expr | None, line: Line) -> Edit:
    end = line.end(argument)
    if default is None:
        return end, end, f": {UNKNOWN}"
    equals = line.text.index("=", end)
    return (
        end,
        line.start(default),
        f": {_kind(default)} = " + line.text[equals + 1 : line.start(default)].lstrip(),
    )


def _kind(value: ast.expr) -> str:
    """The type of a literal."""
    if isinstance(value, ast.Constant):
        if value.value is None:
            return f"{UNKNOWN} | None"
        return UNKNOWN if value.value is ... else type(value.value).__name__
    if isinstance(value, ast.JoinedStr):
        return "str"
    return _DISPLAYS.get(type(value), UNKNOWN)


def _closing(head: Function, line: Line) -> int:
    """Behind the bracket that closes the arguments."""
    within = [node for node in ast.walk(head.args) if hasattr(node, "end_col_offset")]
    start = max((line.end(node) for node in within), default=0)
    return line.text.index(")", max(start, line.text.index("("))) + 1


def _result(function: ast.AST) -> str:
    """The type of what a function gives back: ``None``, or that of the literals it returns."""
    if not isinstance(function, FUNCTIONS):
        return UNKNOWN
    given = list(values_given(function))
    if not given:
        return "None"
    kinds = {
        _kind(one.value) if isinstance(one, ast.Return) and one.value else UNKNOWN for one in given
    }
    ends = isinstance(function.body[-1], ast.Return)
    return kinds.pop() if ends and len(kinds) == 1 else UNKNOWN
