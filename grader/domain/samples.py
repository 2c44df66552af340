"""Golden samples: what programs with known points should earn, and how what they earn differs.

Each version of a rubric is tried on the samples of its exercise before it is published.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from grader.domain.errors import SampleMistake
from grader.domain.scoring import Ledger, Number, number

#: The most points that a sample can be expected to earn. Chosen by hand.
_MOST = 100_000
#: Points that are expected: an integer stays one.
Expected = (
    Annotated[int, Field(ge=0, le=_MOST)]
    | Annotated[float, Field(ge=0, le=_MOST, allow_inf_nan=False)]
)


class SamplePoints(BaseModel):
    """The points of a golden sample: its ``total``, and those of each criterion, by id.

    Where only the total is known, there are no criteria; otherwise criteria without points, e.g.
    those that a person judges, are left out.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    total: Expected
    criteria: Mapping[Annotated[str, Field(max_length=64)], Expected] = Field({}, max_length=200)

    @classmethod
    def of(cls, ledger: Ledger) -> SamplePoints | None:
        """Return the points in ``ledger``; ``None`` if some are withheld by a fault of ours."""
        if ledger.total.points is None:
            return None
        known = {row.id: number(row.points) for row in ledger.rows if row.points is not None}
        return cls(total=number(ledger.total.points), criteria=known)


@dataclass(frozen=True)
class Difference:
    """A place where a sample does not earn what is expected: a ``criterion``, or empty the total.

    ``expected`` or ``earned`` is ``None`` for a criterion that exists only on the other side, and
    ``earned`` also for what could not be measured.
    """

    criterion: str
    expected: Number | None
    earned: Number | None


def differences(expected: SamplePoints, earned: SamplePoints | None) -> tuple[Difference, ...]:
    """Return where ``earned`` differs from ``expected``: the total first, then each criterion.

    Criteria are compared only if ``expected`` has some. Without ``earned`` (points are withheld)
    the total differs.
    """
    if earned is None:
        return (Difference("", expected.total, None),)
    found = []
    if expected.total != earned.total:
        found.append(Difference("", expected.total, earned.total))
    if expected.criteria:
        for criterion in dict.fromkeys([*expected.criteria, *earned.criteria]):
            before, now = expected.criteria.get(criterion), earned.criteria.get(criterion)
            if before != now:
                found.append(Difference(criterion, before, now))
    return tuple(found)


@dataclass(frozen=True)
class SampleResult:
    """What a sample earns under a rubric, beside what is expected.

    ``earned`` is ``None`` if that is not known: it is not measured yet, which ``problem`` does not
    say, or it could not be measured, for the reason ``problem``.
    """

    name: str
    expected: SamplePoints
    earned: SamplePoints | None
    problem: str = ""

    @property
    def is_waiting(self) -> bool:
        """Whether it is still to be measured."""
        return self.earned is None and not self.problem

    def mistakes(self) -> Iterator[SampleMistake]:
        """Yield a sentence about the total and about each criterion that is not as expected."""
        if self.earned is None:
            yield SampleMistake(f"{self.name} could not be measured: {self.problem}", self.name)
            return
        for one in differences(self.expected, self.earned):
            criterion = f", {one.criterion}" if one.criterion else ""
            said = f"{_said(one.earned)}, and {_said(one.expected)} is expected"
            yield SampleMistake(f"{self.name}{criterion}: {said}", self.name, one.criterion)


def _said(points: Number | None) -> str:
    return "nothing" if points is None else f"{points:g}"
