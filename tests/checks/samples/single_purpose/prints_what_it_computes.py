"""A function that computes and prints cannot be used where nothing should be printed."""
#! measure unfocused_functions = 8
#! measure mixed_functions = 8
#! measure several_phases = 0


def print_total(prices):  #! mixes-io-and-computing: `print_total` computes (line 10) and prints (line 11)
    total = 0
    for price in prices:
        total += price
    print(total)


def add_prices(prices):  #! mixes-io-and-computing
    total = 0
    for price in prices:
        total += price
    print("adding")
    return total


def print_product(factors):  #! mixes-io-and-computing
    product = 1
    for factor in factors:
        product *= factor
    print(product)


# Three computed values are a computation, even without a loop.
def print_change(price, pieces, parts):  #! mixes-io-and-computing
    cost = price * pieces
    share = cost / parts
    change = cost - share
    print(change)


def divide(sum_of_all, count):  #! mixes-io-and-computing
    print("dividing")
    return sum_of_all / count


def square_all(numbers):  #! mixes-io-and-computing
    for number in numbers:
        square = number * number
        print(square)
    return square


def get_area(width, height):  #! mixes-io-and-computing
    area = width * height
    print(area)
    return area


def get_area_and_width(width, height):  #! mixes-io-and-computing
    area = width * height
    print(area)
    return area, width
