"""Python among the leftovers of tools that the program imports: part of the program after all.

Whoever hides a module below ``__pycache__`` or in the ``lib`` of a virtual environment has it
graded, as soon as a graded file imports from there.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import NamedTuple

_IMPORTS = re.compile(rb"^[ \t]*(?:from|import)\b(?:[^\n(]*\([^)]*\)|[^\n]*)", re.MULTILINE)
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


def folders_named(texts: Iterable[bytes]) -> frozenset[str]:
    """Every word in the import statements of some files."""
    return frozenset(
        word.decode("utf-8", "replace")
        for text in texts
        for line in _IMPORTS.findall(text)
        for word in _WORD.findall(line)
    )
