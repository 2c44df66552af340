"""A submission whose files were looked at: what is left takes no tools and no other process."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from grader.domain.errors import EngineFault
from grader.domain.facts import DroppedFile, EngineIdentity, FileFacts, SubmissionFacts
from grader.domain.inspection import Inspection, State
from grader.domain.rubric import Probe
from grader.domain.source import Dropped, SourceFile, Submission
from grader.engine.measuring.anchors import Lines, anchored
from grader.engine.measuring.combining import together
from grader.engine.measuring.job import Answers, FileJob
from grader.engine.notebook import cells_of
from grader.service.ports import FactsCache

#: What is to be asked of a file, and the keys of the answers: the gate's, then the asks'.
Row = tuple[FileJob, tuple[str, ...]]


@dataclass(frozen=True)
class Keys:
    """The keys of one file's facts: the gate's, and each probe's by the probe's own key."""

    gate: str
    probes: Mapping[str, str]


@dataclass(frozen=True)
class Inspected:
    """What was known of a submission, and the answers on the rest: ``rows`` were asked.

    ``keys`` are those of ``files``, which some probe reads; nothing is asked of ``unread``.
    ``at`` is when the answers were there.
    """

    submission: Submission
    files: Sequence[SourceFile]
    keys: Sequence[Keys]
    unread: Sequence[Dropped]
    probes: Sequence[Probe]
    known: Mapping[str, Inspection]
    rows: Sequence[Row]
    answers: Answers
    at: datetime
    cache: FactsCache
    identity: EngineIdentity

    def facts(self) -> SubmissionFacts:
        """What was measured.

        Raises:
            EngineFault: there is no answer on a file.
        """
        known = {**self.known, **self.fresh}
        files, top_folder = self.files, self.submission.top_folder
        alone = [
            _file_facts(*pair, known, top_folder) for pair in zip(files, self.keys, strict=True)
        ]
        found = together(alone, self.probes)
        return SubmissionFacts(
            files=tuple(anchored(*pair) for pair in zip(found, files, strict=True)),
            dropped=tuple(
                DroppedFile(path=file.path, reason=file.reason)
                for file in (*self.unread, *self.submission.dropped)
            ),
            digest=self.submission.digest,
            archive_sha256=self.submission.archive_sha256,
            engine=self.identity,
        )

    def remember(self) -> None:
        """Keep the answers for whoever hands in the same file, but for those that failed."""
        sound = {key: one for key, one in self.fresh.items() if one.state is not State.FAILED}
        self.cache.put_many(sound, self.at)

    @cached_property
    def fresh(self) -> Mapping[str, Inspection]:
        """Answers by their keys, findings tied to their lines: both hang on the bytes alone."""
        lines = [Lines(file.path, file.data) for file, _ in self.rows]
        return {
            self.rows[file][1][question]: lines[file].tied(inspection)
            for (file, question), inspection in self.answers.items()
        }


def _file_facts(
    file: SourceFile, keys: Keys, known: Mapping[str, Inspection], top_folder: str
) -> FileFacts:
    try:
        readable = known[keys.gate]
        ok = readable.state is State.OK
        probes = keys.probes if ok else {}
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
