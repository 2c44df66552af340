"""In a script, an object of a class of its own changes while the program runs."""
#! measure functions_using_globals = 3

from dataclasses import dataclass
from decimal import Decimal


class Basket:
    def __init__(self):
        self.prices = []

    def add(self, price):
        self.prices.append(price)


@dataclass
class Player:
    points: int = 0


basket = Basket()
player = Player()
DEFAULT = Player()
vat = Decimal("0.21")


def buy(price):
    basket.add(price * vat)  #! reads-global: `buy` reads `basket`


def get_total():
    return sum(basket.prices)  #! reads-global: `get_total` reads `basket`


def win():
    player.points += 1  #! changes-global: `win` changes `player.points`


def is_beginner(one):
    return one == DEFAULT


print("Welcome")
buy(3)
