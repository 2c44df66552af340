"""With `global`, a function changes a variable of the whole file."""
#! measure functions_using_globals = 4
#! measure functions_changing_globals = 3
#! measure global_statements = 4

total = 0
level = 1


def add(price):
    global total  #! global-statement: `global total` makes a function share `total`
    total += price  #! changes-global: `add` changes `total`, which it was not given


def print_receipt():
    print("Total:", total)  #! reads-global: `print_receipt` reads `total`, which it was not given


# `discount` is declared and then forgotten: a statement, and no change.
def reset(price):
    global total, discount  #! global-statement: `total` #! global-statement: `discount`
    total = price  #! changes-global


def play():
    def win():
        global level  #! global-statement: `level`
        level = level + 1  #! changes-global: `win` changes `level`

    return win
