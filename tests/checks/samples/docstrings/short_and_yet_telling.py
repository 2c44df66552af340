"""Postage of parcels, in whole cents."""
#! measure undocumented = 4


def ship():
    """Postage added."""
    print("postage")


def elide():
    """Elide 800-80 and 80-8."""
    print("800-80")


def mean(values):
    """Gibt den Mittelwert der values zurück."""
    return sum(values) / len(values)


def add(price):
    """加上 price 的邮费"""
    return price + 2


def get_price(parcel):
    """Get price."""  #! trivial-docstring: says no more than its name
    print(parcel)


def order(parcel):
    """Orders."""  #! trivial-docstring: fewer than 2 words
    print(parcel)


def pack(parcel):
    """Does things."""  #! trivial-docstring: says no more
    print(parcel)


def weigh(parcel):
    """Weigh 3."""  #! trivial-docstring
    print(parcel)
