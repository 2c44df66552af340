"""What an ``except`` clause catches, and whether it does anything about it."""

from __future__ import annotations

import ast
from collections.abc import Collection

from grader.analysis.syntax.dotted_names import last_name
from grader.analysis.syntax.statements import every_statement, is_constant_expression
from grader.analysis.syntax.walk import expressions

#: What :func:`caught` says of ``except:`` alone, and of a name worked out while running.
EVERYTHING = ""
SOMETHING = "?"

_BROAD = frozenset({EVERYTHING, "Exception", "BaseException"})
#: Errors that are part of how Python looks things up, ends a loop or is asked to stop. To do
#: nothing about them is a choice.
_DELIBERATE = frozenset(
    {
        "AttributeError",
        "BrokenPipeError",
        "CancelledError",
        "Empty",
        "FileExistsError",
        "GeneratorExit",
        "ImportError",
        "IndexError",
        "KeyError",
        "KeyboardInterrupt",
        "LookupError",
        "ModuleNotFoundError",
        "NotImplementedError",
        "ProcessLookupError",
        "StopAsyncIteration",
        "StopIteration",
        "SystemExit",
    }
)
#: Calls that clean up: where they fail there is mostly nothing left to clean.
_CLEANING = frozenset(
    "cancel cleanup close disconnect kill mkdir quit release remove rmdir rmtree shutdown stop"
    " terminate unlink".split()
)
_WITH_TRACEBACK = frozenset(
    "exception exc_info format_exc format_exception print_exc print_exception".split()
)
_LEAVING = frozenset("exit quit _exit abort".split())
_HOLLOW = (ast.Pass, ast.Continue, ast.If, ast.For, ast.While)
_TRIES = frozenset({"Try", "TryStar"})


def is_try(node: ast.AST) -> bool:
    """Whether a node is ``try``, with ``except`` or ``except*``."""
    return type(node).__name__ in _TRIES


def caught(kind: ast.expr | None) -> tuple[str, ...]:
    """The last parts of the names that an ``except`` clause lists."""
    if kind is None:
        return (EVERYTHING,)
    listed = kind.elts if isinstance(kind, ast.Tuple) else [kind]
    return tuple(last_name(one) or SOMETHING for one in listed)


def is_broad(names: Collection[str]) -> bool:
    """Whether every error there is would be caught."""
    return not _BROAD.isdisjoint(names)


def is_silent(handler: ast.ExceptHandler) -> bool:
    """Whether nothing happens in a clause, however many statements it spends on that."""
    return all(_is_hollow(statement) for statement, _ in every_statement(handler)[1:])


def _is_hollow(statement: ast.AST) -> bool:
    if isinstance(statement, ast.Assign):
        return all(last_name(target) == "_" for target in statement.targets)
    if not isinstance(statement, ast.Expr):
        return isinstance(statement, _HOLLOW)
    if is_constant_expression(statement) or isinstance(statement.value, ast.Name):
        return True
    return _is_print(statement.value) and not _says_something(statement.value)


def _is_print(value: ast.expr) -> bool:
    return isinstance(value, ast.Call) and last_name(value.func) == "print"


def _says_something(call: ast.expr) -> bool:
    given = call.args if isinstance(call, ast.Call) else []
    return any(not (isinstance(one, ast.Constant) and not one.value) for one in given)


def is_deliberate(names: Collection[str]) -> bool:
    """Whether to do nothing about these errors is a common and clear choice."""
    return _DELIBERATE.issuperset(names)


def deals_with_it(handler: ast.ExceptHandler) -> bool:
    """Whether a clause raises, leaves the program, logs the traceback or uses the error.

    Only to print the error is no use of it: the program goes on as if all were well.
    """
    return any(_deals(item, handler.name) for item, _ in every_statement(handler)[1:])


def _deals(statement: ast.AST, name: str | None) -> bool:
    if isinstance(statement, ast.Raise):
        return True
    parts = list(expressions(statement))
    if any(_leaves_or_logs(node) for node in parts) or _is_failure_status(statement):
        return True
    if name is None or _only_prints(statement) or _is_hollow(statement):
        return False
    return any(isinstance(node, ast.Name) and node.id == name for node in parts)


def _only_prints(statement: ast.AST) -> bool:
    return isinstance(statement, ast.Expr) and _is_print(statement.value)


def _leaves_or_logs(node: ast.AST) -> bool:
    if isinstance(node, ast.keyword):
        asked = not (isinstance(node.value, ast.Constant) and not node.value.value)
        return node.arg == "exc_info" and asked
    return isinstance(node, ast.Call) and last_name(node.func) in _WITH_TRACEBACK | _LEAVING


def _is_failure_status(statement: ast.AST) -> bool:
    """``return 1``: the program's exit status, told by ``main``."""
    value = statement.value if isinstance(statement, ast.Return) else None
    return isinstance(value, ast.Constant) and type(value.value) is int and value.value > 0


def only_imports(body: Collection[ast.stmt]) -> bool:
    """Whether a ``try`` only looks whether a library is there."""
    return isinstance(next(iter(body), None), ast.Import | ast.ImportFrom)


def only_cleans(body: Collection[ast.stmt]) -> bool:
    """Whether a ``try`` only takes something down."""
    return all(
        isinstance(item, ast.Expr)
        and isinstance(item.value, ast.Call)
        and last_name(item.value.func) in _CLEANING
        for item in body
    )
