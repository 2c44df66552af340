"""A file that calls its own functions is a script, even if only they print."""
#! measure functions_using_globals = 1

from shop import load_prices

prices = load_prices()


def print_prices():
    print(prices)  #! reads-global: `print_prices` reads `prices`


print_prices()
