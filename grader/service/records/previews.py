"""Previews of rubrics, and measurements of what nobody has graded by their probes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from grader.domain.effect import Standing
from grader.domain.facts import SubmissionFacts


@dataclass(frozen=True)
class PreviewRecord:
    """The text of a rubric of ``exercise`` whose effect was asked for, and who asked last.

    The same text of an exercise has one record, so the same id. ``digest`` is the SHA-256 of
    ``text``.
    """

    id: str
    exercise: str
    course: str
    digest: str
    text: str
    created_at: datetime
    created_by: str


@dataclass(frozen=True)
class Subject:
    """What is measured for a preview: an upload, or starter files, whose ``archive_sha256`` is "".

    ``key`` is a hash of all that the facts depend on besides the probes.
    """

    key: str
    archive_sha256: str = ""
    filename: str = ""

    @classmethod
    def of_upload(cls, archive_sha256: str, filename: str) -> Subject:
        """Return the subject for the stored archive ``archive_sha256``, uploaded as ``filename``.

        By the suffix of its name intake tells a zip from a Python file.
        """
        text = json.dumps([archive_sha256, filename])
        return cls(hashlib.sha256(text.encode()).hexdigest(), archive_sha256, filename)

    @classmethod
    def of_starter(cls, starter: Mapping[str, str]) -> Subject:
        """Return the subject for the ``starter`` files of a rubric, text by path."""
        text = json.dumps(sorted(starter.items()))
        return cls(f"starter-{hashlib.sha256(text.encode()).hexdigest()}")


@dataclass(frozen=True)
class MeasurementRecord:
    """A measurement: its ``facts``, without findings, or the ``problem`` that it failed with.

    With neither it is still to be made.
    """

    subject: str
    facts: SubmissionFacts | None
    problem: str


@dataclass(frozen=True)
class MeasurementClaim:
    """A worker's right to make a measurement, and what it needs for that.

    ``text`` is a rubric with the probes whose key is ``probes``, ``digest`` its SHA-256. ``data``
    is the uploaded file, ``None`` for the rubric's starter files. ``tries`` counts the claims,
    this one included; a later claim has a higher number, and this one is then lost.
    """

    probes: str
    subject: str
    digest: str
    text: str
    data: bytes | None
    filename: str
    tries: int


@dataclass(frozen=True)
class CountedAttempt:
    """The counted attempt of one student: the newest with a report, and what its report says.

    ``facts`` are those of its report, without findings, measured for the rubric of the version
    ``rubric_version``.
    """

    student: str
    attempt: int
    submission: str
    archive_sha256: str
    filename: str
    rubric_version: int
    before: Standing
    facts: SubmissionFacts

    @property
    def subject(self) -> Subject:
        """What a worker measures if the facts do not serve."""
        return Subject.of_upload(self.archive_sha256, self.filename)
