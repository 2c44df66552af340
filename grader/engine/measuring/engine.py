"""The engine: looks up cached facts of a submission and sends the rest to the inspector.

The key of an inspection is a hash of everything that its result can depend on: check, version,
options, tools, interpreter, the file's bytes and kind, and what the check sees of other files. So
a cached inspection is valid for every other file, submission and worker with the same key.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from grader.analysis.project.declared import declares_entries
from grader.domain.check import Catalog, Context, FileDigests
from grader.domain.errors import EngineFault
from grader.domain.facts import EngineIdentity, SubmissionFacts
from grader.domain.inspection import Inspection, State
from grader.domain.rubric import Probe, Rubric
from grader.domain.rubric.globs import selects
from grader.domain.source import (
    Dropped,
    SourceFile,
    Submission,
    is_document,
    is_notebook,
    is_python,
    is_test_path,
    kind_of_name,
)
from grader.domain.unreadable import READABLE
from grader.engine.gate import GATE_VERSION
from grader.engine.intake import why_not_graded
from grader.engine.measuring.identity import engine_identity, tool_version
from grader.engine.measuring.job import CheckRequest, FileJob, Inspector, Job, canonical_json
from grader.engine.measuring.measurement import Keys, Plan, Row, RunningMeasurement
from grader.engine.measuring.sample import sample_job
from grader.service.ports import FactsCache


class ClosableInspector(Inspector, Protocol):
    """An inspector that owns resources, e.g. a process, which :meth:`close` releases."""

    def close(self) -> None:
        """Release the inspector's resources, such as its process. May be called again."""
        ...


@dataclass(frozen=True)
class _KeyedProbe:
    """A probe with the hash of those parts of its keys that are the same for all files."""

    probe: Probe
    options: str
    prefix: hashlib._Hash

    def key(self, file: tuple[str, str], context: Context) -> str:
        """Return the cache key of the probe's inspection of one file.

        ``file`` is (SHA-256 of the bytes, what checks see of the path); ``context`` is what the
        check sees of other files.
        """
        key = self.prefix.copy()
        key.update(canonical_json((*file, context)).encode("ascii"))
        return key.hexdigest()


@dataclass
class _Group:
    """Files with the same bytes and kind of name, which are measured once.

    ``source`` is the first of them, ``gate`` the key of the gate's result, and ``requests`` are the
    checks to run by the key of their result.
    """

    source: SourceFile
    gate: str
    requests: dict[str, CheckRequest] = field(default_factory=dict)


