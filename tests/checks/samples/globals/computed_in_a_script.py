"""A script computes, changes and fills variables; its functions should be given them."""
#! measure functions_using_globals = 3
#! measure functions_changing_globals = 0

prices = [2, 3, 5]
total = sum(prices)
print(total)


def format_total():
    return f"{total:.2f}"  #! reads-global: `format_total` reads `total`


level = 0
print("Level", level)
level = 1


def is_beginner():
    return level < 2  #! reads-global: `is_beginner` reads `level`


numbers = []
print("Numbers:")
numbers.append(2)


def count_numbers():
    return len(numbers)  #! reads-global: `count_numbers` reads `numbers`


# `prices` never changes.
def count_prices():
    return len(prices)
