"""Findings tied to the text of their lines, so that they are known again where lines moved.

The one place where this is done, after everything was measured: what is remembered of a file knows
nothing of it, and checks that combine files have it too.
"""

from __future__ import annotations

import hashlib

from grader.domain.check import Finding, Inspection
from grader.domain.facts import FileFacts
from grader.domain.source import SourceFile


def anchored(file: FileFacts, source: SourceFile) -> FileFacts:
    """The facts of a file, every finding with the digest of the line it stands on."""
    lines = source.data.splitlines()  # of bytes: at the newlines of Python, and no others
    known: dict[int, str] = {}

    def digest(number: int) -> str:
        if number not in known:
            known[number] = _digest(lines[number - 1] if 0 < number <= len(lines) else b"")
        return known[number]

    def tied(one: Inspection) -> Inspection:
        if not one.findings:
            return one
        return one.model_copy(update={"findings": tuple(map(with_anchor, one.findings))})

    def with_anchor(finding: Finding) -> Finding:
        return finding.model_copy(update={"anchor": digest(finding.line)})

    inspections = {key: tied(one) for key, one in file.inspections.items()}
    return file.model_copy(update={"readable": tied(file.readable), "inspections": inspections})


def _digest(line: bytes) -> str:
    """Of a line without its indentation, each gap in it as one space."""
    return hashlib.sha256(b" ".join(line.split())).hexdigest()[:8]
