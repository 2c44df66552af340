"""`raise Exception` says only that something went wrong."""


def check_price(price):
    if price < 0:
        raise Exception("negative")  #! raises-plain-exception
    if price > 1000:
        raise ValueError("too high")
    raise Exception  #! raises-plain-exception
