"""Notebooks as Python: the code of their cells in one text, and where in it each cell begins."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from grader.domain.facts import Cell
from grader.domain.source import is_notebook

#: Two blank lines between cells are right for Black and flake8, whatever the cells hold.
_BETWEEN = "\n\n\n"
#: What the shell of a notebook obeys and Python does not know, at the beginning of a statement.
_MAGIC = re.compile(r"(?P<indent>[ \t]*)(?P<rest>%{1,2}[A-Za-z_].*|[!?].*|[A-Za-z_][\w.]*\?{1,2})$")
_ASSIGNED = re.compile(r"(?P<target>[ \t]*[A-Za-z_]\w*[ \t]*=)[ \t]*(?P<rest>(?:!|%[A-Za-z_]).*)$")
#: Magics of a whole cell, below which Python goes on.
_ON_PYTHON = frozenset({"time", "timeit", "capture", "prun"})
_LEXEMES = re.compile(r"""\"{3}|'{3}|\#.*|(?s:.)""")
#: What is left of a string up to the quotes that it began with, which end it unless escaped.
_LEFT_OF_STRING = {
    quotes: re.compile(rf"(?s:[^\\]|\\.)*?{quotes}") for quotes in ('"', "'", '"' * 3, "'" * 3)
}
_OPENING, _CLOSING = frozenset("([{"), frozenset(")]}")


class NotANotebook(Exception):
    """Why the bytes are no notebook."""


@dataclass(frozen=True)
class Notebook:
    """The joined code of a notebook, and its cells with code."""

    code: str
    cells: tuple[Cell, ...]


def read_notebook(data: bytes) -> Notebook:
    """The code of a notebook (nbformat 4), line for line as it stands but for its magics.

    Raises:
        NotANotebook: it is not JSON, or not a notebook of this format.
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
            line += len(kept) + _BETWEEN.count("\n") - 1
    return Notebook(_BETWEEN.join(parts) + "\n" * bool(parts), tuple(cells))


def code_of(path: str, data: bytes) -> bytes:
    """The Python in a file: of a notebook its code, of every other file all of it.

    Raises:
        NotANotebook: see :func:`read_notebook`.
    """
    if not is_notebook(path):
        return data
    # A lone surrogate, which JSON can spell, is left for whoever decodes the code to refuse.
    return read_notebook(data).code.encode("utf-8", "surrogatepass")


def cells_of(path: str, data: bytes) -> tuple[Cell, ...]:
    """The cells of a notebook that hold code; none of any other file."""
    try:
        return read_notebook(data).cells if is_notebook(path) else ()
    except NotANotebook:
        return ()


def _sources(data: bytes) -> list[str]:
    """The text of every cell in order, nothing for those that hold no code."""
    try:
        found = json.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        raise NotANotebook("the file is no JSON, as every notebook is") from None
    cells = found.get("cells") if isinstance(found, dict) else None
    if not isinstance(cells, list) or not all(isinstance(cell, dict) for cell in cells):
        raise NotANotebook("the file is no notebook of today's format (nbformat 4)")
    return [_source(cell) if cell.get("cell_type") == "code" else "" for cell in cells]


def _source(cell: dict[str, Any]) -> str:
    source = cell.get("source")
    lines = [source] if isinstance(source, str) else source
    if not isinstance(lines, list) or not all(isinstance(line, str) for line in lines):
        raise NotANotebook("a cell of the notebook holds no text")
    return "".join(lines).replace("\r\n", "\n").replace("\r", "\n")


def _python(lines: list[str]) -> list[str]:
    """A cell's code with every magic commented out in its own line."""
    if lines[0].startswith("%%") and lines[0][2:].split(" ")[0] not in _ON_PYTHON:
        return [f"# {line}".rstrip() for line in lines]
    scan = _Scan()
    return [scan.take(line) for line in lines]


class _Scan:
    """Goes through the lines of a cell, and knows where a new statement may begin."""

    def __init__(self) -> None:
        self._depth, self._quote = 0, ""
        self._in_magic, self._goes_on = False, False

    def take(self, line: str) -> str:
        """The line, or what stands for it where it is a magic."""
        stands_for = line
        if self._in_magic:
            stands_for = f"# {line}"
        elif not self._depth and not self._quote and not self._goes_on:
            stands_for = _without_magic(line)
        self._in_magic = stands_for != line and line.endswith("\\")
        if stands_for == line:
            self._follow(line)
        return stands_for

    def _follow(self, line: str) -> None:
        """Keep account of open brackets, and of what goes on in the next line."""
        at, lexeme = 0, ""
        while at < len(line):
            if self._quote:
                end = _LEFT_OF_STRING[self._quote].match(line, at)
                at, self._quote = (end.end(), "") if end else (len(line), self._quote)
                continue
            found = _LEXEMES.match(line, at)
            assert found, "some lexeme matches anything"
            at, lexeme = found.end(), found[0]
            self._quote = lexeme if lexeme in _LEFT_OF_STRING else ""
            step = (lexeme in _OPENING) - (lexeme in _CLOSING)
            self._depth = max(0, self._depth + step)
        if len(self._quote) == 1 and not _escapes_its_end(line):
            self._quote = ""
        self._goes_on = not self._quote and lexeme == "\\"


def _escapes_its_end(line: str) -> bool:
    return (len(line) - len(line.rstrip("\\"))) % 2 == 1


def _without_magic(line: str) -> str:
    magic, assigned = _MAGIC.match(line), _ASSIGNED.match(line)
    if magic:
        # Inside a block something has to stand there, or the block might be empty.
        return f"{magic['indent']}{'pass  ' if magic['indent'] else ''}# {magic['rest']}"
    return f"{assigned['target']} None  # {assigned['rest']}" if assigned else line
