"""What a file, a table or a page said at the start is a variable, not a constant."""
#! measure functions_using_globals = 4

import json
from pathlib import Path

import pandas as pd
import requests

prices = pd.read_csv("prices.csv")
words = open("words.txt").read().split()
page = requests.get("https://shop.example").text


def load_names():
    return Path("names.txt").read_text().splitlines()


names = load_names()

# In capitals, it is meant as a constant.
SETTINGS = json.loads(Path("settings.json").read_text())


def get_mean():
    return prices["price"].mean()  #! reads-global: `get_mean` reads `prices`


def is_word(text):
    return text in words  #! reads-global: `is_word` reads `words`


def has_offer():
    return "offer" in page  #! reads-global: `has_offer` reads `page`


def is_known(name):
    return name in names  #! reads-global: `is_known` reads `names`


def get_currency():
    return SETTINGS["currency"]


if __name__ == "__main__":
    print(get_mean(), is_word("tea"), has_offer(), is_known("Ann"), get_currency())
