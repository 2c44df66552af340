"""Timing: pipelines taken in turns, so that what slows the machine slows all of them alike."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import fmean, median
from typing import Generic, TypeVar

Item = TypeVar("Item")
#: Gets a case; what it returns is called and timed. Preparations stay outside the time.
Pipeline = Callable[[Item], Callable[[], object]]


@dataclass
class Timings(Generic[Item]):
    """Seconds by pipeline and case, one for each repeat."""

    seconds: dict[str, dict[int, list[float]]] = field(default_factory=dict)

    def add(self, pipeline: str, case: int, seconds: float) -> None:
        """Note one run."""
        self.seconds.setdefault(pipeline, {}).setdefault(case, []).append(seconds)

    def median(self, pipeline: str) -> float:
        """The median over cases of each case's median over repeats."""
        return median(median(runs) for runs in self.seconds[pipeline].values())

    def mean(self, pipeline: str) -> float:
        """The mean over cases of each case's median: the inverse of a rate."""
        return fmean(median(runs) for runs in self.seconds[pipeline].values())

    def ratio(self, pipeline: str, other: str) -> float:
        """The ratio of two medians."""
        return self.median(pipeline) / self.median(other)


def interleave(
    pipelines: Mapping[str, Pipeline[Item]], cases: Sequence[Item], repeats: int
) -> Timings[Item]:
    """Run each pipeline on each case so many times, step by step in turns.

    In one step every pipeline has another case, so that nothing that one has left in a small
    cache of this process serves the next.
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
    """Seconds of wall time that some work takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that so large a share of all values does not exceed."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]
