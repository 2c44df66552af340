"""A module whose name is no name of Python is imported by a call: no variable."""
#! measure functions_using_globals = 0

import importlib

add = __import__("0-add").add
tools = importlib.import_module("1-tools")


def main():
    print(add(1, 2), tools.name)


main()
