"""How long to wait, how far chance goes, and by how much points grow are settings of the program."""
#! measure magic_numbers = 9

import datetime
import random
import time


def wait():
    time.sleep(5)  #! magic-number: `5` has no name


def think():
    return random.randint(1, 20)  #! magic-number: `20`


def score(points):
    points += 25  #! magic-number: `25`
    return points


def is_over(points):
    return points == 21  #! magic-number: `21`


def get_days(hours):
    return hours / 24  #! magic-number: `24`


def get_weeks(days):
    return days // 7 + 3 * 6  #! magic-number: `7`


def draw(window, pen):
    window.set_mode((800, 600))  #! magic-number: `draw` has 5 different numbers
    pen.goto(-230, 90)
    pen.write("Score", 36)


def get_bonus(years):
    bonus = years * 0.02  #! magic-number: `0.02`
    return bonus


def shift(letter):
    return (letter + 3) % 26  #! magic-number: `26`


# A wait of a moment, digits to show, the base of a number, a line of a menu, a place on a board.
def get_plain(text, choice, row, column, pen):
    time.sleep(1)
    if choice == 3:
        return int(text, 16), round(row / column, 3), datetime.date(2025, 12, 31)
    if choice == 4:
        return text.zfill(8)
    pen.goto(15, 35)
    return row * 3 + column
