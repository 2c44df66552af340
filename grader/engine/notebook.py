"""Convert a Jupyter notebook to Python: the code of all cells in one text, and their positions."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from grader.domain.facts import Cell
from grader.domain.source import is_notebook

#: Between two cells: two blank lines, which black and flake8 accept before any statement.
_SEPARATOR = "\n\n\n"
#: A command of IPython at the beginning of a statement, e.g. ``%matplotlib inline``, ``!pip list``,
#: ``?print``, ``df.head?``; not ``x % y`` or ``x = 1``.
_MAGIC = re.compile(r"(?P<indent>[ \t]*)(?P<rest>%{1,2}[A-Za-z_].*|[!?].*|[A-Za-z_][\w.]*\?{1,2})$")
#: A command whose result is assigned, e.g. ``files = !ls`` or ``t = %timeit f()``; not ``x = y``.
_ASSIGNED = re.compile(r"(?P<target>[ \t]*[A-Za-z_]\w*[ \t]*=)[ \t]*(?P<rest>(?:!|%[A-Za-z_]).*)$")
#: Cell magics whose cell is Python, e.g. ``%%time``; not ``%%bash``.
_ON_PYTHON = frozenset({"time", "timeit", "capture", "prun"})
#: Triple quotes, a comment up to the end of its line, or any one character.
_LEXEMES = re.compile(r"""\"{3}|'{3}|\#.*|(?s:.)""")
#: Opening quotes -> pattern of the rest of such a string up to its unescaped closing quotes.
_REST_OF_STRING = {
    quotes: re.compile(rf"(?s:[^\\]|\\.)*?{quotes}") for quotes in ('"', "'", '"' * 3, "'" * 3)
}
_OPENING, _CLOSING = frozenset("([{"), frozenset(")]}")


class NotANotebook(Exception):
    """Raised for bytes that are no notebook; the message says why."""


@dataclass(frozen=True)
class Notebook:
    """The joined code of a notebook, and where the code of each cell begins in it.

    ``cells`` has only the code cells that are not blank, in order.
    """

    code: str
    cells: tuple[Cell, ...]


def read_notebook(data: bytes) -> Notebook:
    """Return the joined code of the notebook ``data`` (nbformat 4), and the positions of its cells.

    Cells other than code, blank cells, and blank lines around a cell's code are left out; two blank
    lines separate the cells. IPython commands become comments (indented ones ``pass`` with a
    comment), and ``a = !ls`` becomes ``a = None``. A cell whose first line is a magic with ``%%``
    other than ``time``, ``timeit``, ``capture`` and ``prun`` becomes comments altogether. The code
    may be invalid Python.

    Raises:
        NotANotebook: ``data`` is not JSON in UTF-8, has no list of cells as in nbformat 4 (the
            version itself is not read), or has a code cell without text.
    """
    parts: list[str] = []
    cells = []
    line = 1
    for number, source in enumerate(_sources(data), start=1):
        lines = source.split("\n")
        code = [at for at, text in enumerate(lines) if text.strip()]
        if code:
            kept = _python(lines[code[0] : code[-1] + 1])
            cells.append(Cell(number=number, line=line, skipped=code[0]))
            parts.append("\n".join(kept))
            line += len(kept) + _SEPARATOR.count("\n") - 1
    return Notebook(_SEPARATOR.join(parts) + "\n" * bool(parts), tuple(cells))


def code_of(path: str, data: bytes) -> bytes:
    """Return the Python code of the file ``path`` with the content ``data``; it may be invalid.

    That is the joined code of a notebook in UTF-8, and the unchanged content of any other file.

    Raises:
        NotANotebook: ``path`` ends with ``.ipynb`` in any case, and :func:`read_notebook` cannot
            read the file.
    """
    if not is_notebook(path):
        return data
    # JSON can contain a lone surrogate. It is passed on, and the gate refuses it when decoding.
    return read_notebook(data).code.encode("utf-8", "surrogatepass")


