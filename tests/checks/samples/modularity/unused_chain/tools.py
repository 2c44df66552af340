def double(number):  #! unused-definition: `double`: main.py imports it in line 2, and does nothing with it
    return number * 2


def check(prices):  #! unused-definition: `check`: only `report` (prices.py, line 20) does, and nothing uses `report`
    return all(map(positive, prices))


def positive(price):  #! unused-definition: `positive`: only `check` (line 5) does, only `report` (prices.py, line 20) uses `check`, and nothing uses `report`
    return price > 0


def even(number):  #! unused-definition: `even`: only `odd` (line 17) does, and nothing else uses `odd`
    return number == 0 or odd(number - 1)


def odd(number):  #! unused-definition: `odd`: only `even` (line 13) does, and nothing else uses `even`
    return number != 0 and even(number - 1)


def fact(number):  #! unused-definition: Nothing that runs uses `fact`
    return number * fact(number - 1) if number else 1


def half(number):  #! unused-definition: `half`: only `STEPS` (line 29) does, and nothing uses `STEPS`
    return number / 2


STEPS = [half]


def tested(number):  #! unused-definition: `tested`: only tests do
    return number * 3


def third(number):  #! unused-definition: `third`: only `one` (line 40) and `two` (line 44) do, and nothing that runs uses them
    return number / 3


def one(number):  #! unused-definition
    return third(number) + 1


def two(number):  #! unused-definition
    return third(number) + 2
