"""A function of the student's own that is called `print` need not print anything."""


def print(text):
    pass


def multiply(price, count):
    print(price)
    return price * count
