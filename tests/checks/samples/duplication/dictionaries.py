from dataclasses import dataclass, field

PRICES = {"apple": 3, "pear": [4, 5], "plum": {"red": 1}}
WEIGHTS = {"apple": 30, "pear": [40, 50], "plum": {"red": 10}}
SIZES = {"apple": 7, "pear": [8, 9], "plum": {"red": 2}}


@dataclass
class Order:
    name: str
    lines: list[str] = field(default_factory=list)
    prices: list[int] = field(default_factory=list)


@dataclass
class Parcel:
    name: str
    lines: list[str] = field(default_factory=list)
    weights: list[int] = field(default_factory=list)


def check(order):
    if not order.name:
        raise ValueError("An order needs a name")
    if not order.lines:
        raise ValueError("An order needs a line")
    if not order.prices:
        raise ValueError("An order needs a price")
