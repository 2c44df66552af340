"""Ask for an amount of random numbers and print what they come to."""

import random

from averages import mean, root_mean_square


def ask(text: str) -> int:
    """Ask for a whole number."""
    return int(input(text))


def main() -> None:
    """Draw the numbers and print both averages."""
    how_many = ask("How many numbers? ")
    drawn = [random.randint(1, 100) for _ in range(how_many)]
    print("The mean of", len(drawn), "numbers is", round(mean(drawn), 2))
    print("Their root mean square is", round(root_mean_square(drawn), 2))


if __name__ == "__main__":
    main()
