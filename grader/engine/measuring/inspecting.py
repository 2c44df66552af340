"""One question about one file: what a child does, and the in-process engine alike."""

from __future__ import annotations

import sys
from collections.abc import Collection, Iterator
from functools import lru_cache

from grader.domain.characters import encodable
from grader.domain.check import Catalog, Options
from grader.domain.inspection import Finding, Inspection
from grader.domain.source import SourceFile
from grader.engine.gate import gate
from grader.engine.measuring.job import GATE, CheckRequest, FileJob, failed
from grader.engine.notebook import code_of

#: Findings kept of one inspection; facts count every one.
MAX_FINDINGS = 1_000
#: pyflakes visits a tree by recursion; a chain of some hundred ``elif`` is plausible code.
RECURSION_LIMIT = 10_000


def answer(
    file: FileJob, wanted: Collection[int], catalog: Catalog, python: str
) -> Iterator[tuple[int, Inspection | None]]:
    """The wanted questions about a file in order, each told twice: before it (``None``), and after.

    Without the gate's ``ok`` the asks are left out. Never raises for what a check raises.
    """
    if GATE in wanted:
        yield GATE, None
        passed = _guarded_gate(file, python)
        if isinstance(passed, Inspection):
            yield GATE, passed
            return
        source = passed
        yield GATE, Inspection()
    else:
        source = SourceFile(file.path, code_of(file.path, file.data))
    for question, ask in enumerate(file.requests, start=GATE + 1):
        if question in wanted:
            yield question, None
            yield question, _inspect(source, ask, catalog)


def _guarded_gate(file: FileJob, python: str) -> SourceFile | Inspection:
    try:
        return gate(file.path, file.data, python)
    except Exception as error:
        return failed(_why(error))


def _inspect(source: SourceFile, ask: CheckRequest, catalog: Catalog) -> Inspection:
    try:
        check = catalog[ask.check]
        model: type[Options] = check.options
        options = read_options(model, ask.options)
        return _sendable(_capped(check.inspect(source, options, ask.context)))
    except (Exception, SystemExit) as error:
        # flake8 leaves by SystemExit where it cannot go on.
        return failed(_why(error))


def _why(error: BaseException) -> str:
    """The reason of a failed inspection for what a tool raised."""
    if isinstance(error, MemoryError):
        return "memory"
    if isinstance(error, RecursionError):
        return "recursion"
    # Nothing that is asked of a tool needs a file, a process or a socket.
    return "confined" if isinstance(error, OSError) else "error"


@lru_cache(maxsize=256)
def read_options(model: type[Options], text: str) -> Options:
    """A check's options from their canonical JSON."""
    return model.model_validate_json(text)


def _capped(inspection: Inspection) -> Inspection:
    if len(inspection.findings) <= MAX_FINDINGS:
        return inspection
    return inspection.model_copy(update={"findings": inspection.findings[:MAX_FINDINGS]})


def _sendable(inspection: Inspection) -> Inspection:
    """The inspection, no text of which is beyond UTF-8: a message may quote half a character."""
    findings = tuple(map(_encodable, inspection.findings))
    if findings == inspection.findings:
        return inspection
    return inspection.model_copy(update={"findings": findings})


def _encodable(finding: Finding) -> Finding:
    texts = {name: getattr(finding, name) for name in ("message", "hunk", "before", "after")}
    plain = {name: encodable(text) for name, text in texts.items() if text is not None}
    changed = {name: text for name, text in plain.items() if text != texts[name]}
    return finding.model_copy(update=changed) if changed else finding


def prepare_interpreter() -> None:
    """What the tools need of the interpreter."""
    sys.setrecursionlimit(max(RECURSION_LIMIT, sys.getrecursionlimit()))
