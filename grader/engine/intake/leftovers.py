"""Python among the leftovers of tools that the program imports: part of the program after all.

Whoever hides a module below ``__pycache__`` or in the ``lib`` of a virtual environment has it
graded, as soon as a graded file imports from there.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable
from typing import NamedTuple

from grader.engine.gate import MAX_BYTES

#: Within a text whose last character is a ``)``: no open bracket is searched in vain.
_IMPORTS = re.compile(rb"^[ \t]*(?:from|import)\b[^\n(]*(?:\([^)]*\))?", re.MULTILINE)
_IMPORT_LINES = re.compile(rb"^[ \t]*(?:from|import)\b[^\n]*", re.MULTILINE)
_WORD = re.compile(rb"\w+")


class Leftover(NamedTuple):
    """A Python file below a leftover, by whose name (``folder``) it can be imported."""

    folder: str
    name: str
    stated: int
    pieces: Callable[[], Iterable[bytes]]


def leftover_folder(above: str) -> str:
    """The name of a leftover folder, given its path with a slash."""
    return above.removesuffix("/").rpartition("/")[2]


def is_importable(name: str, above: str) -> bool:
    """Whether Python could import a file below a leftover folder, whose path is ``above``."""
    parts = [leftover_folder(above), *name.removeprefix(above).removesuffix(".py").split("/")]
    return name.endswith(".py") and all(part.isidentifier() for part in parts)


def folders_named(texts: Iterable[bytes], folders: Collection[str]) -> frozenset[str]:
    """Which of some folders stand as a word in an import statement of some files.

    Takes time in proportion to the length of the texts, whatever they hold. What is too large to
    be graded is not looked at.
    """
    words: set[bytes] = set()
    wanted = {folder.encode() for folder in folders}
    for text in texts:
        if len(text) <= MAX_BYTES:
            words |= wanted & _words_of_imports(text)
    return frozenset(word.decode() for word in words)


def _words_of_imports(text: bytes) -> frozenset[str]:
    """Every word from ``import`` or ``from`` to the end of the line, or to the ``)``."""
    brackets_end = text.rfind(b")") + 1
    closed, rest = text[:brackets_end], text[brackets_end:]
    statements = _IMPORTS.findall(closed) + _IMPORT_LINES.findall(rest)
    return frozenset(_WORD.findall(b" ".join(statements)))
