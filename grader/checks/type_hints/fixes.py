"""Add missing type hints to the first line of a function, as far as the code shows them.

An unknown type is written as ``...``, which the student replaces.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from grader.analysis.fixes.own_line import Fix, Line
from grader.analysis.syntax.signatures import (
    has_value,
    plain_arguments,
    returns_and_yields,
    starred_arguments,
)
from grader.analysis.syntax.statements import FUNCTIONS, Function
from grader.checks.type_hints.hints import Hints
from grader.domain.inspection import Finding

#: The text in place of a type that the code does not show.
UNKNOWN = "..."
#: Types of literals with brackets, e.g. a default ``[]`` is a ``list``.
_DISPLAYS = {ast.List: "list", ast.Dict: "dict", ast.Set: "set", ast.Tuple: "tuple"}
#: The results of special methods, whatever expression they return: `__str__` gives a `str`; that of
#: `__add__` depends on the class.
_SPECIAL = {
    **dict.fromkeys(("__format__", "__repr__", "__str__"), "str"),
    **dict.fromkeys(("__hash__", "__index__", "__int__", "__len__"), "int"),
    **dict.fromkeys(("__bool__", "__contains__"), "bool"),
    **dict.fromkeys(("__eq__", "__ge__", "__gt__", "__le__", "__lt__", "__ne__"), "bool"),
    "__bytes__": "bytes",
    "__float__": "float",
}
#: Codes of findings that are fixed.
_FIXED = frozenset({"missing-hints", "missing-hints-all"})
#: A start and an end in the text of a line, and the text that replaces what is between them.
Edit = tuple[int, int, str]


def hint_fix(places: Iterable[Hints]) -> Fix:
    """Return a `Fix`: a function of a finding and its line that returns the line with hints added.

    `places` are the hints of all functions of the file. The line is the head of one of these, e.g.
    ``def show(side, unit="m"):``, which becomes ``def show(side: ..., unit: str = "m") -> None:``
    if it returns nothing; ``...`` stands for a type that the code does not show. The function
    returns ``None`` for findings about vague and wrong hints, and for a line that is not the head
    of a function.
    """
    by_line = {item.definition.node.lineno: item for item in places if item.unhinted}

    def fix(finding: Finding, line: Line) -> str | None:
        item, statement = by_line.get(finding.line), line.statement
        if item is None or not isinstance(statement, FUNCTIONS) or finding.code not in _FIXED:
            return None
        return line.with_edits(_edits(item, statement, line))

    return fix


def _edits(item: Hints, head: Function, line: Line) -> Iterator[Edit]:
    """Yield the edits that add the hints which `item` lacks; `head` is the function in `line`.

    A hint that is there but says nothing, e.g. ``x: 3``, is left as it is.
    """
    missing = set(item.unhinted)
    hintable = {one.arg for one in (*plain_arguments(item.definition), *starred_arguments(head))}
    for argument, default in _arguments(head.args):
        if argument.arg in hintable and f"`{argument.arg}`" in missing and not argument.annotation:
            yield _argument(argument, default, line)
    if "its result" in missing and head.returns is None:
        end = _end_of_arguments(head, line)
        yield end, end, f" -> {_result(item.definition.node)}"


def _arguments(arguments: ast.arguments) -> Iterator[tuple[ast.arg, ast.expr | None]]:
    """Yield every argument with its default, or with ``None``; ``*args`` and ``**kwargs`` last."""
    positional = [*arguments.posonlyargs, *arguments.args]
    required: list[ast.expr | None] = [None] * (len(positional) - len(arguments.defaults))
    yield from zip(positional, [*required, *arguments.defaults], strict=True)
    yield from zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
    yield from ((one, None) for one in (arguments.vararg, arguments.kwarg) if one is not None)


def _argument(argument: ast.arg, default: ast.expr | None, line: Line) -> Edit:
    """Return the edit that adds a hint: ``x`` to ``x: ...``, ``x=1`` to ``x: int = 1``."""
    end = line.end(argument)
    if default is None:
        return end, end, f": {UNKNOWN}"
    equals = line.text.index("=", end)
    return (
        end,
        line.start(default),
        f": {_literal_type(default)} = " + line.text[equals + 1 : line.start(default)].lstrip(),
    )


def _literal_type(value: ast.expr | None) -> str:
    """Return the type of the literal `value`: ``int`` for 1, ``... | None`` for ``None``.

    It is ``...`` for any other expression, and without one.
    """
    if isinstance(value, ast.Constant):
        if value.value is None:
            return f"{UNKNOWN} | None"
        return UNKNOWN if value.value is ... else type(value.value).__name__
    if isinstance(value, ast.JoinedStr):
        return "str"
    return _DISPLAYS.get(type(value), UNKNOWN)


def _end_of_arguments(head: Function, line: Line) -> int:
    """Return the index in `line` behind the bracket that closes the arguments of `head`."""
    inside = [node for node in ast.walk(head.args) if hasattr(node, "end_col_offset")]
    start = max((line.end(node) for node in inside), default=0)
    return line.text.index(")", max(start, line.text.index("("))) + 1


def _result(function: ast.AST) -> str:
    """Return the type of the result of `function` as text.

    For a generator, see `_iterator`, and for a special method, `_SPECIAL`. Else ``None`` if it
    returns no value; a type if its last statement is a ``return`` and all returned values are
    literals of that type, followed by ``| None`` if it also returns without a value: ``int | None``
    for ``return 1`` and ``return``. Else ``...``.
    """
    if not isinstance(function, FUNCTIONS):
        return UNKNOWN
    given = list(returns_and_yields(function))
    if not all(isinstance(one, ast.Return) for one in given):
        return _iterator(function, given)
    types = {_given_type(one) for one in given}
    if not types - {"None"}:
        return "None"
    if function.name in _SPECIAL:
        return _SPECIAL[function.name]
    return _joined(types) if isinstance(function.body[-1], ast.Return) else UNKNOWN


def _joined(types: set[str]) -> str:
    """Return the type of values of these `types`: ``int | None`` for int and None.

    It is ``...`` for two types beside ``None``, or if one is unknown.
    """
    kinds = types - {"None"}
    if len(kinds) > 1 or UNKNOWN in kinds:
        return UNKNOWN
    return kinds.pop() + (" | None" if "None" in types else "")


def _iterator(function: Function, given: Iterable[ast.Return | ast.Yield | ast.YieldFrom]) -> str:
    """Return the type of the generator `function`, which yields and returns the values `given`.

    ``Iterator[None]`` for ``yield`` alone, also below ``@contextmanager``; ``Iterator[int]`` if all
    values are literals of that type; ``AsyncIterator[...]`` in an ``async def``. With a ``return``
    of a value it is a ``Generator``, whose third type is that of the value.
    """
    yields = {_given_type(one) for one in given if not isinstance(one, ast.Return)}
    item = yields.pop() if len(yields) == 1 else UNKNOWN
    if isinstance(function, ast.AsyncFunctionDef):
        return f"AsyncIterator[{item}]"
    results = {_given_type(one) for one in given if isinstance(one, ast.Return)} - {"None"}
    if not results:
        return f"Iterator[{item}]"
    return f"Generator[{item}, None, {results.pop() if len(results) == 1 else UNKNOWN}]"


def _given_type(statement: ast.Return | ast.Yield | ast.YieldFrom) -> str:
    """Return the type of what `statement` gives: ``None`` for ``return`` and ``yield`` alone.

    It is ``...`` for ``yield from``, and for a value whose type the code does not show.
    """
    if isinstance(statement, ast.YieldFrom):
        return UNKNOWN
    return _literal_type(statement.value) if has_value(statement) else "None"
