"""Findings tied to the text of their lines, so that they are known again where lines moved.

The one place where this is done: no check has to, and what checks find that combine files has it
too. It hangs on nothing but the bytes, so it is remembered with what was found in them.
"""

from __future__ import annotations

import hashlib
from functools import cached_property

from grader.domain.facts import FileFacts
from grader.domain.inspection import Finding, Inspection
from grader.domain.source import SourceFile
from grader.engine.notebook import NotANotebook, code_of


class Lines:
    """The lines of one file, as findings are tied to them."""

    def __init__(self, path: str, data: bytes) -> None:
        self._path, self._data = path, data
        self._known: dict[int, str] = {}

    def tied(self, one: Inspection) -> Inspection:
        """An inspection, every finding of which has the digest of the line it stands on."""
        if all(finding.anchor for finding in one.findings):
            return one
        return one.model_copy(update={"findings": tuple(map(self._with_anchor, one.findings))})

    def _with_anchor(self, finding: Finding) -> Finding:
        if finding.anchor:
            return finding
        return finding.model_copy(update={"anchor": self._anchor(finding.line)})

    def _anchor(self, number: int) -> str:
        if number not in self._known:
            inside = 0 < number <= len(self._lines)
            self._known[number] = _digest(self._lines[number - 1] if inside else b"")
        return self._known[number]

    @cached_property
    def _lines(self) -> list[bytes]:
        """Cut as bytes: at the newlines of Python, and at no others."""
        try:
            return code_of(self._path, self._data).splitlines()
        except NotANotebook:
            return []


def anchored(file: FileFacts, source: SourceFile) -> FileFacts:
    """The facts of a file, every finding with the digest of the line it stands on."""
    lines = Lines(source.path, source.data)
    inspections = {key: lines.tied(one) for key, one in file.inspections.items()}
    return file.model_copy(
        update={"readable": lines.tied(file.readable), "inspections": inspections}
    )


def _digest(line: bytes) -> str:
    """Of a line without its indentation, each gap in it as one space."""
    return hashlib.sha256(b" ".join(line.split())).hexdigest()[:8]
