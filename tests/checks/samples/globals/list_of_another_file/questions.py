"""The questions of a quiz."""

questions = ["Two plus two?", "Three plus three?"]
LEVELS = ["easy", "hard"]


def count(rows):
    return len(rows)
