"""The total of a stored report, read without the rest of it."""

from __future__ import annotations

from pydantic import BaseModel

from grader.domain.report import TotalLine


class _Outcome(BaseModel):
    """The part of a stored report that a mark needs."""

    total: TotalLine


def total_of(report: str) -> TotalLine:
    """Return the total in ``report``, the JSON of a report as it is stored."""
    return _Outcome.model_validate_json(report).total
