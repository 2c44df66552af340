"""A number that decides something, or by which something is weighed, has no name."""
#! measure magic_numbers = 8


def add_vat(price):
    return price * 1.21  #! magic-number: `1.21` has no name


def get_weight(mass):
    return mass * 9.81  #! magic-number


def may_vote(age):
    return age >= 18  #! magic-number: `18`


def ask(tries):
    while tries < 3:  #! magic-number: `3`
        tries += 1


def is_hot(degrees):
    if degrees > 30.5:  #! magic-number
        return True
    return degrees.maximum() > 28  #! magic-number


def score(reading, writing):
    return reading * 0.7 + (writing - 1)  #! magic-number: `0.7`


def is_safe(password):
    return len(password) >= 8  #! magic-number: `8`


# These say what they mean, or mean the same everywhere.
def get_plain(number, row, rows, width, cm):
    half = number * 0.5
    percent = number * 100 + number % 2
    angle = number / 180
    third = row[3] + rows[4:7]
    margin = 1.5 * cm
    limit = 12
    return half, percent, angle, third, margin, limit, width(size=2.5), len(rows) > 5


def is_on_board(row, column):
    return 0 <= row < 8 and column >= 0 and column < 8


def get_grade(points):
    if points >= 90:
        return "A"
    elif points >= 80:
        return "B"
    elif points >= 70:
        return "C"
    return "D"


def check(numbers):
    assert len(numbers) > 5 and numbers[0] > 17


def draw(rate=0.19, sizes=(11, 12, 13)):
    return rate, sizes
