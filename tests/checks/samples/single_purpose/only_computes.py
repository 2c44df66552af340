"""A function that computes and returns the result does one thing."""
#! measure unfocused_functions = 0
#! measure mixed_functions = 0
#! measure several_phases = 0

import sys


def add_prices(prices):
    total = 0
    for price in prices:
        total += price
    return total


# A complaint is no result.
def divide(sum_of_all, count):
    print("cannot divide", file=sys.stderr)
    return sum_of_all / count


# `print` of an object is not the `print` that shows text.
class Plotter:
    def get_area(self, width, height):
        self.print(width)
        return width * height
