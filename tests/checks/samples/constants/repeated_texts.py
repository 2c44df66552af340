"""A text that three lines repeat, or a format of dates that two do, should have a name."""
#! measure repeated_texts = 6

import datetime

import click
import pytz


def is_open(order):
    return order.status == "pending"  #! repeated-text: `pending` is used in 3 lines


def close(order):
    if order.status == "pending":
        order.status = "closed"


def reopen(order):
    order.status = "pending"


def win(game):
    game.state = "over"  #! repeated-text: `over` is used in 2 lines


def has_won(game):
    return game.state == "over" and game.state != "running"


def show(day):
    return day.strftime("%d.%m.%Y")  #! repeated-text: `%d.%m.%Y` is used in 2 lines


def read(text):
    zone = pytz.timezone("US/Eastern")  #! repeated-text
    return datetime.datetime.strptime(text, "%d.%m.%Y"), zone


def now():
    return datetime.datetime.now(pytz.timezone("US/Eastern"))


def later():
    return pytz.timezone("US/Eastern").utcoffset(None)


def ask():
    number = input("Your number: ")  #! repeated-text
    if not number:
        print("Please enter a number between one and a hundred!")  #! repeated-text
        number = input("Your number: ")
    if not number.isdigit():
        print("Please enter a number between one and a hundred!")
        number = input("Your number: ")
    if number == "13":
        print("Please enter a number between one and a hundred!")
    return number


# Keys, columns, options, pieces of a text, data, and short texts are let go.
@click.command("sell")
@click.option("--sell")
def sell(rows, row, name):
    row["price"] = row["price"] + row.get("price", 0) if "price" in row else 0
    print("Sold: " + name, "Sold: " + row, "-----", "id", "id")
    print("Sold: " + name, rows.drop("name"), "-----", "id")
    print("Sold: " + name, rows.drop("name"), "-----")
    return [("north", "north"), {"north": "north"}, rows.merge(row, how="left"), rows.drop("name")]


@click.command("sell")
@click.option("--sell")
def sell_all(rows, row):
    return rows.merge(row, how="left"), rows.merge(rows, how="left"), open(row, encoding="utf-8")


def test(rows):
    assert rows, "No rows were found"
    assert len(rows), "No rows were found"
    assert rows[0], "No rows were found"
