"""Find code that runs a string as a program, or imports a module by a computed name.

The lists of names are chosen by hand.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from grader.analysis.syntax.call_targets import Aliases, aliases_of
from grader.analysis.syntax.starting import Kind, Start
from grader.checks.signals.gathering import Nodes
from grader.domain.inspection import Finding

#: Functions that can run a string even if they are only passed on: `run = exec`, not
#: `run = print`.
_PASSED_ON = frozenset({"exec", "eval", "__import__", "__builtins__"})
_COMPUTED, _OUT = "computed-import", "what is worked out"
#: Modules that call functions of other languages; an import of one or of a submodule is reported.
_FOREIGN = frozenset({"ctypes", "_ctypes", "cffi"})


def dynamic_code(nodes: Nodes, starts: Iterable[Start]) -> Iterator[Finding]:
    """Yield a finding for each of `starts` that runs text or what is worked out, not sorted.

    Such are ``exec``, ``eval``, ``runpy``, ``marshal.loads``, ``compile``, and imports, processes
    of Python and notebooks where the code cannot be followed from the text: see :func:`_found`.
    There is one too for each use of ``exec``, ``eval``, ``__import__`` or ``__builtins__`` in
    `nodes` that is no call, e.g. `run = exec`, and for each import of ``ctypes`` or ``cffi``.
    Functions of these names that the file defines itself are left out.
    """
    aliases = aliases_of(nodes.bindings)
    for node in nodes.bindings:
        yield from _foreign(node)
    for start in starts:
        code, message = _found(start)
        if code:
            yield Finding(code=code, line=start.line, column=start.column, message=message)
    yield from _passed_on(nodes, aliases)


def _found(start: Start) -> tuple[str, str]:
    """Return the code and message of the finding for `start`; "" for both if it can be followed.

    `import_module("csv")`, `import_module(f"plugins.{name}")`, `python -m pytest` and
    `python train.py` can. Where a literal names a file that is no ``.py``, the signal is about that
    file, see ``grader.domain.signals``.
    """
    if start.kind is Kind.TEXT or start.function.startswith("runpy."):
        return "text-as-code", f"`{start.function}` runs a text as a program"
    if start.kind is Kind.FILE or (start.kind is Kind.MODULE and "." not in start.target):
        is_literal = start.kind is Kind.MODULE and start.exact
        return ("", "") if is_literal else (_COMPUTED, f"`{start.function}` imports {_OUT}")
    return _process(start)


def _process(start: Start) -> tuple[str, str]:
    """Return the code and message of the finding for `start` if it is a process, as `_found`."""
    if start.kind in (Kind.PROCESS, Kind.NOTEBOOK) and not start.exact:
        return "computed-start", f"`{start.function}` starts Python on {_OUT}"
    if start.kind is Kind.SCRIPT:
        return "computed-start", f"`{start.function}` runs `{start.target}`, which no check reads"
    return "", ""


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
