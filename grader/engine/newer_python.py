"""Tell code of a newer Python from code that no Python can read.

Only the former is our fault: a newer interpreter would grade it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from black.mode import TargetVersion
from black.parsing import lib2to3_parse
from blib2to3.pgen2 import token
from blib2to3.pygram import python_symbols
from blib2to3.pytree import NL, Leaf

#: The most characters that Black's parser is given: it takes seconds for hostile ones. Chosen by
#: hand; some 1,500 lines.
_MOST_TEXT = 60_000
#: What code of a newer Python has: ``type Pair =``, ``def f[``, ``class Box[``, an f- or t-string,
#: ``except A, B:``, ``lazy import``, ``[*row for row in rows]``.
_NEWER = re.compile(
    r"\btype\s+\w|\b(?:def|class)\s+\w+\s*\[|\b[rR]?[fFtT][rR]?[\"']"
    r"|\bexcept\b[^:]*,|\blazy\s+(?:import|from)\b|[\[({]\s*\*"
)
#: The last class that ``except`` names: ``b.Late``, ``Late`` and ``errno.error``; not ``e``, as in
#: ``except ValueError, e:``, which is Python 2 and binds a name.
_CLASS = re.compile(r"(?:.*\.)?[A-Z]\w*|.*\.\w+", re.DOTALL)

#: Nodes with the items of a display or call, and those that make a comprehension of them.
_ITEMS = (
    python_symbols.listmaker,
    python_symbols.testlist_gexp,
    python_symbols.dictsetmaker,
    python_symbols.argument,
)
_COMPREHENSIONS = frozenset({python_symbols.comp_for, python_symbols.old_comp_for})


def needs_newer_python(text: str) -> bool:
    """Return whether `text`, which this interpreter cannot parse, is code of a newer Python.

    It is if Black's parser reads it, and if it compiles after its newer constructs were replaced by
    older ones: type parameters dropped (3.12), ``type`` statements made assignments (3.12), f- and
    t-strings made empty (quotes inside them, 3.12 and 3.14), parentheses put around the errors of
    ``except`` (3.14), ``lazy`` and the star of ``[*row for row in rows]`` dropped (3.15). e.g.
    ``class Box[T]: ...``; not ``print "no parentheses"``, not ``except ValueError, e:``, which is
    Python 2, and not ``def f[T](x): None = 1``, which only looks newer.
    """
    if len(text) > _MOST_TEXT or not _NEWER.search(text):
        return False
    if not text.endswith("\n"):
        text += "\n"
    try:
        tree = lib2to3_parse(text, set(TargetVersion))
    except Exception:  # black raises errors of several kinds, and asserts
        return False
    for node in list(tree.pre_order()):
        _replace(node)
    older = str(tree)
    return older != text and _compiles(older)


def _replace(node: NL) -> None:
    """Replace `node` in its tree by an older construct, if it is a newer one."""
    if node.type in (python_symbols.fstring, python_symbols.tstring):
        node.replace(Leaf(token.STRING, '""', prefix=node.prefix))
    elif replace := _OLDER.get(node.type):
        replace(node)


def _without_first(node: NL) -> None:
    """Remove the first word of `node`: ``type Pair = int`` and ``lazy import os`` read on."""
    prefix = node.prefix
    node.children[0].remove()
    node.prefix = prefix


def _without_star(node: NL) -> None:
    """Remove the star or stars that begin a comprehension: ``[*row for row in rows]``."""
    first, *rest = node.children
    if any(one.type in _COMPREHENSIONS for one in rest):
        if first.type == python_symbols.star_expr:
            _without_first(first)
        elif first.type == token.DOUBLESTAR:
            # the items of a dictionary are pairs: `{**row for row in rows}` becomes a set
            first.remove()


def _in_parentheses(clause: NL) -> None:
    """Put parentheses around the errors of an `except` clause without: ``except A, B:``.

    Not with ``as``: ``except A, B as error:`` needs them in every version.
    """
    errors = clause.children[-1]
    if errors.type == python_symbols.testlist:
        if _CLASS.fullmatch(str(errors.children[-1]).strip()):
            text = str(errors)[len(errors.prefix) :]
            errors.replace(Leaf(token.NAME, f"({text})", prefix=errors.prefix))


#: What replaces a node, by its type.
_OLDER: Mapping[int, Callable[[NL], object]] = {
    python_symbols.typeparams: lambda node: node.remove(),
    python_symbols.type_stmt: _without_first,
    python_symbols.lazy_import: _without_first,
    python_symbols.except_clause: _in_parentheses,
    **dict.fromkeys(_ITEMS, _without_star),
}


def _compiles(text: str) -> bool:
    """Return whether this interpreter can compile `text`."""
    try:
        compile(text, "<submission>", "exec", dont_inherit=True)
    except (SyntaxError, ValueError, OverflowError, RecursionError, MemoryError):
        return False
    return True