class Engine:
    """Measures submissions: runs the checks that a rubric needs on their files.

    :meth:`measure` waits for the facts, :meth:`start` does not. ``catalog`` has the checks,
    ``inspector`` runs them (in the product a fork server), and ``cache`` stores their results.
    Closing the engine closes the inspector, but not the cache.
    """

    def __init__(self, catalog: Catalog, inspector: ClosableInspector, cache: FactsCache) -> None:
        self._catalog, self._inspector, self._cache = catalog, inspector, cache
        self._identity = engine_identity(catalog)

    @property
    def identity(self) -> EngineIdentity:
        """The versions on which facts depend: of grader, Python, its grammar, tools and checks."""
        return self._identity

    def close(self) -> None:
        """Close the inspector and nothing else. May be called again."""
        self._inspector.close()

    def measure(self, submission: Submission, rubric: Rubric) -> SubmissionFacts:
        """Return the facts of ``submission`` for the probes (checks with options) of ``rubric``.

        Files are in path order; those that are not measured are among ``dropped``: no probe reads
        them, intake dropped them, or they are notebooks that the rubric does not accept. New
        results are stored in the cache, except failed ones. Errors of the cache pass through.

        Raises:
            EngineFault: The inspector failed; there are no facts. A check that fails on a file does
                not raise: its inspection is failed.
        """
        measurement = self.start(submission, rubric).collect()
        measurement.remember()
        return measurement.facts()

    def start(
        self, submission: Submission, rubric: Rubric, *, is_program: bool = False
    ) -> RunningMeasurement:
        """Start measuring ``submission`` for the probes of ``rubric``; do not wait for the results.

        Inspections in the cache are used; the others are sent to the inspector as one job, which
        the fork server runs in other processes (it is waited for here until it has started, and
        until an earlier job is finished). No job is started if nothing is missing. ``collect`` of
        the result waits for the answers and raises EngineFault if the inspector failed; nothing is
        stored in the cache before ``remember`` of the measurement. Errors of the cache pass
        through. With ``is_program`` every file is part of the program, as for starter files: what a
        student does not use of them is no leftover.
        """
        probes = [self._keyed(probe) for probe in rubric.probes(self._catalog)]
        notebooks = rubric.intake.notebooks == "accepted"
        files, unread = _split_files(submission, probes, notebooks)
        requested = [(keyed, _file_digests(submission, keyed.probe)) for keyed in probes]
        groups: dict[str, _Group] = {}
        keys = [self._keys(file, requested, groups) for file in files]
        declaring = _declaring(submission, files)
        declarations = {file.path: self._keys(file, (), groups).gate for file in declaring}
        aside = self._aside(submission, groups)
        known = self._cache.get_many(
            [key for group in groups.values() for key in (group.gate, *group.requests)]
        )
        rows = [*_missing_rows(groups.values(), known)]
        plan = Plan(
            submission=submission,
            files=files,
            keys=keys,
            unread=unread,
            probes=[keyed.probe for keyed in probes],
            known=known,
            rows=rows,
            declarations=declarations,
            aside=aside,
            named=_named(submission, rubric),
            is_program=is_program,
            cache=self._cache,
            identity=self._identity,
        )
        job = Job(tuple(file for file, _ in rows))
        return RunningMeasurement(plan, self._inspector.start(job) if rows else None)

    def examine(self) -> None:
        """Measure a file of our own, to see whether this host can measure; store nothing.

        Once more if inspections fail, because a single child may be killed on a host that is well.

        Raises:
            EngineFault: It cannot: the inspector failed, or inspections did twice.
        """
        reasons: set[str] = set()
        for _ in range(2):
            answers = self._inspector.start(sample_job(self._catalog)).collect()
            reasons = {one.reason for one in answers.values() if one.state is State.FAILED}
            if not reasons:
                return
        raise EngineFault(
            f"A file of our own cannot be measured: {', '.join(sorted(reasons))}.",
            how_to_fix="Look for what ends processes on the host, or for what it has run out of.",
        )

    def _aside(self, submission: Submission, groups: dict[str, _Group]) -> dict[str, str]:
        """Return the key of the gate for each file aside, by path; "" if it cannot be read.

        The gate reads them as Python, whatever their names say, and only the gate.
        """
        return {
            file.path: self._keys(_as_python(file), (), groups).gate if file.data else ""
            for file in submission.aside
        }

    def starter(self, rubric: Rubric) -> SubmissionFacts | None:
        """Return the facts of the rubric's starter files, or ``None`` if it has none.

        Their inspections are cached like those of students' files, so usually they are measured
        only for the first submission of a class.

        Raises:
            EngineFault: See :meth:`measure`; or something of them failed that may not fail again.
        """
        if not rubric.starter:
            return None
        starter = sorted(rubric.starter.items())
        files = tuple(SourceFile(path, text.encode("utf-8")) for path, text in starter)
        measurement = self.start(Submission(files), rubric, is_program=True).collect()
        if doubts := measurement.doubts():
            raise EngineFault(f"The starter files cannot be measured: {', '.join(doubts)}.")
        measurement.remember()
        return measurement.facts()

    def _keyed(self, probe: Probe) -> _KeyedProbe:
        """Return ``probe`` with the hash of the part of its keys that is equal for all files."""
        options = canonical_json(probe.options.model_dump(mode="json"))
        tools = {tool: tool_version(tool) for tool in probe.check.tools}
        parts = (probe.check.id, probe.check.version, options, tools, *self._base())
        return _KeyedProbe(probe, options, _hash(parts))

    def _base(self) -> tuple[object, ...]:
        """Return the parts of every key, the gate's included."""
        return self._identity.python, GATE_VERSION

    def _keys(
        self,
        file: SourceFile,
        requested: Sequence[tuple[_KeyedProbe, FileDigests]],
        groups: dict[str, _Group],
    ) -> Keys:
        """Return the keys of the facts of ``file``, and add its check requests to ``groups``.

        ``groups`` are by the key of the gate.
        """
        content = file.sha256, _what_checks_see(file.path)
        gate = _hash((READABLE, *self._base(), *content)).hexdigest()
        group = groups.setdefault(gate, _Group(file, gate))
        probes = {}
        for keyed, file_digests in requested:
            check = keyed.probe.check
            if not check.reads(file.path):
                continue
            context: Context = check.context(file.path, file_digests)
            key = keyed.key(content, context)
            group.requests[key] = CheckRequest(check.id, keyed.options, context)
            probes[keyed.probe.key] = key
        return Keys(gate, probes)


