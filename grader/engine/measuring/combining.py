"""Combine the inspections of single files, for checks that compare files with one another."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

import structlog

from grader.analysis.project.counting import Weights, all_counted, count_statements
from grader.analysis.project.declared import declares_entries
from grader.analysis.project.hidden import Sources, hidden_in
from grader.analysis.project.program import parts_of
from grader.analysis.project.settings import with_named_code
from grader.analysis.project.summary import FileSummary
from grader.domain.check import Inspections
from grader.domain.facts import FileFacts
from grader.domain.hidden import Hidden
from grader.domain.inspection import Inspection, State, by_statement
from grader.domain.program import Part
from grader.domain.rubric import Probe
from grader.engine.measuring.job import failed

#: Reasons of the gate for a file that may be Python all the same.
_TOO_MUCH = frozenset({"too_large", "too_deep", "grammar", "memory", "timeout", "cpu"})

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Program:
    """The files of a submission with their parts in the program, and the weights of functions.

    ``weights`` are by path and line: how many statements of a function count. ``hidden`` is code
    that the program runs where no check looks.
    """

    files: Sequence[FileFacts]
    weights: Weights
    hidden: tuple[Hidden, ...] = ()


@dataclass(frozen=True)
class Contents:
    """What the search for hidden code needs: ``data`` of the files, and what is ``aside``.

    ``data`` are their contents. ``aside`` are the gate's inspections of files that may be code,
    ``None`` for one that cannot be read. Both are by path. ``of_tools`` are the paths of those
    aside that a tool made.
    """

    data: Mapping[str, bytes] = field(default_factory=dict)
    aside: Mapping[str, Inspection | None] = field(default_factory=dict)
    of_tools: Collection[str] = ()


def with_parts(
    files: Sequence[FileFacts],
    declarations: Mapping[str, Inspection],
    named: Collection[str],
    contents: Contents | None = None,
) -> Program:
    """Return ``files``, the facts of a submission, each with its part in the program.

    ``declarations`` are the gate's inspections of documents that are not among ``files`` and may
    declare entry points, by path; ``named`` are the paths that the rubric names. Without
    ``contents`` no hidden code is found but tests that the program imports. If the gate failed on a
    file without a summary of it, every file is part of the program.
    """
    gates = {**declarations, **{file.path: file.readable for file in files}}
    summaries = with_named_code({path: _summary(one) for path, one in gates.items()})
    if any(file.readable.state is State.FAILED and not file.readable.sketch for file in files):
        # What that file imports is not known, so any other file may be part of the program.
        return _counted(files, summaries, {file.path: file.part for file in files})
    parts = parts_of(summaries, named)
    program = _counted(files, summaries, parts)
    measured = {file.path: summaries[file.path] for file in files}
    contents = contents or Contents()
    aside = {path: _readable(one) for path, one in contents.aside.items()}
    hidden = hidden_in(Sources(measured, parts, contents.data, aside, contents.of_tools))
    return replace(program, hidden=hidden)


def _readable(gate: Inspection | None) -> FileSummary | None:
    """Return the summary of a file that may be code; ``None`` if the gate cannot read so much."""
    if gate is None or gate.reason in _TOO_MUCH:
        return None
    return _summary(gate)


def all_program(files: Sequence[FileFacts]) -> Program:
    """Return ``files`` as a program of which every statement counts, as those of a starter do."""
    summaries = {file.path: _summary(file.readable) for file in files}
    weights = {path: all_counted(one.functions) for path, one in summaries.items()}
    parts = {}
    for path, by_line in weights.items():
        total = sum(by_line.values())
        parts[path] = Part(lines=summaries[path].lines, statements=total, counted=total)
    return Program(_with(files, parts), weights)


def _counted(
    files: Sequence[FileFacts], summaries: Mapping[str, FileSummary], parts: Mapping[str, Part]
) -> Program:
    """Return ``files`` with their ``parts``, and the statements of the program counted."""
    declared = (one.declares for path, one in summaries.items() if declares_entries(path))
    called = [name.rpartition(":")[2].strip() for names in declared for name in names]
    counted = count_statements(summaries, parts, called)
    return Program(_with(files, counted.parts), counted.weights)


def _with(files: Sequence[FileFacts], parts: Mapping[str, Part]) -> list[FileFacts]:
    """Return ``files`` with those ``parts`` that they have, by path."""
    return [
        file.model_copy(update={"part": parts[file.path]}) if file.path in parts else file
        for file in files
    ]


def combine_files(program: Program, probes: Sequence[Probe]) -> tuple[FileFacts, ...]:
    """Return the facts of the files of ``program``, after checks have compared the files.

    For that a check has a function ``combine``. It is called once for each of ``probes`` (checks
    with options) that has one, with the inspections by path whose state is ok, and returns those
    that replace them. Leftover and neutral files are left out: what they share with the program is
    no fault of the program. An inspection that it does not return stays. If it raises, the error is
    logged, and all that it was called with become failed. The ``sketch`` (a text that only
    ``combine`` reads) is then removed from every inspection of these probes, and that of the gate
    from every file. Values by function become histograms, weighted by statements.
    """
    files = program.files
    combined = {probe.key: _combine(files, probe) for probe in probes if probe.check.combine}
    return tuple(
        _replace_inspections(
            file,
            {key: of.get(file.path) for key, of in combined.items()},
            program.weights.get(file.path, {}),
        )
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


def _replace_inspections(
    file: FileFacts, combined: Mapping[str, Inspection | None], weights: Mapping[int, int]
) -> FileFacts:
    """Return the facts of ``file`` with its combined inspections, by probe key.

    An inspection that was not combined is kept. The summary that the check made for combining
    (``sketch``) is removed from all inspections of ``combined``, and that of the gate as well.
    Values of functions become histograms by the ``weights`` of the lines of functions.
    """
    changed = {
        key: (one or file.inspections[key]).model_copy(update={"sketch": ""})
        for key, one in combined.items()
        if key in file.inspections
    }
    readable = file.readable.model_copy(update={"sketch": ""})
    inspections = {
        key: _weighted(one, weights) for key, one in {**file.inspections, **changed}.items()
    }
    return file.model_copy(update={"readable": readable, "inspections": inspections})


def _weighted(one: Inspection, weights: Mapping[int, int]) -> Inspection:
    """Return ``one`` with its values by function as histograms of statements.

    e.g. ``{"lengths": {3: 12, 9: 40}}`` for functions of 12 and 40 lines, of which 3 and 8
    statements count, gives the histogram ``{12: 3, 40: 8}``.
    """
    if not one.by_function:
        return one
    histograms = {**one.facts.histograms}
    for name, values in one.by_function.items():
        histogram = histograms[by_statement(name)] = {}
        for line, value in sorted(values.items()):
            if weight := weights.get(line, 0):
                histogram[value] = histogram.get(value, 0) + weight
    facts = one.facts.model_copy(update={"histograms": histograms})
    return one.model_copy(update={"facts": facts, "by_function": {}})
