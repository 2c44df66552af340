"""Names of methods that are called, handed on, or attributes of something else."""


class Interval:
    """A range of numbers, and whether it holds only digits."""

    def __init__(self, lower, upper, isdigit):
        self.lower = lower
        self.upper = upper
        self.isdigit = isdigit


def digits_of(words, interval, book):
    if interval.lower == 3 or interval.upper > 4 or interval.isdigit:
        return list(filter(str.isdigit, words))
    if book.title == "Emma" or book.index or words[0].isupper():
        return sorted(words, key=str.lower)
    check = words[0].isalpha if interval.isdigit == 5 else str.isdigit
    return [word for word in words if check is str.isdigit or check(word)]
