"""A parameter or a variable inside a function has nothing to do with the global of its name."""
#! measure functions_using_globals = 0
#! measure functions_changing_globals = 0

items = []
total = 0


def add_bread(items):
    items.append("bread")
    items[0] = "butter"
    return items


def make_basket():
    items = []
    items += ["bread"]
    items.append("butter")

    def take_last():
        items.pop()
        return items

    return take_last


def double_all(prices):
    return [total * 2 for total in prices], {total: 1 for total in prices}


def print_with_tax(prices):
    for total in prices:
        total += 1
        print(total)


def read_bill(bill):
    with bill as total:
        total += 1


def check_bill(bill):
    try:
        bill.check()
    except ValueError as total:
        total.bill = bill


def mark_first(bills):
    match bills:
        case [total, *rest]:
            total.first = True
