"""The same number in three lines needs a name, a small one if it does the same in each."""
#! measure magic_numbers = 4

import random


def get_line():
    return "-" * 50  #! magic-number: `50` is used in 3 lines


def print_title(title):
    print("=" * 50)
    print(title.center(50))


def throw():
    return random.randint(1, 6) + random.randint(1, 6)  #! magic-number: `6` is used in 3 lines


def throw_again():
    return random.randint(1, 6)


def throw_last(dice):
    dice.append(random.randint(1, 6))


def get_seconds(hours):
    return hours * 3600  #! magic-number: `3600`


def get_hours(seconds):
    print(seconds // 3600)
    return seconds % 3600


def repeat(x):
    return x // 0x07 + 7  #! magic-number: `0x07`


def repeat_again(x):
    x = x // 7
    return x // 7.0


# Fives that mean different things, data, places, angles, colours and answers of a web server.
def get_mixed(pen, rows, grid):
    for _ in range(5):
        pen.left(90)
        pen.forward(rows[45])
    pen.left(90)
    pen.right(90)
    print(grid - 5, rows + 5, rows[5], rows[45], rows[45])
    colors = [(45, 60, 75), (60, 75, 45), (75, 45, 60)]
    more = [(45, 60, 75), (60, 75, 45), (75, 45, 60)]
    last = [(45, 60, 75), (60, 75, 45), (75, 45, 60)]
    return colors, more, last


def answer(found):
    if not found:
        return "", 404
    return (found, 200), 255, 255
