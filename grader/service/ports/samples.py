"""The port for golden samples."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from grader.domain.samples import SamplePoints
from grader.service.records.samples import NewSample, SampleRecord


class Samples(Protocol):
    """Stores the golden samples of exercises: programs and what they are expected to earn.

    Each change has an audit entry.
    """

    def put(self, new: NewSample, actor: str, now: datetime) -> SampleRecord:
        """Store ``new`` in place of the sample of its name, if there is one; return the record.

        If everything is as it was, nothing changes, and there is no audit entry.

        Raises:
            Conflict: the sample is new, and nothing says what it is expected to earn.
        """

    def expect(
        self, exercise: str, name: str, expected: SamplePoints, actor: str, now: datetime
    ) -> SampleRecord:
        """Store what a sample is expected to earn, and return its record; the program stays.

        Raises:
            NotFound: ``exercise`` has no sample ``name``.
        """

    def remove(self, exercise: str, name: str, actor: str, now: datetime) -> None:
        """Delete a sample, and its archive unless something else uses the same bytes.

        Raises:
            NotFound: ``exercise`` has no sample ``name``.
        """

    def of(self, exercise: str) -> Sequence[SampleRecord]:
        """Return the samples of ``exercise``, sorted by name; none if it does not exist."""

    def get(self, exercise: str, name: str) -> SampleRecord:
        """Return the sample ``name`` of ``exercise``.

        Raises:
            NotFound: there is none.
        """

    def archive(self, exercise: str, name: str) -> bytes:
        """Return the bytes of the sample ``name`` of ``exercise``.

        Raises:
            NotFound: there is none.
        """
