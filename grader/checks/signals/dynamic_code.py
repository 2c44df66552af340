"""Where a file runs a text as a program, or loads what nobody can tell beforehand."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from grader.analysis.syntax.call_targets import Aliases, aliases_of, target_of
from grader.analysis.syntax.dotted_names import last_name
from grader.checks.signals.gathering import Gathered
from grader.domain.inspection import Finding

_RUNS = frozenset({"exec", "eval", "runpy.run_path", "runpy.run_module", "marshal.loads"})
_LOADS = frozenset({"__import__", "importlib.import_module", "importlib.__import__"})
_LOADS_A_PATH = frozenset({"importlib.util.spec_from_file_location"})
#: A text, the name of its file and what it is make three: with fewer it is another ``compile``.
_COMPILE_ARGUMENTS = 3
#: Whatever else a call is named, it is none of these.
_LAST_NAMES = {name.rpartition(".")[2] for name in (*_RUNS, *_LOADS, *_LOADS_A_PATH, "compile")}
#: Handed on without a call, these run a text all the same.
_HANDED_ON = frozenset({"exec", "eval", "__import__", "__builtins__"})
_FOREIGN = frozenset({"ctypes", "_ctypes", "cffi"})


def runs_text(gathered: Gathered) -> Iterator[Finding]:
    """Calls that run a text or import by a computed name, such functions handed on, ctypes."""
    aliases = aliases_of(gathered.bindings)
    for node in gathered.bindings:
        yield from _foreign(node)
    names = _LAST_NAMES | aliases.imported.keys()
    for call in gathered.calls:
        if last_name(call.func) in names:
            yield from _call(call, aliases)
    yield from _handed_on(gathered, aliases)


def _call(call: ast.Call, aliases: Aliases) -> Iterator[Finding]:
    name = _meant(call.func, aliases)
    arguments = len(call.args) + len(call.keywords)
    if name in _RUNS or (name == "compile" and arguments >= _COMPILE_ARGUMENTS):
        yield _finding("text-as-code", call, f"`{name}` runs a text as a program")
    elif name in _LOADS_A_PATH or (name in _LOADS and not _is_plain(call)):
        yield _finding("computed-import", call, f"`{name}` imports what is worked out")


def _meant(function: ast.expr, aliases: Aliases) -> str:
    """The dotted name of a function that is built in or imported; nothing for the file's own."""
    target = target_of(function, aliases)
    if target.module == "*" or target.dotted in aliases.own:
        return ""
    return target.dotted.removeprefix("builtins.")


def _is_plain(call: ast.Call) -> bool:
    """Whether the module's name stands there to be read."""
    given = [*call.args, *(one.value for one in call.keywords if one.arg == "name")]
    return bool(given) and isinstance(given[0], ast.Constant)


def _handed_on(gathered: Gathered, aliases: Aliases) -> Iterator[Finding]:
    suspects = [name for name in gathered.names if name.id in _HANDED_ON - aliases.own]
    called = {id(call.func) for call in gathered.calls} if suspects else set()
    for name in suspects:
        if id(name) not in called and isinstance(name.ctx, ast.Load):
            message = f"`{name.id}` is handed on, so that a text can be run as a program"
            yield _finding("text-as-code", name, message)


def _foreign(node: ast.stmt) -> Iterator[Finding]:
    modules: list[str] = []
    if isinstance(node, ast.Import):
        modules = [one.name for one in node.names]
    elif isinstance(node, ast.ImportFrom) and not node.level:
        modules = [node.module or ""]
    for module in modules:
        if module.split(".")[0] in _FOREIGN:
            yield _finding("foreign-code", node, f"`{module}` calls what is not Python")


def _finding(code: str, node: ast.expr | ast.stmt, message: str) -> Finding:
    return Finding(code=code, line=node.lineno, column=node.col_offset + 1, message=message)
