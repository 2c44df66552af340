"""The measurement of one submission: first running in the fork server, then complete.

Computing the facts of a complete measurement needs neither tools nor another process.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property

from grader.domain.errors import EngineFault
from grader.domain.facts import DroppedFile, EngineIdentity, FileFacts, SubmissionFacts
from grader.domain.inspection import Inspection, State
from grader.domain.rubric import Probe
from grader.domain.source import Dropped, SourceFile, Submission
from grader.engine.measuring.anchors import AnchoredFile, anchor_findings
from grader.engine.measuring.combining import Contents, all_program, combine_files, with_parts
from grader.engine.measuring.job import Answers, FileJob, RunningJob
from grader.engine.notebook import cells_of
from grader.service.ports import FactsCache

#: Reasons of failures that the host may be to blame for: a process that was killed (the kernel
#: does so when memory runs out) or never started, a processor that never came round, memory that
#: was refused. Not e.g. ``cpu`` or ``crash``, which the next try would repeat.
DOUBTFUL = frozenset({"killed", "no_child", "timeout", "memory"})
#: A file of the job, and the cache key of each step's answer: the gate's, then the checks'.
Row = tuple[FileJob, tuple[str, ...]]


@dataclass(frozen=True)
class Keys:
    """The cache keys of one file: ``gate`` for the result of the gate, one for each probe.

    ``probes`` has those of the probes that read the file: it maps a probe's own key (check and
    options) to the cache key of its inspection of this file.
    """

    gate: str
    probes: Mapping[str, str]


@dataclass(frozen=True)
class Plan:
    """Everything that is needed to measure one submission and to put its facts together.

    ``files`` are the files that some probe reads, in path order, ``keys`` their keys in the same
    order, and ``unread`` the other files of the submission with the reasons. Of these,
    ``declarations`` are documents that may declare entry points, by path with the key of their
    gate. ``aside`` are files that may be code, by path with such a key, empty if one cannot be
    read. ``known`` are the inspections found in the cache, by key. ``rows`` has a pair for each
    file of the job, i.e. with missing inspections: the file with the checks to run, and the keys of
    their results. Files with equal bytes and the same kind of name have one row. With
    ``is_program`` every file is part of the program; ``named`` are the paths that the rubric names.
    """

    submission: Submission
    files: Sequence[SourceFile]
    keys: Sequence[Keys]
    unread: Sequence[Dropped]
    probes: Sequence[Probe]
    known: Mapping[str, Inspection]
    rows: Sequence[Row]
    declarations: Mapping[str, str]
    aside: Mapping[str, str]
    named: Collection[str]
    is_program: bool
    cache: FactsCache
    identity: EngineIdentity


@dataclass(frozen=True)
class RunningMeasurement:
    """A measurement whose job runs in the fork server; ``job`` is ``None`` if none was needed.

    :meth:`collect` waits for the job and returns the complete measurement.
    """

    plan: Plan
    job: RunningJob | None

    def collect(self) -> Measurement:
        """Wait for the answers of the job, if there is one, and return the complete measurement.

        Nothing is stored; see :meth:`Measurement.remember`.

        Raises:
            EngineFault: The fork server failed.
        """
        answers = self.job.collect() if self.job is not None else {}
        return Measurement(self.plan, answers, datetime.now(UTC))


@dataclass(frozen=True)
class Measurement:
    """A complete measurement: its plan, the answers of its job, and when they were read (UTC).

    :meth:`facts` puts the facts together, :meth:`remember` stores the answers in the facts cache.
    """

    plan: Plan
    answers: Answers
    at: datetime

    def facts(self) -> SubmissionFacts:
        """Return the facts of the submission, after :func:`combine_files` and with anchors.

        Nothing is stored; see :meth:`remember`.

        Raises:
            EngineFault: An answer on a file is missing.
        """
        plan = self.plan
        known = {**plan.known, **self.fresh}
        top_folder = plan.submission.top_folder
        alone = [
            _file_facts(file, keys, known, top_folder)
            for file, keys in zip(plan.files, plan.keys, strict=True)
        ]
        declarations = {
            path: known[gate] for path, gate in plan.declarations.items() if gate in known
        }
        if plan.is_program:
            program = all_program(alone)
        else:
            program = with_parts(alone, declarations, plan.named, self._contents(known))
        combined = combine_files(program, plan.probes)
        return SubmissionFacts(
            files=tuple(anchor_findings(*pair) for pair in zip(combined, plan.files, strict=True)),
            dropped=tuple(
                DroppedFile(path=file.path, reason=file.reason)
                for file in (*plan.unread, *plan.submission.dropped)
            ),
            hidden=program.hidden,
            digest=plan.submission.digest,
            archive_sha256=plan.submission.archive_sha256,
            engine=plan.identity,
        )

    def doubts(self) -> Sequence[str]:
        """Return the reasons of failed answers that the host may be to blame for, sorted."""
        reasons = {one.reason for one in self.answers.values() if one.state is State.FAILED}
        return sorted(reasons & DOUBTFUL)

    def _contents(self, known: Mapping[str, Inspection]) -> Contents:
        """Return what the search for hidden code needs; ``known`` are inspections by key."""
        aside = {path: known.get(gate) for path, gate in self.plan.aside.items()}
        data = {file.path: file.data for file in self.plan.submission.files}
        return Contents(data, aside, self.plan.submission.of_tools)

    def remember(self) -> None:
        """Store the answers of the job in the facts cache, except those that failed.

        Errors of the cache pass through.
        """
        sound = {key: one for key, one in self.fresh.items() if one.state is not State.FAILED}
        self.plan.cache.put_many(sound, self.at)

    @cached_property
    def fresh(self) -> Mapping[str, Inspection]:
        """The answers of the job by cache key, failed ones too, with anchors in their findings.

        Anchors depend on the file's bytes alone, which are part of the key, so they can be cached.
        """
        files = [AnchoredFile(file.path, file.data) for file, _ in self.plan.rows]
        return {
            self.plan.rows[index][1][step]: files[index].anchor(inspection)
            for (index, step), inspection in self.answers.items()
        }


def _file_facts(
    file: SourceFile, keys: Keys, known: Mapping[str, Inspection], top_folder: str
) -> FileFacts:
    """Return the facts of ``file`` from the inspections ``known`` by key.

    Raises:
        EngineFault: One of ``keys`` is not known.
    """
    try:
        readable = known[keys.gate]
        probes = keys.probes if readable.state is State.OK else {}
        inspections = {probe: known[key] for probe, key in probes.items()}
    except KeyError:
        raise EngineFault(f"The engine gave no answer on {file.path}.") from None
    return FileFacts(
        path=file.path,
        sha256=file.sha256,
        readable=readable,
        inspections=inspections,
        cells=cells_of(file.path, file.data),
        top_folder=top_folder,
    )
