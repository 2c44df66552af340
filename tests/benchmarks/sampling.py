"""Timing: pipelines run in turns, so that other work of the machine slows all of them alike."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import fmean, median
from typing import Generic, TypeVar

Item = TypeVar("Item")
#: A function of a case that returns a function to be timed; its own time does not count.
Pipeline = Callable[[Item], Callable[[], object]]


@dataclass
class Timings(Generic[Item]):
    """Seconds by pipeline and number of the case: a list with one value for each repeat."""

    seconds: dict[str, dict[int, list[float]]] = field(default_factory=dict)

    def add(self, pipeline: str, case: int, seconds: float) -> None:
        """Add the time of one run."""
        self.seconds.setdefault(pipeline, {}).setdefault(case, []).append(seconds)

    def median(self, pipeline: str) -> float:
        """Return the median over cases of each case's median over repeats."""
        return median(median(runs) for runs in self.seconds[pipeline].values())

    def mean(self, pipeline: str) -> float:
        """Return the mean over cases of each case's median over repeats: the inverse of a rate."""
        return fmean(median(runs) for runs in self.seconds[pipeline].values())

    def ratio(self, pipeline: str, other: str) -> float:
        """Return the median of ``pipeline`` divided by that of ``other``."""
        return self.median(pipeline) / self.median(other)


def interleave(
    pipelines: Mapping[str, Pipeline[Item]], cases: Sequence[Item], repeats: int
) -> Timings[Item]:
    """Run each pipeline on each case ``repeats`` times, in turns, and return the times.

    In one step every pipeline gets a different case, so that a small cache in this process that one
    of them has filled is of no use to the next.
    """
    timings: Timings[Item] = Timings()
    stride = max(1, len(cases) // max(1, len(pipelines)))
    order = list(pipelines.items())
    for step in range(repeats * len(cases)):
        turned = step % len(order)
        for name, pipeline in order[turned:] + order[:turned]:
            place = list(pipelines).index(name)
            at = (step + place * stride) % len(cases)
            timings.add(name, at, timed(pipeline(cases[at])))
    return timings


def timed(work: Callable[[], object]) -> float:
    """Return the seconds of wall time that ``work()`` takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def percentile(values: Sequence[float], share: float) -> float:
    """Return the smallest of ``values`` such that ``share`` of them are at most as large.

    E.g. of the values 1 to 100 the share 0.99 gives 99.
    """
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]
