"""The statements of a module that have an effect while it is being imported.

An assignment is no effect, unless its value is computed by a call that is known to print, ask, or
access files, the network or the system: ``LIMIT = compute()`` is none, ``rows = open(path)`` is
one. A call that is a statement of its own is an effect, unless it only registers something on an
object of this module: ``main()`` is one, ``parser.add_argument("path")`` is none. What a framework
demands outside functions is none: ``st.title("Prices")`` on a Streamlit page.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import chain
from typing import NamedTuple

from grader.analysis.syntax.dotted_names import last_name, root_of
from grader.analysis.syntax.import_time import is_guard
from grader.analysis.syntax.statements import FUNCTIONS, LOOPS, bodies, is_constant_expression
from grader.analysis.syntax.stdlib_effects import MUTATORS
from grader.analysis.syntax.walk import worked_out
from grader.checks.import_effects.known_calls import RUNS, known_effect

#: Statements that are an effect by themselves, whatever they contain.
_WITHS = (ast.With, ast.AsyncWith)

#: Beginnings of methods that register something on an object of this module.
#: e.g. `app.include_router(users)` and `parser.add_argument("path")`; not `app.run()`.
#: Chosen by hand.
_REGISTERING = (
    "add",
    "after_",
    "before_",
    "configure",
    "include",
    "mount",
    "register",
    "set_defaults",
)
#: Calls that are allowed on import: `warnings.warn("deprecated")`, and in a ``main.py`` also
#: `logging.basicConfig()`; not `logger.info("start")`. Chosen by hand.
_ANNOUNCING = frozenset({"warnings.warn", "logging.basicConfig"})
#: Most statements in the handler of a failed import, e.g. `print("Install pandas")` and `raise`.
#: The statements of a longer handler count as effects like others. Chosen by hand.
_MAX_HANDLER_STATEMENTS = 2
#: What a handler of a failed import catches; ``except Exception`` is no such handler.
_IMPORT_ERRORS = frozenset({"ImportError", "ModuleNotFoundError"})
#: Attributes of ``sys`` and ``os`` that are the version of Python or the platform, e.g.
#: `sys.version_info` and `os.name`; not `sys.argv`.
_PLATFORM = frozenset({"version_info", "platform", "hexversion", "name", "maxsize"})


class Effect(NamedTuple):
    """A statement, ``node``, that does something while its module is imported: ``print(1)``.

    ``code`` is that of the finding: ``PRINTS``, ``ASKS``, ``READS`` (also for writing and the
    network), or ``RUNS`` for anything else. ``message`` is the first part of the finding's message.
    """

    node: ast.AST
    code: str
    message: str


class Module(NamedTuple):
    """What is known of a module's names, to decide which of its statements are effects.

    ``imported``: the names that it imports at the top level. ``defined``: the others that it
    defines or assigns there, but for ``a, b = pair``. ``effectful``: by name, the finding code of
    each of its functions that prints, asks, or accesses files or the network, see
    `effectful_functions`. ``is_main``: it is a ``main.py``, which may set up logging. ``demanded``:
    the statements that a framework demands outside functions.
    """

    imported: Collection[str]
    defined: Collection[str]
    effectful: Mapping[str, str]
    is_main: bool
    demanded: Collection[ast.stmt]


def effects_of(body: Sequence[ast.stmt], module: Module) -> Iterator[Effect]:
    """Yield the effect of each statement of `body` that has one, at every depth.

    So a loop has an effect, and each ``print`` in it another one. Not searched are the bodies of
    functions, of ``__main__`` guards and of ``if TYPE_CHECKING:``, version checks that raise,
    handlers that only report a failed import, and decorators. Bodies of classes and defaults of
    arguments are.
    """
    waiting = list(reversed(body))
    while waiting:
        statement = waiting.pop()
        effect = _effect(statement, module)
        if effect:
            yield effect
        waiting.extend(reversed(_nested_statements(statement, module)))


def guarded(body: Sequence[ast.stmt]) -> Iterator[ast.stmt]:
    """Yield the statements directly below each ``if __name__ == "__main__":`` of `body`.

    Guards inside other statements and the ``else`` of a guard are left out.
    """
    for statement in body:
        if isinstance(statement, ast.If) and is_guard(statement):
            yield from statement.body


def _nested_statements(statement: ast.stmt, module: Module) -> list[ast.stmt]:
    """Return the statements directly inside `statement` that run on import and may be effects.

    Left out are bodies of functions, guards and ``if TYPE_CHECKING:``, version checks, and
    handlers that only report a failed import.
    """
    if isinstance(statement, FUNCTIONS) or _is_version_check(statement):
        return []
    if isinstance(statement, ast.If) and (
        is_guard(statement) or _is_type_checking(statement, module)
    ):
        return statement.orelse
    nested = chain.from_iterable(bodies(statement))
    handling = _import_error_handling(statement) if isinstance(statement, ast.Try) else ()
    return [each for each in nested if id(each) not in handling]


def _import_error_handling(statement: ast.Try) -> Collection[int]:
    """Return the ids of the statements of `statement` that only report a failed import.

    e.g. of ``print("Install pandas.")`` below ``except ImportError:``. There are none if the
    ``try`` contains anything but imports.
    """
    if not all(isinstance(each, ast.Import | ast.ImportFrom) for each in statement.body):
        return ()
    handlers = filter(_is_missing_import, statement.handlers)
    return {id(each) for handler in handlers for each in handler.body}


def _is_type_checking(statement: ast.If, module: Module) -> bool:
    """Return whether `statement` is ``if TYPE_CHECKING:``, which never runs.

    A name ``TYPE_CHECKING`` that the module itself defines may be true.
    """
    test = statement.test
    name = last_name(test)
    return name == "TYPE_CHECKING" and name not in module.defined


def _is_version_check(statement: ast.stmt) -> bool:
    """Return whether `statement` only raises an error for a version of Python or a platform.

    e.g. ``if sys.version_info < (3, 11): raise ...``; not with ``else``, or with ``sys.exit()``.
    """
    if not isinstance(statement, ast.If) or statement.orelse:
        return False
    attributes = {str(getattr(node, "attr", "")) for node in ast.walk(statement.test)}
    return bool(attributes & _PLATFORM) and all(
        isinstance(each, ast.Raise) for each in statement.body
    )


def _is_missing_import(handler: ast.ExceptHandler) -> bool:
    """Return whether `handler` catches a failed import, and only calls functions or raises.

    Not ``except ImportError: pandas = None``, or a handler of more than two statements.
    """
    if handler.type is None or len(handler.body) > _MAX_HANDLER_STATEMENTS:
        return False
    caught = {str(getattr(node, "id", "")) for node in ast.walk(handler.type)}
    simple = all(isinstance(each, ast.Raise | ast.Expr) for each in handler.body)
    return simple and bool(caught & _IMPORT_ERRORS)


def _effect(statement: ast.stmt, module: Module) -> Effect | None:
    """Return the effect of `statement` itself, without the statements inside it, or ``None``."""
    if statement in module.demanded:
        return None
    code, name = known_effect(_evaluated_nodes(statement), module.effectful)
    if isinstance(statement, LOOPS):
        word = "while" if isinstance(statement, ast.While) else "for"
        return Effect(statement, code or RUNS, f"This `{word}` loop runs")
    if code:
        return Effect(statement, code, f"`{name}` is called")
    if isinstance(statement, _WITHS):
        return Effect(statement, RUNS, "This `with` block runs")
    if isinstance(statement, ast.Raise | ast.Assert):
        return Effect(statement, RUNS, f"This `{type(statement).__name__.lower()}` runs")
    if isinstance(statement, ast.Expr):
        return _bare_expression(statement, module)
    return _change(statement, module)


def _evaluated_nodes(statement: ast.stmt) -> Iterator[ast.AST]:
    """Yield the nodes of `statement` itself that are evaluated on import.

    Of a function these are the defaults of arguments; of a class, a guard or a docstring none.
    Decorators and base classes are left out, since they cannot be moved into a function.
    """
    if isinstance(statement, ast.ClassDef) or is_constant_expression(statement):
        return iter(())
    if isinstance(statement, FUNCTIONS):
        arguments = statement.args
        defaults = (each for each in (*arguments.defaults, *arguments.kw_defaults) if each)
        return (node for each in defaults for node in worked_out(ast.Expr(each)))
    if isinstance(statement, ast.If) and is_guard(statement):
        return iter(())
    return worked_out(statement)


def _bare_expression(statement: ast.Expr, module: Module) -> Effect | None:
    """Return the effect of an expression statement that calls or awaits anything, else ``None``.

    A call that only registers something has none.
    """
    if isinstance(statement.value, ast.Call) and _only_registers(statement.value.func, module):
        return None
    calls = any(isinstance(node, ast.Call | ast.Await) for node in worked_out(statement))
    return Effect(statement, RUNS, "This call runs") if calls else None


def _only_registers(function: ast.expr, module: Module) -> bool:
    """Return whether calling `function` only changes an object of the module, or sets up logging.

    e.g. ``rows.append``, ``app.include_router``, ``Base.register``, ``logger.addHandler``; not
    ``app.run``. `_ANNOUNCING` is allowed too. A capitalised object may be imported.
    """
    if not isinstance(function, ast.Attribute):
        return False
    root, _ = root_of(function)
    if function.attr == "addHandler" or f"{root}.{function.attr}" in _ANNOUNCING:
        return function.attr != "basicConfig" or module.is_main
    registers = function.attr in MUTATORS or function.attr.startswith(_REGISTERING)
    return registers and (root in module.defined or root == "__all__" or root[:1].isupper())


def _change(statement: ast.stmt, module: Module) -> Effect | None:
    """Return the effect of changing an imported object, or ``None``.

    e.g. of ``os.environ["HOME"] = "/"`` and ``del os.environ["HOME"]``; not of ``os = None``.
    """
    targets = list(getattr(statement, "targets", ()))
    if isinstance(statement, ast.AugAssign):
        targets = [statement.target]
    for target in targets:
        root, _ = root_of(target) if isinstance(target, ast.expr) else ("", "")
        if root in module.imported and not isinstance(target, ast.Name):
            return Effect(statement, RUNS, f"`{root}` is changed")
    return None
