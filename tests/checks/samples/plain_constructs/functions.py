"""Statements that never run or do nothing, returns of two kinds, parameters that nobody needs."""
#! measure constructs = 8


def add(numbers):
    found = []
    for number in numbers:
        found += [number]  #! adds-a-list
        found.extend([number])  #! adds-a-list
    return found
    print("done")  #! unreachable


def grade(points):  #! inconsistent-returns
    if points > 50:
        return "passed"


def sign(number):  #! inconsistent-returns
    if number == 0:
        return
    return number > 0


def area(width, height, colour):  #! unused-parameter: `colour`
    pass  #! needless-pass
    return width * height


def print_area():
    print(area(1, 2, "red"))
    print  #! no-effect: brackets
