"""In a function that only computes, letters are the letters of the formula."""

from math import cos, sin, sqrt


def add(a, b):
    return a + b


def solve(a, b, c):
    d = b * b - 4 * a * c
    return d


def measure_distance(lat, lon):
    a = sin(lat) ** 2 + cos(lon)
    return sqrt(a)


def divide(a, b):
    """Return the quotient."""
    if b == 0:
        raise ValueError("zero")
    return a / b


def print_sum(a):  #! single-letter
    print(a + 1)


def print_after_a_dead_sum(s):  #! single-letter
    1 + 1
    print(s)
