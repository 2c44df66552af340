"""Averages of numbers."""

import math


def mean(numbers: list[int]) -> float:
    """Return the arithmetic mean."""
    return sum(numbers) / len(numbers)


def root_mean_square(numbers: list[int]) -> float:
    """Return the square root of the mean of the squares."""
    return math.sqrt(mean([number * number for number in numbers]))
