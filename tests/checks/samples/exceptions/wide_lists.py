"""A list of many errors around many statements catches nearly everything."""
#! measure careless_handlers = 3

import json


def average_price(path, key):
    try:
        with open(path, encoding="utf-8") as file:
            rows = json.load(file)
        prices = [float(row[key]) for row in rows]
        total = sum(prices)
        return total / len(prices)
    except (OSError, ValueError, ZeroDivisionError, KeyError):  #! wide-except: 4 kinds of errors around 5 statements
        return 0


def first_price(path, key):
    try:
        with open(path, encoding="utf-8") as file:
            rows = json.load(file)
        first = rows[0]
        price = first[key]
        print(price)
    except (OSError, ValueError, TypeError, KeyError, IndexError):  #! wide-except
        print("something went wrong")


def price_of(rows, key):
    try:
        return float(rows[0][key])
    except (ValueError, TypeError, KeyError, IndexError):
        return 0.0


def price_in(path, key):
    try:
        with open(path, encoding="utf-8") as file:
            rows = json.load(file)
        first = rows[0]
        return float(first[key])
    except (OSError, ValueError, TypeError, KeyError) as error:
        print(f"No price in {path}: {error}")
        return None


def read_both(path, key):
    try:
        with open(path, encoding="utf-8") as file:
            rows = json.load(file)
        first = rows[0]
        return first[key]
    except (FileNotFoundError, PermissionError, IsADirectoryError, OSError):  #! B014
        return None


def try_all(server):
    try:
        server.open()
        server.log_in()
        server.send("x")
        server.wait()
    except (OSError, ValueError, EOFError, server.Error):
        raise SystemExit("no server") from None
