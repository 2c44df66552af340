"""Loops in which the index, the counter, the else or the change is needed."""
#! measure constructs = 0
#! measure matters_of_taste = 0


def show(prices):
    for i in range(len(prices)):
        print(i + 1, prices[i])


def double(prices):
    for i in range(len(prices)):
        prices[i] = prices[i] * 2


def neighbours(prices):
    for i in range(len(prices) - 1):
        print(prices[i], prices[i + 1])


def drop(prices):
    for i in range(len(prices)):
        prices.append(prices[i])


def ask(limit):
    tries = 0
    while tries < limit:
        if input("Word? ") == "open":
            print("open")
            limit += 1
        tries += 1


def grow(limit):
    size = 1
    while size < limit:
        print(size)
        size *= 2
    return size


def search(names, wanted):
    for name in names:
        if name == wanted:
            print("found")
            break
    else:
        print("not found")


def remove_one(names, wanted):
    for name in names:
        if name == wanted:
            names.remove(name)
            break


def last_index(count):
    for index in range(count):
        print("...")
    return index
