"""Get text and find the numbers in it."""

from pathlib import Path

EXAMPLE = """12 7 3 25 8 19 7 3 7 40
-4 15.5 22 6 28 31
# my comment line
9, 13, 2, 2.5, oops, 17"""


def load_text(arguments):
    """Return the text of the file named first, or the example if none is named."""
    if not arguments:
        return EXAMPLE
    return Path(arguments[0]).read_text(encoding="utf-8")


def parse_numbers(text):
    """Return the numbers in a text, and the words in it that are not numbers."""
    numbers, skipped = [], []
    for word in split_words(text):
        try:
            numbers.append(parse_number(word))
        except (ValueError, OverflowError):
            skipped.append(word)
    return numbers, skipped


def split_words(text):
    """Return the words of all lines that are not comments."""
    lines = [line for line in text.split("\n") if not line.startswith("#")]
    return " ".join(lines).replace(",", " ").split()


def parse_number(word):
    """Return a word as an int where it is whole, else as a float."""
    number = float(word)
    return int(number) if number == int(number) else number
