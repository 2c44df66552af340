"""Conditions that cannot be said more plainly."""
#! measure constructs = 0
#! measure matters_of_taste = 0


def find(rows, wanted):
    for row in rows:
        if row == wanted:
            return True
    return False


def describe(age, is_here):
    if age >= 18:
        kind = "adult"
    else:
        kind = "child"
    if is_here:
        print(kind)
    return kind


def compare(low, high, price, other):
    if price < low or price > high:
        return "outside"
    if price < low and other < low:
        return "both below"
    if next(price) == 1 or next(price) == 2:
        return "each call gives another value"
    if price not in (low, high) and not other in ():
        return "style tells about `not in`"
    return "inside"


def default(name):
    return name or "nobody"


class Price:
    def __init__(self, cents):
        self.cents = cents

    def __eq__(self, other):
        return self.cents == other.cents

    def __ne__(self, other):
        return not self == other
