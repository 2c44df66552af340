"""Computing and printing in unusual words is computing and printing all the same."""
#! measure mixed_functions = 4


def print_total_below_if(prices):  #! mixes-io-and-computing
    if True:
        total = 0
        for price in prices:
            total += price
        print(total)


def print_total_in_list(prices):  #! mixes-io-and-computing
    total = int()
    for price in prices:
        total += price
    [print(total)]


def print_total_times_one(prices):  #! mixes-io-and-computing
    total = 0.0
    for price in prices:
        total = total + price * 1
    print(total)


def print_total_by_lambda(prices):  #! mixes-io-and-computing
    say = lambda: print(total)
    total = 0
    for price in prices:
        total += price
    say()
