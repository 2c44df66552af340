"""`globals()` changes a variable of the file without a `global` statement."""
#! measure functions_using_globals = 3
#! measure functions_changing_globals = 2
#! measure global_statements = 0

total = 0


def add(price):
    globals()["total"] += price  #! changes-global: `add` changes `total`


def get_total():
    return total  #! reads-global: `get_total` reads `total`


# No other line of the file speaks of `count`.
def set_count(count):
    globals().update(count=count)  #! changes-global: `set_count` changes `globals()`
