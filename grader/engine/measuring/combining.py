"""Combine the inspections of single files, for checks that compare files with one another."""

from __future__ import annotations

from collections.abc import Sequence

import structlog

from grader.domain.check import Inspections
from grader.domain.facts import FileFacts
from grader.domain.inspection import Inspection, State
from grader.domain.rubric import Probe
from grader.engine.measuring.job import failed

log = structlog.get_logger(__name__)


def combine_files(files: Sequence[FileFacts], probes: Sequence[Probe]) -> tuple[FileFacts, ...]:
    """Return ``files``, the facts of a submission, after checks have compared the files.

    For that a check has a function ``combine``. It is called once for each of ``probes`` (checks
    with options) that has one, with the inspections by path whose state is ok, and returns those
    that replace them. An inspection that it does not return stays. If it raises, the error is
    logged, and all that it was called with become failed. The ``sketch`` (a text that only
    ``combine`` reads) is then removed from every inspection of these probes.
    """
    combined = {probe.key: _combine(files, probe) for probe in probes if probe.check.combine}
    if not combined:
        return tuple(files)
    return tuple(
        _replace_inspections(file, {key: of.get(file.path) for key, of in combined.items()})
        for file in files
    )


def _combine(files: Sequence[FileFacts], probe: Probe) -> Inspections:
    """Return path -> combined inspection for the files in which the check of ``probe`` was ok.

    All of them are failed if ``combine`` raises.
    """
    alone = {
        file.path: file.inspections[probe.key]
        for file in files
        if probe.key in file.inspections and file.inspections[probe.key].state is State.OK
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
    (``sketch``) is removed from all inspections of ``combined``.
    """
    changed = {
        key: (one or file.inspections[key]).model_copy(update={"sketch": ""})
        for key, one in combined.items()
        if key in file.inspections
    }
    return file.model_copy(update={"inspections": {**file.inspections, **changed}})
