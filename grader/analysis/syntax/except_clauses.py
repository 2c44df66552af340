"""Which errors an ``except`` clause catches, and whether it handles them."""

from __future__ import annotations

import ast
from collections.abc import Collection

from grader.analysis.syntax.dotted_names import last_name
from grader.analysis.syntax.statements import every_statement, is_constant_expression
from grader.analysis.syntax.walk import expressions

#: Names that :func:`caught` returns for ``except:`` alone, and for a computed class, e.g.
#: ``except errors_of(mode):``.
EVERYTHING = ""
SOMETHING = "?"

#: Names in the result of :func:`caught` that stand for every error.
_BROAD = frozenset({EVERYTHING, "Exception", "BaseException"})
#: Errors with a common, harmless meaning (not found, not installed, asked to stop): a clause that
#: ignores them is deliberate, e.g. ``except KeyError: pass``; not ``except ValueError: pass``.
#: Chosen by hand.
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
#: Functions and methods that clean up. If one fails, there is mostly nothing left to clean up, e.g.
#: ``file.close()``; not ``file.flush()``. ``mkdir`` fails if the folder exists. Chosen by hand.
_CLEANING = frozenset(
    "cancel cleanup close disconnect kill mkdir quit release remove rmdir rmtree shutdown stop"
    " terminate unlink".split()
)
#: Functions that record or print the traceback, e.g. ``logging.exception(...)``.
_WITH_TRACEBACK = frozenset(
    "exception exc_info format_exc format_exception print_exc print_exception".split()
)
#: Functions that end the program, e.g. ``sys.exit(1)``.
_LEAVING = frozenset("exit quit _exit abort".split())
#: Statements without effect of their own; those inside an ``if`` or a loop are judged separately.
_HOLLOW = (ast.Pass, ast.Continue, ast.If, ast.For, ast.While)
#: Names of the node classes of ``try`` with ``except`` and of ``try`` with ``except*``.
_TRIES = frozenset({"Try", "TryStar"})


def is_try(node: ast.AST) -> bool:
    """Return whether ``node`` is a ``try`` statement: with ``except``, ``except*`` or neither."""
    return type(node).__name__ in _TRIES


def caught(kind: ast.expr | None) -> tuple[str, ...]:
    """Return the last part of each error's name in ``kind``, the expression after ``except``.

    ``("OSError", "Empty")`` for ``(OSError, queue.Empty)``. If ``kind`` is ``None`` (a bare
    ``except:``), the one name is :data:`EVERYTHING`. :data:`SOMETHING` stands for each error that
    is not given by a name. An empty tuple gives no names.
    """
    if kind is None:
        return (EVERYTHING,)
    listed = kind.elts if isinstance(kind, ast.Tuple) else [kind]
    return tuple(last_name(one) or SOMETHING for one in listed)


def is_broad(names: Collection[str]) -> bool:
    """Return whether ``names`` have ``Exception``, ``BaseException`` or :data:`EVERYTHING`.

    ``names`` is the result of :func:`caught`.
    """
    return not _BROAD.isdisjoint(names)


def is_silent(handler: ast.ExceptHandler) -> bool:
    """Return whether no statement of ``handler``, at any depth, has an effect.

    Without effect are ``pass``, ``continue``, constants such as ``...``, a mere name, a ``print``
    of nothing or of empty constants (``print("")``, ``print(None)``), ``_ = x``, whatever is
    assigned to ``_``, and an ``if``, ``for`` or ``while`` around only those, whatever its
    condition. Everything else has an effect, e.g. ``return``, ``break``, ``x = 1`` and
    ``print("oops")``.
    """
    return all(_is_hollow(statement) for statement, _ in every_statement(handler)[1:])


def _is_hollow(statement: ast.AST) -> bool:
    """Return whether ``statement``, without those inside it, has no effect."""
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
    """Return whether ``call`` has a positional argument that is not an empty constant."""
    given = call.args if isinstance(call, ast.Call) else []
    return any(not (isinstance(one, ast.Constant) and not one.value) for one in given)


def is_deliberate(names: Collection[str]) -> bool:
    """Return whether all ``names`` are errors that programs commonly ignore on purpose.

    The list is chosen by hand, e.g. ``KeyError`` and ``ImportError``; not ``ValueError`` or
    ``OSError``. True for no names.
    """
    return _DELIBERATE.issuperset(names)


def deals_with_it(handler: ast.ExceptHandler) -> bool:
    """Return whether ``handler`` handles the error that it catches.

    It does if a statement of it, at any depth, raises, ends the program, returns a positive integer
    (``return 1``, an exit status), logs or prints the traceback, or uses the variable of ``as``,
    e.g. ``log(error)``. These do not count: a message without the variable (``log("oops")``), any
    other ``print``, e.g. ``print(f"bad: {error}")``, ``_ = error``, and the variable in the head of
    an ``if``, ``for`` or ``while`` alone. After them, the program goes on as if nothing had
    happened.
    """
    return any(_deals(item, handler.name) for item, _ in every_statement(handler)[1:])


def _deals(statement: ast.AST, name: str | None) -> bool:
    """Return whether ``statement`` itself handles the error, whose variable is ``name``."""
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
    """Return whether ``node`` ends the program, records a traceback or is ``exc_info=True``."""
    if isinstance(node, ast.keyword):
        asked = not (isinstance(node.value, ast.Constant) and not node.value.value)
        return node.arg == "exc_info" and asked
    return isinstance(node, ast.Call) and last_name(node.func) in _WITH_TRACEBACK | _LEAVING


def _is_failure_status(statement: ast.AST) -> bool:
    """Return whether ``statement`` returns a positive integer: an exit status, e.g. of ``main``."""
    value = statement.value if isinstance(statement, ast.Return) else None
    return isinstance(value, ast.Constant) and type(value.value) is int and value.value > 0


def only_imports(body: Collection[ast.stmt]) -> bool:
    """Return whether the first statement of ``body`` is an import; those after it may be any.

    ``body`` is that of a ``try``, which then tests whether a library is installed. False if it is
    empty.
    """
    return isinstance(next(iter(body), None), ast.Import | ast.ImportFrom)


def only_cleans(body: Collection[ast.stmt]) -> bool:
    """Return whether every statement of ``body`` is a call that cleans up, e.g. ``f.close()``.

    The last part of the function's name decides, by a list. True if ``body`` is empty.
    """
    return all(
        isinstance(item, ast.Expr)
        and isinstance(item.value, ast.Call)
        and last_name(item.value.func) in _CLEANING
        for item in body
    )
