"""Imports inside a block that they do not need, where isort does not sort them.

isort sorts each block separately, so a lone import in a ``try`` is always sorted. An import needs a
block only if it may fail: a library that is not installed, or a module that some systems lack.
e.g. ``if True: import csv`` is needless, ``try: import pandas`` with a message is not.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator, Sequence

from grader.analysis.syntax.statements import bodies

#: Modules of the standard library that may be missing: on some systems (`fcntl`, `winreg`), in some
#: builds (`sqlite3`, `tkinter`), or in some versions of Python (`tomllib`, `imp`). Not `csv` or
#: `json`. Chosen by hand.
_OPTIONAL = frozenset(
    """asyncio bz2 cProfile cdecimal contextvars crypt ctypes curses dataclasses dbm distutils
    ensurepip fcntl graphlib grp imp importlib lib2to3 lzma mmap msvcrt multiprocessing nis nt
    ossaudiodev posix pty pwd pyexpat readline resource select selectors signal socket spwd sqlite3
    ssl syslog termios threading tkinter tomllib tracemalloc tty turtle typing unittest winreg
    winsound zipimport zlib zoneinfo""".split()
)


def hidden_imports(tree: ast.Module) -> Iterator[ast.stmt]:
    """Yield each import of `tree` that cannot fail and is inside needless ``if`` or ``try`` only.

    An import cannot fail if every Python has its modules, e.g. ``import csv``. An ``if`` is
    needless if no name is in its condition (``if True:``), a ``try`` if no handler has a fallback
    such as ``csv = None``. Imports outside blocks, and in functions or other blocks, are left out.
    The order is not that of the lines.
    """
    waiting = [statement for statement in tree.body if _is_needless(statement)]
    while waiting:
        for body in bodies(waiting.pop()):
            yield from (item for item in body if _never_fails(item))
            waiting += [item for item in body if _is_needless(item)]


def _is_needless(statement: ast.stmt) -> bool:
    """Return whether `statement` has a constant condition, or does not handle a failed import.

    e.g. ``if 1 < 2:``, ``try`` with ``except ImportError: pass``, and ``try`` with only
    ``finally``; not ``if DEBUG:``, and not a handler with a fallback,
    ``except ImportError: csv = None``.
    """
    if isinstance(statement, ast.If):
        return not any(
            isinstance(node, ast.Name | ast.Attribute) for node in ast.walk(statement.test)
        )
    if isinstance(statement, ast.Try):
        return all(_has_no_fallback(handler.body) for handler in statement.handlers)
    return False


def _has_no_fallback(body: Sequence[ast.stmt]) -> bool:
    """Return whether `body`, that of a handler, only passes, raises or evaluates expressions.

    e.g. ``print("No csv")``, but not ``csv = None``.
    """
    return all(isinstance(item, ast.Pass | ast.Raise | ast.Expr) for item in body)


def _never_fails(statement: ast.stmt) -> bool:
    """Return whether `statement` imports only modules that every Python has.

    e.g. ``import csv, json``; not ``import tomllib``, ``import _csv`` or ``from . import csv``.
    False for other statements.
    """
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
