from tools import check


def load():
    return [float(line) for line in open("prices.txt")]


def add_one(price):  #! unused-definition: Nothing that runs uses `add_one`: only `total` (line 12) does, and nothing uses `total`
    return price + 1


def total(prices):  #! unused-definition: Nothing that runs uses `total`
    return sum(map(add_one, prices))


def show(prices):
    print(prices)


def report(prices):  #! unused-definition: Nothing that runs uses `report`
    print(check(prices))
