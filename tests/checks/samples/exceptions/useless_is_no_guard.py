"""A handler that only raises again guards nothing."""


def load_prices(path):
    try:
        return open(path).read()  #! unguarded-call
    except OSError:  #! useless-except
        raise


def count_prices():
    try:
        return int(input())  #! unguarded-call
    except:  #! useless-except
        raise


def main():
    print(load_prices("prices.txt"), count_prices())
