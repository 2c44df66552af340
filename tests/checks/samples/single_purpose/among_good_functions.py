"""Good functions and empty ones beside a bad one change no measure."""
#! measure unfocused_functions = 1
#! measure mixed_functions = 1
#! measure several_phases = 0


def print_total(prices):  #! mixes-io-and-computing
    total = 0
    for price in prices:
        total += price
    print(total)


def get_price():
    return 1


# Nothing is done here yet, whatever the name says.
def load_and_save(): ...


def read_and_write():
    pass
