"""A file or an address that two lines name should have a name itself."""
#! measure repeated_texts = 3

import json
from pathlib import Path

import requests

PRICES = "prices.json"
print("done")


def load():
    with open("contacts.json") as file:  #! repeated-text: `contacts.json` is used in 2 lines
        return json.load(file)


def save(contacts):
    Path("contacts.json").write_text(json.dumps(contacts))


def get_rates():
    return requests.get("https://shop.example/rates").json()  #! repeated-text


def get_rate(name):
    return requests.get("https://shop.example/rates").json()[name]


def read(path="data/names.csv"):  #! repeated-text
    return open(path)


def write(path="data/names.csv"):
    return open(path, "w")


# Once, in one line, in a table, or no file at all.
def show(render):
    print("Done.", "once.txt", "line.txt", "line.txt")
    print("Done.", PRICES, "prices.json")
    names = ["table.txt", "list.txt"]
    more = ["table.txt", "list.txt"]
    return names, more, render("index.html"), render("index.html")
