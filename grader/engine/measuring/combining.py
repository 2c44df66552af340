"""Combine the inspections of single files, for checks that compare files with one another."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import structlog

from grader.analysis.project.program import parts_of
from grader.analysis.project.summary import FileSummary
from grader.domain.check import Inspections
from grader.domain.facts import FileFacts
from grader.domain.inspection import Inspection, State
from grader.domain.rubric import Probe
from grader.engine.measuring.job import failed

log = structlog.get_logger(__name__)


def with_parts(
    files: Sequence[FileFacts], declarations: Mapping[str, Inspection], named: Collection[str]
) -> list[FileFacts]:
    """Return ``files``, the facts of a submission, each with its part in the program.

    ``declarations`` are the gate's inspections of documents that are not among ``files`` and may
    declare entry points, by path; ``named`` are the paths that the rubric names. If the gate failed
    on a file without a summary of it, every file is part of the program.
    """
    gates = {**declarations, **{file.path: file.readable for file in files}}
    if any(file.readable.state is State.FAILED and not file.readable.sketch for file in files):
        # What that file imports is not known, so any other file may be part of the program.
        return list(files)
    parts = parts_of({path: _summary(one) for path, one in gates.items()}, named)
    return [
        file.model_copy(update={"part": parts[file.path]}) if file.path in parts else file
        for file in files
    ]


def combine_files(files: Sequence[FileFacts], probes: Sequence[Probe]) -> tuple[FileFacts, ...]:
    """Return ``files``, the facts of a submission, after checks have compared the files.

    For that a check has a function ``combine``. It is called once for each of ``probes`` (checks
    with options) that has one, with the inspections by path whose state is ok, and returns those
    that replace them. Leftover and neutral files are left out: what they share with the program is
    no fault of the program. An inspection that it does not return stays. If it raises, the error is
    logged, and all that it was called with become failed. The ``sketch`` (a text that only
    ``combine`` reads) is then removed from every inspection of these probes, and that of the gate
    from every file.
    """
    combined = {probe.key: _combine(files, probe) for probe in probes if probe.check.combine}
    return tuple(
        _replace_inspections(file, {key: of.get(file.path) for key, of in combined.items()})
        for file in files
    )


def _summary(readable: Inspection) -> FileSummary:
    """Return the project summary in the gate's inspection; an empty one if the gate failed."""
    return FileSummary.model_validate_json(readable.sketch) if readable.sketch else FileSummary()


def _combine(files: Sequence[FileFacts], probe: Probe) -> Inspections:
    """Return path -> combined inspection for the files in which the check of ``probe`` was ok.

    All of them are failed if ``combine`` raises.
    """
    alone = {
        file.path: file.inspections[probe.key]
        for file in files
        if (file.part.counts or probe.check.names_files)
        and probe.key in file.inspections
        and file.inspections[probe.key].state is State.OK
    }
    assert probe.check.combine is not None, "only for checks that combine"
    try:
        return probe.check.combine(alone, probe.options)
    except Exception as error:
        # A check that raises on one file fails that file; here it fails all of them.
        log.error("combine_failed", check=probe.check.id, exc_info=error)
        return dict.fromkeys(alone, failed("error"))


def _replace_inspections(file: FileFacts, combined: dict[str, Inspection | None]) -> FileFacts:
    """Return the facts of ``file`` with its combined inspections, by probe key.

    An inspection that was not combined is kept. The summary that the check made for combining
    (``sketch``) is removed from all inspections of ``combined``, and that of the gate as well.
    """
    changed = {
        key: (one or file.inspections[key]).model_copy(update={"sketch": ""})
        for key, one in combined.items()
        if key in file.inspections
    }
    readable = file.readable.model_copy(update={"sketch": ""})
    inspections = {**file.inspections, **changed}
    return file.model_copy(update={"readable": readable, "inspections": inspections})