def cells_of(path: str, data: bytes) -> tuple[Cell, ...]:
    """Return the cells of the notebook ``path`` that have code, with their positions.

    For a file that does not end with ``.ipynb`` or is no valid notebook, return ``()``.
    """
    try:
        return read_notebook(data).cells if is_notebook(path) else ()
    except NotANotebook:
        return ()


def _sources(data: bytes) -> list[str]:
    """Return the text of every cell in order, ``""`` for cells of other types than code.

    Raises:
        NotANotebook: ``data`` is not JSON, or not a notebook.
    """
    try:
        found = json.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        raise NotANotebook("the file is no JSON, as every notebook is") from None
    cells = found.get("cells") if isinstance(found, dict) else None
    if not isinstance(cells, list) or not all(isinstance(cell, dict) for cell in cells):
        raise NotANotebook("the file is no notebook of today's format (nbformat 4)")
    return [_source(cell) if cell.get("cell_type") == "code" else "" for cell in cells]


def _source(cell: dict[str, Any]) -> str:
    """Return the text of ``cell``, which JSON has as a string or as a list of lines.

    Raises:
        NotANotebook: it is neither.
    """
    source = cell.get("source")
    lines = [source] if isinstance(source, str) else source
    if not isinstance(lines, list) or not all(isinstance(line, str) for line in lines):
        raise NotANotebook("a cell of the notebook holds no text")
    return "".join(lines).replace("\r\n", "\n").replace("\r", "\n")


def _python(lines: list[str]) -> list[str]:
    """Return the lines of a cell with every IPython command replaced by a comment.

    The number of lines stays the same. A cell of another language becomes comments altogether.
    """
    if lines[0].startswith("%%") and lines[0][2:].split(" ")[0] not in _ON_PYTHON:
        return [f"# {line}".rstrip() for line in lines]
    scanner = _CellScanner()
    return [scanner.convert(line) for line in lines]


class _CellScanner:
    """Converts the lines of a cell in order, and tracks where a new statement may begin."""

    def __init__(self) -> None:
        self._depth, self._quote = 0, ""
        self._in_magic, self._continues = False, False

    def convert(self, line: str) -> str:
        """Return ``line``, or its replacement if it is an IPython command or continues one."""
        converted = line
        if self._in_magic:
            converted = f"# {line}"
        elif not self._depth and not self._quote and not self._continues:
            converted = _without_magic(line)
        self._in_magic = converted != line and line.endswith("\\")
        if converted == line:
            self._track(line)
        return converted

    def _track(self, line: str) -> None:
        """Update the state (open brackets, open string, continuation) by the code in ``line``."""
        at, lexeme = 0, ""
        while at < len(line):
            if self._quote:
                end = _REST_OF_STRING[self._quote].match(line, at)
                at, self._quote = (end.end(), "") if end else (len(line), self._quote)
                continue
            found = _LEXEMES.match(line, at)
            assert found, "some lexeme matches anything"
            at, lexeme = found.end(), found[0]
            self._quote = lexeme if lexeme in _REST_OF_STRING else ""
            step = (lexeme in _OPENING) - (lexeme in _CLOSING)
            self._depth = max(0, self._depth + step)
        if len(self._quote) == 1 and not _ends_with_backslash(line):
            self._quote = ""
        self._continues = not self._quote and lexeme == "\\"


def _ends_with_backslash(line: str) -> bool:
    """Return whether ``line`` ends with an odd number of backslashes, i.e. continues."""
    return (len(line) - len(line.rstrip("\\"))) % 2 == 1


def _without_magic(line: str) -> str:
    """Return ``line`` with an IPython command replaced by a comment.

    e.g. ``%cd x`` -> ``# %cd x``; ``a = !ls`` -> ``a = None  # !ls``.
    """
    magic, assigned = _MAGIC.match(line), _ASSIGNED.match(line)
    if magic:
        # An indented command becomes ``pass``: it may be the only statement of its block.
        return f"{magic['indent']}{'pass  ' if magic['indent'] else ''}# {magic['rest']}"
    return f"{assigned['target']} None  # {assigned['rest']}" if assigned else line
