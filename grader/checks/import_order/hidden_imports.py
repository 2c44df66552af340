"""Imports in a block that they do not need, where isort leaves them as they are.

isort sorts each block by itself, so an import alone in a ``try`` is always sorted. An import needs
such a block where it may fail: a library that is not installed, a module that not every system has.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator, Sequence

from grader.analysis.syntax.statements import bodies

#: Modules of the standard library that a Python may come without, or that are younger than others.
_OPTIONAL = frozenset(
    """asyncio bz2 cProfile cdecimal contextvars crypt ctypes curses dataclasses dbm distutils
    ensurepip fcntl graphlib grp imp importlib lib2to3 lzma mmap msvcrt multiprocessing nis nt
    ossaudiodev posix pty pwd pyexpat readline resource select selectors signal socket spwd sqlite3
    ssl syslog termios threading tkinter tomllib tracemalloc tty turtle typing unittest winreg
    winsound zipimport zlib zoneinfo""".split()
)


def hidden_imports(tree: ast.Module) -> Iterator[ast.stmt]:
    """The import statements outside functions that stand in a block for no reason."""
    waiting = [statement for statement in tree.body if _is_needless(statement)]
    while waiting:
        for body in bodies(waiting.pop()):
            yield from (item for item in body if _always_works(item))
            waiting += [item for item in body if _is_needless(item)]


def _is_needless(statement: ast.stmt) -> bool:
    """A condition that is always the same, or a ``try`` that does nothing about a failure."""
    if isinstance(statement, ast.If):
        return not any(
            isinstance(node, ast.Name | ast.Attribute) for node in ast.walk(statement.test)
        )
    if isinstance(statement, ast.Try):
        return all(_does_nothing(handler.body) for handler in statement.handlers)
    return False


def _does_nothing(body: Sequence[ast.stmt]) -> bool:
    return all(isinstance(item, ast.Pass | ast.Raise | ast.Expr) for item in body)


def _always_works(statement: ast.stmt) -> bool:
    """An import of nothing but what every Python has."""
    if isinstance(statement, ast.Import):
        names = [alias.name for alias in statement.names]
    elif isinstance(statement, ast.ImportFrom) and not statement.level:
        names = [statement.module or ""]
    else:
        return False
    tops = {name.split(".")[0] for name in names}
    return tops <= sys.stdlib_module_names - _OPTIONAL and not any(
        top.startswith("_") for top in tops
    )
