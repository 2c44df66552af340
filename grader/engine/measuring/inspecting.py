"""Run the gate and checks on one file: in a child of the fork server, or in process by tests."""

from __future__ import annotations

import codecs
import contextlib
import sys
from collections.abc import Collection, Iterator
from functools import lru_cache

from grader.analysis.project.summary import summary_of, summary_of_lines
from grader.domain.characters import encodable
from grader.domain.check import Catalog, Options
from grader.domain.inspection import Finding, Inspection
from grader.domain.source import SourceFile
from grader.engine.gate import gate
from grader.engine.measuring.job import GATE, CheckRequest, FileJob, failed
from grader.engine.notebook import NotANotebook, code_of

#: Findings kept of one inspection; its facts count all of them. Chosen by hand: a student reads
#: a few dozen at most, e.g. a file with 3,000 lines that are too long keeps the first 1,000.
MAX_FINDINGS = 1_000
#: pyflakes visits a syntax tree by recursion. Python's default of 1,000 frames is too low for e.g.
#: a chain of 300 ``elif``; what exceeds 10,000 fails with ``recursion``. Chosen by hand.
RECURSION_LIMIT = 10_000


def run_steps(
    file: FileJob, steps: Collection[int], catalog: Catalog
) -> Iterator[tuple[int, Inspection | None]]:
    """Run ``steps`` of ``file``, and yield (step, ``None``) before and (step, result) after each.

    Step 0 is the gate, which decides whether the file can be read; step n is the n-th of its check
    requests. They run in this order. The pair before a step tells the reader at which step this
    process died. If the gate or a check raises, its result is failed. If the gate's result is not
    ok, nothing more is yielded. Only the first :data:`MAX_FINDINGS` findings of a check are kept.

    Raises:
        NotANotebook: The gate is not among ``steps``, so the file is taken for readable, but it is
            a broken notebook.
    """
    if GATE in steps:
        yield GATE, None
        passed, inspection = _run_gate(file)
        yield GATE, inspection
        if passed is None:
            return
        source = passed
    else:
        source = SourceFile(file.path, code_of(file.path, file.data))
    for step, request in enumerate(file.requests, start=GATE + 1):
        if step in steps:
            yield step, None
            yield step, _run_check(source, request, catalog)


def _run_gate(file: FileJob) -> tuple[SourceFile | None, Inspection]:
    """Return the source of ``file`` if the gate passes it, and the gate's inspection.

    The project summary of the inspection is a :class:`FileSummary`, of an unreadable file too.
    """
    try:
        passed = gate(file.path, file.data)
        if isinstance(passed, SourceFile):
            return passed, Inspection(sketch=summary_of(passed).model_dump_json())
        is_too_large = passed.reason == "too_large"
        lines = summary_of_lines(_readable_text(file), is_too_large=is_too_large)
        return None, passed.model_copy(update={"sketch": lines.model_dump_json()})
    except Exception as error:
        return None, failed(_failure_reason(error))


def _readable_text(file: FileJob) -> str:
    """Return as much text of a file as can be read that the gate rejected, without errors.

    Of a notebook it is the code of its cells, if it is one. A file in UTF-16 is decoded as such.
    """
    with contextlib.suppress(NotANotebook):
        data = code_of(file.path, file.data)
        utf_16 = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
        return data.decode("utf-16" if utf_16 else "utf-8", "replace")
    return ""


def _run_check(source: SourceFile, request: CheckRequest, catalog: Catalog) -> Inspection:
    """Run the check that ``request`` names on ``source`` and return its result.

    Findings beyond :data:`MAX_FINDINGS` are cut off, and text that UTF-8 cannot encode is escaped.
    """
    try:
        check = catalog[request.check]
        model: type[Options] = check.options
        options = read_options(model, request.options)
        inspection = check.inspect(source, options, request.context)
        if len(inspection.findings) > MAX_FINDINGS:
            findings = inspection.findings[:MAX_FINDINGS]
            inspection = inspection.model_copy(update={"findings": findings})
        return _encodable_inspection(inspection)
    except (Exception, SystemExit) as error:
        # flake8 raises SystemExit if it cannot go on.
        return failed(_failure_reason(error))


def _failure_reason(error: BaseException) -> str:
    """Return the reason of a failed inspection for ``error``, which a check or tool raised.

    It is ``memory``, ``recursion``, ``confined`` (refused by the sandbox) or ``error``.
    """
    if isinstance(error, MemoryError):
        return "memory"
    if isinstance(error, RecursionError):
        return "recursion"
    # No check needs a file, a process or a socket: an OSError comes from the sandbox.
    return "confined" if isinstance(error, OSError) else "error"


@lru_cache(maxsize=256)
def read_options(model: type[Options], text: str) -> Options:
    """Return the options of a check, of the class ``model``, from their canonical JSON.

    The result is cached. An invalid ``text`` raises pydantic's ``ValidationError``.
    """
    return model.model_validate_json(text)


def _encodable_inspection(inspection: Inspection) -> Inspection:
    """Return ``inspection`` with lone surrogates in findings, which UTF-8 cannot encode, escaped.

    e.g. a message that quotes such a character of the student's text.
    """
    findings = tuple(map(_encodable_finding, inspection.findings))
    if findings == inspection.findings:
        return inspection
    return inspection.model_copy(update={"findings": findings})


def _encodable_finding(finding: Finding) -> Finding:
    """Return ``finding`` with the lone surrogates in its texts escaped."""
    texts = {name: getattr(finding, name) for name in ("message", "hunk", "before", "after")}
    plain = {name: encodable(text) for name, text in texts.items() if text is not None}
    changed = {name: text for name, text in plain.items() if text != texts[name]}
    return finding.model_copy(update=changed) if changed else finding


def prepare_interpreter() -> None:
    """Raise the recursion limit of this interpreter to :data:`RECURSION_LIMIT`; never lower it."""
    sys.setrecursionlimit(max(RECURSION_LIMIT, sys.getrecursionlimit()))
