from shop.prices import total


def run():
    print(total([1.0, 2.0]))
