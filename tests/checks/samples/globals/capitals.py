"""A name in capitals is no constant if its value changes."""
#! measure functions_using_globals = 4
#! measure functions_changing_globals = 2
#! measure global_statements = 1

TOTAL = 0
ITEMS = []
NAME = input("Your name: ")

SUM = 0
for number in range(10):
    SUM += number
print(SUM)


def add(price):
    global TOTAL  #! global-statement
    TOTAL += price  #! changes-global: `add` changes `TOTAL`


def add_item(item):
    ITEMS.append(item)  #! changes-global: `add_item` changes `ITEMS`


def greet():
    return "Hello " + NAME  #! reads-global: `greet` reads `NAME`


def get_mean():
    return SUM / 10  #! reads-global: `get_mean` reads `SUM`
