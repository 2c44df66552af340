"""Read numbers, describe them and print a report."""

import sys

from loading import load_text, parse_numbers
from reporting import format_report
from special_numbers import find_perfect_numbers, find_primes
from statistics_tools import count_per_bin, summarise


def build_report(text):
    """Return the report on the numbers in a text, or None if it holds no numbers."""
    numbers, skipped = parse_numbers(text)
    if not numbers:
        return None
    return format_report(
        summarise(numbers),
        primes=find_primes(numbers),
        perfect=find_perfect_numbers(numbers),
        bins=count_per_bin(numbers),
        skipped=skipped,
    )


def main(arguments):
    """Run the program; return 0 if it worked and 1 if there was nothing to report."""
    try:
        text = load_text(arguments)
    except FileNotFoundError as error:
        print(f"cannot find {error.filename}")
        return 1
    report = build_report(text)
    print(report or "no numbers found")
    return 0 if report else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
