"""Describe a list of numbers."""

import statistics
from dataclasses import dataclass

BIN_COUNT = 5


@dataclass(frozen=True)
class Summary:
    """The figures that describe a list of numbers."""

    count: int
    smallest: float
    largest: float
    mean: float
    median: float
    modes: list
    deviation: float


@dataclass(frozen=True)
class Bin:
    """One bar of a histogram: from where, to where, how many numbers."""

    start: float
    end: float
    count: int


def summarise(numbers):
    """Return the summary of a list that holds at least one number."""
    return Summary(
        count=len(numbers),
        smallest=min(numbers),
        largest=max(numbers),
        mean=sum(numbers) / len(numbers),
        median=statistics.median(numbers),
        modes=sorted(statistics.multimode(numbers)),
        deviation=statistics.pstdev(numbers),
    )


def count_per_bin(numbers, bin_count=BIN_COUNT):
    """Return bins of equal width from the smallest number to the largest."""
    start = min(numbers)
    width = (max(numbers) - start) / bin_count or 1
    counts = [0] * bin_count
    for number in numbers:
        index = int((number - start) / width)
        counts[min(index, bin_count - 1)] += 1
    return [
        Bin(start + index * width, start + (index + 1) * width, count)
        for index, count in enumerate(counts)
    ]
