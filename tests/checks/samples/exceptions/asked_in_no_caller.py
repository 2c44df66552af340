"""What asks the user is no part of a library, so that nobody else can catch its errors."""
#! measure unguarded = 3

import sys


class Shop:
    def ask_count(self):
        text = input("How many? ").strip()
        return int(text)  #! unguarded-call

    def read_prices(self, path):
        with open(path) as file:
            return file.read()


def ask_length():
    while True:
        try:
            return int(input("How long? "))
        except ValueError:
            print("A number, please.")


def ask_width():
    return float(input("How wide? "))


def read_file():
    path = sys.argv[1]
    with open(path) as file:  #! unguarded-call
        return file.read()


def area():
    try:
        return ask_length() * ask_width()
    except ValueError as error:
        print(error)
        return None


def run():
    shop = Shop()
    return shop.ask_count() * int(input("Times? "))  #! unguarded-call
