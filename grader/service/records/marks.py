"""The mark of one student in an exercise, for the list of a class."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from grader.domain.scoring import Number
from grader.service.records.submissions import SubmissionState


@dataclass(frozen=True)
class Mark:
    """The points of a student's newest attempt at an exercise that has a report.

    ``submission`` is the id of that attempt and ``state`` its present state. ``points`` is ``None``
    while any points are withheld because of a failure on our side; points still to be given by hand
    are not in it. ``reported_at`` is when the report was stored.
    """

    student: str
    attempt: int
    submission: str
    state: SubmissionState
    points: Number | None
    max_points: Number
    rubric_version: int
    received_at: datetime
    reported_at: datetime
