"""`main` may put things together; a name that only begins so may not."""
#! measure mixed_functions = 1


def main(prices):
    total = 0
    for price in prices:
        total += price
    print(total)


def maintain(prices):  #! mixes-io-and-computing: `maintain`
    total = 0
    for price in prices:
        total += price
    print(total)
