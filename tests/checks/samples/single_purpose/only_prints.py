"""A little arithmetic belongs to printing: lines, numbers, widths, counting, rounding."""
#! measure mixed_functions = 0


def print_table(rows):
    print("-" * 20)
    for row in rows:
        print(row)


def print_numbered(rows):
    for number, row in enumerate(rows):
        print(number + 1, row)


def print_name(name, longest):
    width = longest + 2
    print(name.ljust(width))


# Lines of progress, while the squares are kept.
def keep_squares(numbers, kept):
    for number in numbers:
        square = number * number
        kept.append(square)
        print(square)


def print_tries():
    tries = 0
    while tries < 3:
        tries += 1
        print(tries)


def print_mean(sum_of_all, count):
    print(f"{sum_of_all / count:.2f}")


# Two texts are joined here; `+` of texts is no arithmetic.
def greet(name):
    print("Hello " + name)
    return "Hello " + name


# `%` fills in a text here.
def fill(template, name):
    print(template % name)
    return template % name


def print_price(price):
    net = price * 2
    if not net:
        return
    print(net)
