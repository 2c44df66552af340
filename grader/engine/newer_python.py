"""Tell code of a newer Python from code that no Python can read.

Only the former is our fault: a newer interpreter would grade it.
"""

from __future__ import annotations

import re

from black.mode import TargetVersion
from black.parsing import lib2to3_parse
from blib2to3.pgen2 import token
from blib2to3.pygram import python_symbols
from blib2to3.pytree import NL, Leaf, Node

#: The most characters that Black's parser is given: it takes seconds for hostile ones. Chosen by
#: hand; some 1,500 lines.
_MOST_TEXT = 60_000
#: What code of a newer Python has: ``type Pair =``, ``def f[``, ``class Box[``, an f- or t-string.
_NEWER = re.compile(r"\btype\s+\w|\b(?:def|class)\s+\w+\s*\[|\b[rR]?[fFtT][rR]?[\"']")


def needs_newer_python(text: str) -> bool:
    """Return whether `text`, which this interpreter cannot parse, is code of a newer Python.

    It is if Black's parser reads it, and if it compiles after its newer constructs were replaced by
    older ones: type parameters dropped (3.12), ``type`` statements made assignments (3.12), f- and
    t-strings made empty (quotes inside them, 3.12 and 3.14). e.g. ``class Box[T]: ...``; not
    ``print "no parentheses"``, and not ``def f[T](x): None = 1``, which only looks newer.
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
    if node.type == python_symbols.typeparams:
        node.remove()
    elif node.type in (python_symbols.fstring, python_symbols.tstring):
        node.replace(Leaf(token.STRING, '""', prefix=node.prefix))
    elif node.type == python_symbols.type_stmt and isinstance(node, Node):
        # `type Pair = tuple[int, int]` without its first word
        keyword = node.children[0]
        prefix = keyword.prefix
        keyword.remove()
        node.prefix = prefix


def _compiles(text: str) -> bool:
    """Return whether this interpreter can compile `text`."""
    try:
        compile(text, "<submission>", "exec", dont_inherit=True)
    except (SyntaxError, ValueError, OverflowError, RecursionError, MemoryError):
        return False
    return True
