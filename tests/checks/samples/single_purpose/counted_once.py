"""A function with two findings is still one function that does too much."""
#! measure unfocused_functions = 1
#! measure mixed_functions = 1
#! measure several_phases = 0


def add_and_print(prices):  #! mixes-io-and-computing #! and-in-name
    total = 0
    for price in prices:
        total += price
    print(total)


def get_price():
    return 1
