"""Checks of what lies between files: each file's inspection, in the light of the others."""

from __future__ import annotations

from collections.abc import Sequence

import structlog

from grader.domain.check import Inspections
from grader.domain.facts import FileFacts
from grader.domain.inspection import Inspection, State
from grader.domain.rubric import Probe
from grader.engine.measuring.job import failed

log = structlog.get_logger(__name__)


def together(files: Sequence[FileFacts], probes: Sequence[Probe]) -> tuple[FileFacts, ...]:
    """The facts of a submission's files after every check that combines them has done so."""
    found = {probe.key: _combined(files, probe) for probe in probes if probe.check.combine}
    if not found:
        return tuple(files)
    return tuple(
        _with(file, {key: of.get(file.path) for key, of in found.items()}) for file in files
    )


def _combined(files: Sequence[FileFacts], probe: Probe) -> Inspections:
    """What the probe says of each file that it could look at."""
    alone = {
        file.path: file.inspections[probe.key]
        for file in files
        if probe.key in file.inspections and file.inspections[probe.key].state is State.OK
    }
    assert probe.check.combine is not None, "asked only of checks that combine"
    try:
        return probe.check.combine(alone, probe.options)
    except Exception as error:
        # A check that breaks on one file fails that file; here it is all of them.
        log.error("combine_failed", check=probe.check.id, exc_info=error)
        return dict.fromkeys(alone, failed("error"))


def _with(file: FileFacts, found: dict[str, Inspection | None]) -> FileFacts:
    changed = {
        key: (one or file.inspections[key]).model_copy(update={"sketch": ""})
        for key, one in found.items()
        if key in file.inspections
    }
    return file.model_copy(update={"inspections": {**file.inspections, **changed}})
