"""What a module does, beyond defining things, while it is being imported.

A value for a name is no effect, however it was computed, unless it is known that computing it
prints, asks, or reaches for files, the network or the system. A call that stands by itself is one,
unless it only adds to something that this module made.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import chain
from typing import NamedTuple

from grader.analysis.syntax.dotted_names import root_of
from grader.analysis.syntax.evaluation import worked_out
from grader.analysis.syntax.import_time import is_guard
from grader.analysis.syntax.scopes import MUTATORS
from grader.analysis.syntax.statements import FUNCTIONS, bodies, is_constant_expression
from grader.checks.import_effects.known_calls import RUNS, known_effect

_LOOPS = (ast.For, ast.AsyncFor, ast.While)
_WITHS = (ast.With, ast.AsyncWith)

#: Calls by themselves that only add to what this module made: ``app.include_router(users)``.
_ADDS = ("add", "after_", "before_", "configure", "include", "mount", "register", "set_defaults")
#: Complaints of a file that somebody is about to import, or a library's own silence.
_SPOKEN = frozenset({"warnings.warn", "logging.basicConfig"})
#: Statements in the handler of a failed import: a message, and the end of the program.
_HANDLER_ROOM = 2
_IMPORT_ERRORS = frozenset({"ImportError", "ModuleNotFoundError"})
_PLATFORM = frozenset({"version_info", "platform", "hexversion", "name", "maxsize"})


class Effect(NamedTuple):
    """One statement that does something on import: its place, a code, and the words for what."""

    node: ast.AST
    code: str
    what: str


class Module(NamedTuple):
    """The names of a module that decide what is an effect."""

    imported: Collection[str]
    made: Collection[str]
    effectful: Mapping[str, str]
    is_main: bool


def effects_of(body: Sequence[ast.stmt], module: Module) -> Iterator[Effect]:
    """The effects of statements, at every depth, outside guards and functions."""
    waiting = list(reversed(body))
    while waiting:
        statement = waiting.pop()
        effect = _effect(statement, module)
        if effect:
            yield effect
        waiting.extend(reversed(_inside(statement, module)))


def guarded(body: Sequence[ast.stmt]) -> Iterator[ast.stmt]:
    """The statements below the guards of a module."""
    for statement in body:
        if isinstance(statement, ast.If) and is_guard(statement):
            yield from statement.body


def _inside(statement: ast.stmt, module: Module) -> list[ast.stmt]:
    """The statements inside one that run when it does."""
    if isinstance(statement, FUNCTIONS) or _is_version_check(statement):
        return []
    if isinstance(statement, ast.If) and (is_guard(statement) or _is_for_types(statement, module)):
        return statement.orelse
    inside = chain.from_iterable(bodies(statement))
    excused = _excused(statement) if isinstance(statement, ast.Try) else ()
    return [each for each in inside if id(each) not in excused]


def _excused(statement: ast.Try) -> Collection[int]:
    """The statements, by identity, that run only where an import fails."""
    if not all(isinstance(each, ast.Import | ast.ImportFrom) for each in statement.body):
        return ()
    handlers = filter(_is_missing_import, statement.handlers)
    return {id(each) for handler in handlers for each in handler.body}


def _is_for_types(statement: ast.If, module: Module) -> bool:
    """Never run, unless the module calls something of its own ``TYPE_CHECKING``."""
    test = statement.test
    name = str(getattr(test, "attr", None) or getattr(test, "id", ""))
    return name == "TYPE_CHECKING" and name not in module.made


def _is_version_check(statement: ast.stmt) -> bool:
    """``if sys.version_info < (3, 11): raise ...`` and nothing else."""
    if not isinstance(statement, ast.If) or statement.orelse:
        return False
    asked = {str(getattr(node, "attr", "")) for node in ast.walk(statement.test)}
    return bool(asked & _PLATFORM) and all(isinstance(each, ast.Raise) for each in statement.body)


def _is_missing_import(handler: ast.ExceptHandler) -> bool:
    """A handler that says what to install where an import fails, and gives up."""
    if handler.type is None or len(handler.body) > _HANDLER_ROOM:
        return False
    caught = {str(getattr(node, "id", "")) for node in ast.walk(handler.type)}
    simple = all(isinstance(each, ast.Raise | ast.Expr) for each in handler.body)
    return simple and bool(caught & _IMPORT_ERRORS)


def _effect(statement: ast.stmt, module: Module) -> Effect | None:
    """What a statement itself does, without the statements inside it."""
    code, name = known_effect(_header(statement), module.effectful)
    if isinstance(statement, _LOOPS):
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


def _header(statement: ast.stmt) -> Iterator[ast.AST]:
    """What is worked out on import; decorators are free, and so are base classes."""
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
    """An expression by itself: a call in it has no other purpose than what it does."""
    if isinstance(statement.value, ast.Call) and _only_adds(statement.value.func, module):
        return None
    calls = any(isinstance(node, ast.Call | ast.Await) for node in worked_out(statement))
    return Effect(statement, RUNS, "This call runs") if calls else None


def _only_adds(function: ast.expr, module: Module) -> bool:
    if not isinstance(function, ast.Attribute):
        return False
    root, _ = root_of(function)
    if function.attr == "addHandler" or f"{root}.{function.attr}" in _SPOKEN:
        return function.attr != "basicConfig" or module.is_main
    adds = function.attr in MUTATORS or function.attr.startswith(_ADDS)
    return adds and (root in module.made or root == "__all__" or root[:1].isupper())


def _change(statement: ast.stmt, module: Module) -> Effect | None:
    """A change of something that was imported: ``os.environ["HOME"] = "/"``."""
    targets = list(getattr(statement, "targets", ()))
    if isinstance(statement, ast.AugAssign):
        targets = [statement.target]
    for target in targets:
        root, _ = root_of(target) if isinstance(target, ast.expr) else ("", "")
        if root in module.imported and not isinstance(target, ast.Name):
            return Effect(statement, RUNS, f"`{root}` is changed")
    return None
