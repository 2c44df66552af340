"""Anchors: digests of the lines of findings, by which findings are recognised when lines move.

The engine adds them here, for all checks, after inspecting and again after combining. An anchor
depends on the file's bytes alone, so it can be cached with the inspection.
"""

from __future__ import annotations

import hashlib
from functools import cached_property

from grader.domain.facts import FileFacts
from grader.domain.inspection import Finding, Inspection
from grader.domain.source import SourceFile
from grader.engine.notebook import NotANotebook, code_of


class AnchoredFile:
    """Adds anchors to the findings of one file: short digests of the lines that they are on.

    An anchor recognises a finding in a later attempt, even if its line has moved. It has 8
    hexadecimal digits and ignores indentation and the width of gaps, so different lines can share
    one. ``path`` and ``data`` are the file as it was sent; for a notebook, lines are those of its
    joined code. A line that does not exist counts as empty, and so do all lines of a broken
    notebook. The digest of a line is computed when it is needed.
    """

    def __init__(self, path: str, data: bytes) -> None:
        self._path, self._data = path, data
        self._digests: dict[int, str] = {}

    def anchor(self, inspection: Inspection) -> Inspection:
        """Return a copy of ``inspection`` with an anchor in every finding.

        Existing anchors are kept. If no finding lacks one, return ``inspection`` itself.
        """
        if all(finding.anchor for finding in inspection.findings):
            return inspection
        findings = tuple(map(self._with_anchor, inspection.findings))
        return inspection.model_copy(update={"findings": findings})

    def _with_anchor(self, finding: Finding) -> Finding:
        """Return ``finding`` with an anchor; an existing one is kept."""
        if finding.anchor:
            return finding
        return finding.model_copy(update={"anchor": self._digest(finding.line)})

    def _digest(self, number: int) -> str:
        """Return the digest of the line with this 1-based number; an absent line counts as empty.

        The digest ignores indentation and the width of gaps, e.g. ``x  =  1`` inside an ``if``
        has that of ``x = 1``, while ``x=1`` has another.
        """
        if number not in self._digests:
            inside = 0 < number <= len(self._lines)
            words = self._lines[number - 1].split() if inside else []
            # 8 hexadecimal digits: two of 1,000 different lines share one in 1 of 8,600 files.
            self._digests[number] = hashlib.sha256(b" ".join(words)).hexdigest()[:8]
        return self._digests[number]

    @cached_property
    def _lines(self) -> list[bytes]:
        """The code's lines, split at line feeds and carriage returns only, as Python does.

        Empty if the file is not a notebook although its name says so.
        """
        try:
            return code_of(self._path, self._data).splitlines()
        except NotANotebook:
            return []


def anchor_findings(file: FileFacts, source: SourceFile) -> FileFacts:
    """Return a copy of ``file``, the facts of ``source``, with an anchor in every finding.

    The findings are those of the gate (``readable``) and of all checks; existing anchors are kept.
    ``source`` has the bytes as they were sent, also for a notebook (not its extracted code).
    """
    lines = AnchoredFile(source.path, source.data)
    inspections = {key: lines.anchor(one) for key, one in file.inspections.items()}
    return file.model_copy(
        update={"readable": lines.anchor(file.readable), "inspections": inspections}
    )
