"""Find the Python files in artifact folders of tools that the student's program imports.

Artifacts (``__pycache__``, the ``lib`` of a virtual environment) are normally dropped. But if a
graded file imports from such a folder, its modules are graded, so that no student can hide code
there.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable
from typing import NamedTuple

from grader.engine.gate import MAX_BYTES

#: An import statement up to the end of its line, or to its ``)``. Only for text that ends with
#: ``)``: otherwise each unclosed bracket would be searched to the end, in quadratic time.
#: e.g. ``import lib.a``, ``from lib import (\n a)``; not ``important = lib``, ``x; import lib``.
_IMPORTS = re.compile(rb"^[ \t]*(?:from|import)\b[^\n(]*(?:\([^)]*\))?", re.MULTILINE)
#: An import statement up to the end of its line, for the text after the last ``)``.
_IMPORT_LINES = re.compile(rb"^[ \t]*(?:from|import)\b[^\n]*", re.MULTILINE)
_WORD = re.compile(rb"\w+")


class ArtifactFile(NamedTuple):
    """A Python file in an artifact folder, kept in case a graded file imports from that folder.

    An artifact folder is one that a tool made, e.g. ``lib/`` in a virtual environment. ``folder``
    is the name of that folder without its path, ``name`` the path of the file, ``stated`` its size
    in bytes; ``pieces`` returns its content in pieces.
    """

    folder: str
    name: str
    stated: int
    pieces: Callable[[], Iterable[bytes]]


def artifact_folder_name(above: str) -> str:
    """Return the last segment of ``above``, a folder's path that ends with a slash.

    e.g. ``lib`` of ``venv/lib/``.
    """
    return above.removesuffix("/").rpartition("/")[2]


def is_importable(name: str, above: str) -> bool:
    """Return whether Python could import the file ``name`` in the artifact folder ``above``.

    ``above`` ends with a slash, and ``name``, the path of the file, begins with it. It can if the
    name ends in ``.py``, and that folder's own name and each part below it, without the suffix, are
    identifiers. What the folder lies in does not matter.
    """
    # e.g. lib/a.py in lib/; not lib/python3.11/a.py (no identifier), lib/a.txt.
    parts = [artifact_folder_name(above), *name.removeprefix(above).removesuffix(".py").split("/")]
    return name.endswith(".py") and all(part.isidentifier() for part in parts)


def imported_folders(texts: Iterable[bytes], folders: Collection[str]) -> frozenset[str]:
    """Return the names in ``folders`` that occur as a word in an import statement of ``texts``.

    Only statements at the beginning of a line, indented or not, count. So none is found in the JSON
    of a notebook. A word is of ASCII letters, digits and ``_``. Runs in time linear in the length
    of the texts, also for hostile ones. Texts with more bytes than the gate accepts are skipped.
    """
    words: set[bytes] = set()
    encoded = {folder.encode() for folder in folders}
    for text in texts:
        if len(text) <= MAX_BYTES:
            words |= encoded & _words_of_imports(text)
    return frozenset(word.decode() for word in words)


def _words_of_imports(text: bytes) -> frozenset[str]:
    """Return every word of the import statements of ``text``."""
    brackets_end = text.rfind(b")") + 1
    closed, rest = text[:brackets_end], text[brackets_end:]
    statements = _IMPORTS.findall(closed) + _IMPORT_LINES.findall(rest)
    return frozenset(_WORD.findall(b" ".join(statements)))
