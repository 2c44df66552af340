"""Measuring a submission: what is known is looked up, the rest is asked of the fork server.

The key of an inspection is a hash over all that it can depend on, so that an inspection is true
wherever its key comes up again: in another file, another submission, another worker.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Protocol

from grader.domain.check import Catalog, Context, FileDigests
from grader.domain.facts import EngineIdentity, SubmissionFacts
from grader.domain.inspection import Inspection, State
from grader.domain.rubric import Probe, Rubric
from grader.domain.source import Dropped, SourceFile, Submission, is_notebook
from grader.domain.unreadable import READABLE
from grader.engine.gate import GATE_VERSION
from grader.engine.intake import why_not_graded
from grader.engine.measuring.identity import engine_identity, tool_version
from grader.engine.measuring.job import (
    CheckRequest,
    FileJob,
    Inspector,
    Job,
    canonical_json,
    nothing,
)
from grader.engine.measuring.measured import Inspected, Keys, Row
from grader.service.ports import FactsCache


class Closable(Inspector, Protocol):
    """An inspector that holds something."""

    def close(self) -> None:
        """Let go of it; more than once does no harm."""
        ...


@dataclass(frozen=True)
class _Question:
    """One probe of a rubric; ``fixed`` has hashed the parts of its keys that no file changes."""

    probe: Probe
    options: str
    fixed: hashlib._Hash

    def key(self, file: tuple[str, str], context: Context) -> str:
        """The key of its inspection of a file, given as (hash of the bytes, kind of name)."""
        key = self.fixed.copy()
        key.update(canonical_json((*file, context)).encode("ascii"))
        return key.hexdigest()


@dataclass
class _Wanted:
    """Files of the same bytes and kind of name: measured as one, under one gate's key."""

    source: SourceFile
    gate: str
    requests: dict[str, CheckRequest] = field(default_factory=dict)


class Engine:
    """Measures submissions with the checks of a catalog.

    ``inspector`` does the work (a fork server), ``cache`` remembers it.
    """

    def __init__(self, catalog: Catalog, inspector: Closable, cache: FactsCache) -> None:
        self._catalog, self._inspector, self._cache = catalog, inspector, cache
        self._identity = engine_identity(catalog)

    @property
    def identity(self) -> EngineIdentity:
        """What measures."""
        return self._identity

    def close(self) -> None:
        """Close the inspector; more than once does no harm."""
        self._inspector.close()

    def measure(self, submission: Submission, rubric: Rubric) -> SubmissionFacts:
        """Everything that the rubric's probes measure of a submission, files in path order.

        Raises:
            EngineFault: the engine itself is broken; nothing is known of the submission.
        """
        inspected = self.inspect(submission, rubric)
        inspected.remember()
        return inspected.facts()

    def inspect(
        self, submission: Submission, rubric: Rubric, meanwhile: Callable[[], None] = nothing
    ) -> Inspected:
        """The first half of :meth:`measure`: all that takes the inspector.

        ``meanwhile`` is called at most once, while the inspector's own process is at work.

        Raises:
            EngineFault: as :meth:`measure`.
        """
        questions = [self._question(probe) for probe in rubric.probes(self._catalog)]
        notebooks = rubric.intake.notebooks == "accepted"
        files, unread = _parted(submission, questions, notebooks)
        outlines = [_outline(submission, question.probe) for question in questions]
        asked = list(zip(questions, outlines, strict=True))
        wanted: dict[str, _Wanted] = {}
        keys = [self._keys(file, asked, rubric.python, wanted) for file in files]
        known = self._cache.get_many(_every_key(wanted.values()))
        rows = [*_missing(wanted.values(), known)]
        job = Job(tuple(file for file, _ in rows), rubric.python)
        return Inspected(
            submission=submission,
            files=files,
            keys=keys,
            unread=unread,
            probes=[question.probe for question in questions],
            known=known,
            rows=rows,
            answers=self._inspector.inspect(job, meanwhile) if rows else {},
            at=datetime.now(UTC),
            cache=self._cache,
            identity=self._identity,
        )

    def starter(self, rubric: Rubric) -> SubmissionFacts | None:
        """What the rubric's starter files measure, as a submission of their own, if it has any.

        They are remembered like every file, so a class measures them once.

        Raises:
            EngineFault: as :meth:`measure`.
        """
        if not rubric.starter:
            return None
        given = sorted(rubric.starter.items())
        files = tuple(SourceFile(path, text.encode("utf-8")) for path, text in given)
        return self.measure(Submission(files), rubric)

    def _question(self, probe: Probe) -> _Question:
        options = canonical_json(probe.options.model_dump(mode="json"))
        tools = {tool: tool_version(tool) for tool in probe.check.tools}
        fixed = (probe.check.id, probe.check.version, options, tools, *self._base())
        return _Question(probe, options, _digest(fixed))

    def _base(self) -> tuple[object, ...]:
        return self._identity.python, GATE_VERSION

    def _keys(
        self,
        file: SourceFile,
        asked: Sequence[tuple[_Question, FileDigests]],
        python: str,
        wanted: dict[str, _Wanted],
    ) -> Keys:
        seen = file.sha256, file.kind
        gate = _digest((READABLE, python, *self._base(), *seen)).hexdigest()
        group = wanted.setdefault(gate, _Wanted(file, gate))
        probes = {}
        for question, outline in asked:
            check = question.probe.check
            if not check.reads(file.path):
                continue
            context: Context = check.context(file.path, outline)
            key = question.key(seen, context)
            group.requests[key] = CheckRequest(check.id, question.options, context)
            probes[question.probe.key] = key
        return Keys(gate, probes)


def _parted(
    submission: Submission, questions: Sequence[_Question], notebooks: bool
) -> tuple[list[SourceFile], list[Dropped]]:
    """The files that some probe reads in path order, and the others as what was left out."""
    read, unread = [], []
    for file in sorted(submission.files, key=lambda file: file.path):
        wanted = notebooks or not is_notebook(file.path)
        if wanted and any(question.probe.reads(file.path) for question in questions):
            read.append(file)
        else:
            unread.append(Dropped(file.path, why_not_graded(file.path)))
    return read, unread


def _outline(submission: Submission, probe: Probe) -> FileDigests:
    """The outline of the files that a probe reads."""
    return tuple(pair for pair in submission.outline if probe.reads(pair[0]))


def _every_key(wanted: Iterable[_Wanted]) -> list[str]:
    return [key for one in wanted for key in (one.gate, *one.requests)]


def _missing(wanted: Iterable[_Wanted], known: Mapping[str, Inspection]) -> Iterator[Row]:
    """What is still to be asked of the files of which not everything is known."""
    for one in wanted:
        readable = known.get(one.gate)
        if readable is not None and readable.state is not State.OK:
            continue
        asks = {key: ask for key, ask in one.requests.items() if key not in known}
        if readable is None or asks:
            source, open_asks = one.source, tuple(asks.values())
            yield FileJob(source.path, source.data, open_asks, readable is None), (one.gate, *asks)


def _digest(parts: tuple[object, ...]) -> hashlib._Hash:
    return hashlib.sha256(canonical_json(parts).encode("ascii"))
