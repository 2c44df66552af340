"""Golden samples of exercises."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from grader.domain.samples import SamplePoints


@dataclass(frozen=True)
class NewSample:
    """A golden sample to be stored: ``data`` is its archive or Python file, called ``filename``.

    With ``expected`` of ``None`` an existing sample keeps what it is expected to earn.
    """

    exercise: str
    course: str
    name: str
    filename: str
    data: bytes
    expected: SamplePoints | None


@dataclass(frozen=True)
class SampleRecord:
    """A golden sample as it is stored, without its bytes.

    ``updated_by`` is the actor who stored it last: the id of a token, or ``seed``.
    """

    exercise: str
    course: str
    name: str
    archive_sha256: str
    filename: str
    expected: SamplePoints
    updated_at: datetime
    updated_by: str


@dataclass(frozen=True)
class Override:
    """A rubric is published although golden samples do not earn what they should, for ``reason``.

    ``expected`` has by the name of the sample what is expected from now on.
    """

    reason: str
    expected: Mapping[str, SamplePoints]
