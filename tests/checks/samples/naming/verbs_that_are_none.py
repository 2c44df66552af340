"""A formula, a conversion and a direction need no verb, and a wrong name needs one."""
#! measure functions_without_verb = 4

from math import sqrt


def area(width, height):
    """Return the area of a rectangle."""
    return width * height


def distance(first, second):
    return sqrt(first**2 + second**2)


def celsius_to_kelvin(celsius):
    kelvin = celsius + 273
    return kelvin


def up(paddle):
    paddle.move(1)


def door_opened(event):
    print(event)


def volume(box):  #! no-verb
    return box


def caption(price):  #! no-verb
    return "EUR " + price


def total(prices):  #! no-verb
    added = prices[0] + prices[1]
    return added


def door_to(house):  #! no-verb
    return house
