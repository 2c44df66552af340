"""A program that asks about a file before it reads it needs no `except`."""

import os


class Store:
    def load(self):
        if not self.path.exists():
            return ""
        return open(self.path).read()

    def load_other(self):
        if not self.path.exists():
            return ""
        return open(self.other).read()  #! unguarded-call


def load_level(number):
    if os.path.exists(f"level{number}.json"):
        with open(f"level{number}.json") as file:
            return file.read()
    return open(f"level{number}.txt").read()  #! unguarded-call


def load_names():
    if os.path.isfile("names.txt"):
        return open("names.txt").read()
    return open("others.txt").read()  #! unguarded-call


def main():
    store = Store()
    print(store.load(), store.load_other(), load_level(1), load_names())
