"""The variable of a `for` loop of a script changes with each turn."""
#! measure functions_using_globals = 1

for price in [2, 3, 5]:
    print(price)


def double():
    return price * 2  #! reads-global: `double` reads `price`
