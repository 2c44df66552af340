"""Find numbers with special properties."""

import math


def find_primes(numbers):
    """Return the different primes among the numbers, smallest first."""
    return [number for number in whole_numbers(numbers) if is_prime(number)]


def find_perfect_numbers(numbers):
    """Return the different perfect numbers among the numbers, smallest first."""
    return [number for number in whole_numbers(numbers) if is_perfect(number)]


def whole_numbers(numbers):
    """Return the different whole numbers above one, smallest first."""
    return sorted({n for n in numbers if isinstance(n, int) and n > 1})


def is_prime(number):
    """Tell whether a whole number above one is prime."""
    return all(number % divisor for divisor in range(2, math.isqrt(number) + 1))


def is_perfect(number):
    """Tell whether a number is the sum of its smaller divisors."""
    return number == sum(d for d in range(1, number) if number % d == 0)
