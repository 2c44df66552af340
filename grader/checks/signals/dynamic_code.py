"""Find code that runs a string as a program, or imports a module by a computed name.

The lists of names are chosen by hand.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from grader.analysis.syntax.call_targets import Aliases, aliases_of, target_of
from grader.analysis.syntax.dotted_names import last_name
from grader.checks.signals.gathering import Nodes
from grader.domain.inspection import Finding

#: Functions that run a string or a file as a program, e.g. `exec(text)`. `marshal.loads` makes such
#: code; `json.loads` is none of them.
_RUNS = frozenset({"exec", "eval", "runpy.run_path", "runpy.run_module", "marshal.loads"})
#: Functions that import the module that their first argument names. Reported unless the argument is
#: a literal: `import_module(name)`, not `import_module("csv")`.
_LOADS = frozenset({"__import__", "importlib.import_module", "importlib.__import__"})
#: Functions that import a file by its path.
_LOADS_A_PATH = frozenset({"importlib.util.spec_from_file_location"})
#: Python's ``compile`` needs three arguments: `compile(text, "name", "exec")`. With fewer it is
#: another function, e.g. `compile(pattern)` after `from re import compile`.
_COMPILE_ARGUMENTS = 3
#: Last parts of all these names: a call of another name is skipped before its full name is found.
_LAST_NAMES = {name.rpartition(".")[2] for name in (*_RUNS, *_LOADS, *_LOADS_A_PATH, "compile")}
#: Functions that can run a string even if they are only passed on: `run = exec`, not
#: `run = print`.
_PASSED_ON = frozenset({"exec", "eval", "__import__", "__builtins__"})
#: Modules that call functions of other languages; an import of one or of a submodule is reported.
_FOREIGN = frozenset({"ctypes", "_ctypes", "cffi"})


def dynamic_code(nodes: Nodes) -> Iterator[Finding]:
    """Yield a finding for each call in `nodes` that runs text, or imports by computed name or path.

    Such calls are those of ``exec``, ``eval``, ``runpy``, ``marshal.loads``, ``compile`` with three
    arguments or more, ``import_module`` and ``__import__`` (not of a literal:
    `import_module("csv")`) and ``spec_from_file_location``, also if renamed by an import. There is
    one too for each use of ``exec``, ``eval``, ``__import__`` or ``__builtins__`` that is no call,
    e.g. `run = exec`, and for each import of ``ctypes`` or ``cffi``. Functions of these names that
    the file defines itself are left out. The findings are not sorted.
    """
    aliases = aliases_of(nodes.bindings)
    for node in nodes.bindings:
        yield from _foreign(node)
    names = _LAST_NAMES | aliases.imported.keys()
    for call in nodes.calls:
        if last_name(call.func) in names:
            yield from _call(call, aliases)
    yield from _passed_on(nodes, aliases)


def _call(call: ast.Call, aliases: Aliases) -> Iterator[Finding]:
    """Yield at most one finding for `call`; `aliases` are the imports of the file."""
    name = _full_name(call.func, aliases)
    arguments = len(call.args) + len(call.keywords)
    if name in _RUNS or (name == "compile" and arguments >= _COMPILE_ARGUMENTS):
        yield _finding("text-as-code", call, f"`{name}` runs a text as a program")
    elif name in _LOADS_A_PATH or (name in _LOADS and not _is_literal_import(call)):
        yield _finding("computed-import", call, f"`{name}` imports what is worked out")


def _full_name(function: ast.expr, aliases: Aliases) -> str:
    """Return the dotted name of the builtin or imported function that `function` refers to.

    e.g. ``importlib.import_module`` for ``load`` after ``from importlib import import_module as
    load``, and ``exec`` for ``builtins.exec``. "" for a function that the file defines and for a
    method of a value.
    """
    target = target_of(function, aliases)
    if target.module == "*" or target.dotted in aliases.own:
        return ""
    return target.dotted.removeprefix("builtins.")


def _is_literal_import(call: ast.Call) -> bool:
    """Return whether `call` names its module literally, e.g. ``import_module("csv")``."""
    names = [*call.args, *(one.value for one in call.keywords if one.arg == "name")]
    return bool(names) and isinstance(names[0], ast.Constant)


def _passed_on(nodes: Nodes, aliases: Aliases) -> Iterator[Finding]:
    """Yield a finding for each name of ``_PASSED_ON`` that is read and not called.

    Names that the file defines itself are left out.
    """
    suspects = [name for name in nodes.names if name.id in _PASSED_ON - aliases.own]
    called = {id(call.func) for call in nodes.calls} if suspects else set()
    for name in suspects:
        if id(name) not in called and isinstance(name.ctx, ast.Load):
            message = f"`{name.id}` is handed on, so that a text can be run as a program"
            yield _finding("text-as-code", name, message)


def _foreign(node: ast.stmt) -> Iterator[Finding]:
    """Yield a finding for each module of ``_FOREIGN`` that `node` imports, if it is an import."""
    modules: list[str] = []
    if isinstance(node, ast.Import):
        modules = [one.name for one in node.names]
    elif isinstance(node, ast.ImportFrom) and not node.level:
        modules = [node.module or ""]
    for module in modules:
        if module.split(".")[0] in _FOREIGN:
            yield _finding("foreign-code", node, f"`{module}` calls what is not Python")


def _finding(code: str, node: ast.expr | ast.stmt, message: str) -> Finding:
    """Return a finding at the beginning of `node`."""
    return Finding(code=code, line=node.lineno, column=node.col_offset + 1, message=message)
