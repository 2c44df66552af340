"""The body of the event that reports a score, as both connectors write it::

{"type": "submission.graded", "submission": "0190...", "exercise": "numbers-refactor",
 "student": "s123", "attempt": 1, "points": 71.5, "max_points": 100, ...}
"""

from __future__ import annotations

import json
from datetime import UTC

from grader.service.ports.connector import Score


def write_score_event(score: Score) -> bytes:
    """Return ``score`` as JSON. Receivers may depend on the fields and on their order.

    ``points`` is null while points are withheld because a check failed on our side; such a report
    is not graded, and the product sends none. ``graded_at`` is in UTC.
    """
    submission, total = score.submission, score.report.total
    event = {
        "type": "submission.graded",
        "submission": submission.id,
        "exercise": submission.exercise,
        "student": submission.student,
        "attempt": submission.attempt,
        "points": total.points,
        "max_points": total.max_points,
        "status": score.report.status,
        "rubric_version": score.rubric_version,
        "context": score.callback_context,
        "graded_at": score.graded_at.astimezone(UTC).isoformat(),
    }
    return json.dumps(event).encode()
