"""A wage and its row in a database, a download and its ratio: the number can be tried out alone."""
#! measure mixed_functions = 7

import sqlite3

import requests
from sqlalchemy.orm import Session

TAX = 0.2


def pay(name, hours, rate):  #! mixes-io-and-computing: computes (line 14) and uses a database (lines 15, 16, 17 and 18)
    extra = max(hours - 40, 0)
    wage = (hours - extra) * rate + extra * rate * 1.5
    connection = sqlite3.connect("wages.db")
    cursor = connection.cursor()
    cursor.execute("INSERT INTO wages VALUES (?, ?)", (name, wage))
    connection.commit()


def pay_in_context(path, name, hours, rate):  #! mixes-io-and-computing
    net = hours * rate * (1 - TAX)
    with sqlite3.connect(path) as connection:
        connection.execute("INSERT INTO wages VALUES (?, ?)", (name, net))


class Office:
    def __init__(self):
        self.connection = sqlite3.connect("wages.db")

    def pay(self, name, hours, rate):  #! mixes-io-and-computing
        gross = hours * rate
        net = gross - gross * TAX
        self.connection.execute("INSERT INTO wages VALUES (?, ?)", (name, net))


def pay_in_session(session: Session, worker):  #! mixes-io-and-computing
    worker.net = worker.hours * worker.rate - worker.hours * worker.rate * TAX
    session.add(worker)
    session.commit()


def price_of_a_gram(metal):  #! mixes-io-and-computing: uses the network (line 44) and computes (line 45)
    data = requests.get(f"https://example.org/{metal}").json()
    return data["price"] / data["weight"]


def show_temperature(town):  #! mixes-io-and-computing: uses the network (line 49), computes (line 50) and prints (line 51)
    answer = requests.get(f"https://example.org/{town}", timeout=9)
    celsius = (answer.json()["degrees"] - 32) * 5 / 9
    print(f"{town}: {celsius:.1f}")


def main():  #! mixes-io-and-computing
    hours = float(input("Hours: "))
    rate = float(input("Rate: "))
    gross = hours * rate
    tax = gross * TAX
    net = gross - tax
    print("Net:", net)


# To change the unit belongs to reading.
def read_kelvin(town):
    return requests.get(f"https://example.org/{town}").json()["degrees"] + 273.15


# One product in a line belongs to the line that is stored.
def order(connection, name, price, count):
    total = price * count
    connection.execute("INSERT INTO orders VALUES (?, ?)", (name, total))


# The place in a list is no result.
def rank(films):
    session = Session()
    for place, film in enumerate(films):
        film.rank = len(films) - place
    session.commit()