def _named(submission: Submission, rubric: Rubric) -> list[str]:
    """Return the paths that a criterion of ``rubric`` names without a wildcard."""
    exact = [criterion.exact_paths for criterion in rubric.criteria.values()]
    top = submission.top_folder
    paths = [file.path for file in submission.files]
    return [path for path in paths if any(selects(path, one, (), top) for one in exact)]


def _what_checks_see(path: str) -> str:
    """Return all that checks see of ``path``: its kind, whether it is a test, a document's suffix.

    e.g. a ``requirements.txt`` and a ``pyproject.toml`` of equal bytes are read differently, and so
    are a stub and one in ``tests/``.
    """
    suffix = path.rpartition(".")[2].lower() if is_document(path) else ""
    return f"{kind_of_name(path)} {is_test_path(path)} {suffix}"


def _split_files(
    submission: Submission, probes: Sequence[_KeyedProbe], notebooks: bool
) -> tuple[list[SourceFile], list[Dropped]]:
    """Return (files that some probe reads, other files with the reason), both in path order.

    Without ``notebooks`` the rubric does not accept notebooks: they are among the others.
    """
    read, unread = [], []
    for file in sorted(submission.files, key=lambda file: file.path):
        accepted = notebooks or not is_notebook(file.path)
        if accepted and any(keyed.probe.reads(file.path) for keyed in probes):
            read.append(file)
        else:
            unread.append(Dropped(file.path, why_not_graded(file.path)))
    return read, unread


def _declaring(submission: Submission, files: Sequence[SourceFile]) -> list[SourceFile]:
    """Return the documents, except ``files``, that may declare entry points of the program."""
    declaring = (file for file in submission.files if declares_entries(file.path))
    return [file for file in declaring if file not in files]


def _as_python(file: SourceFile) -> SourceFile:
    """Return ``file`` under a name of Python: ``program.txt.py`` for ``program.txt``."""
    if is_python(file.path):
        return file
    return SourceFile(f"{file.path}.py", file.data)


def _file_digests(submission: Submission, probe: Probe) -> FileDigests:
    """Return (path, SHA-256) of each file of ``submission`` that ``probe`` reads."""
    return tuple(pair for pair in submission.outline if probe.reads(pair[0]))


def _missing_rows(groups: Iterable[_Group], known: Mapping[str, Inspection]) -> Iterator[Row]:
    """Yield (file job, keys of its steps) for every group with an inspection missing in ``known``.

    The checks of a file that is known to be unreadable are not missing. The first key is the
    gate's, even if the gate need not run.
    """
    for group in groups:
        readable = known.get(group.gate)
        if readable is not None and readable.state is not State.OK:
            continue
        missing = {key: request for key, request in group.requests.items() if key not in known}
        if readable is None or missing:
            source, requests = group.source, tuple(missing.values())
            file = FileJob(source.path, source.data, requests, gate=readable is None)
            yield file, (group.gate, *missing)


def _hash(parts: tuple[object, ...]) -> hashlib._Hash:
    """Return the SHA-256 object of ``parts``; callers may copy and extend it."""
    return hashlib.sha256(canonical_json(parts).encode("ascii"))
