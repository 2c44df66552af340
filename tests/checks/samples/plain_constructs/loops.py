"""Loops over items need no index, and loops that count need no counter."""
#! measure constructs = 8


def total_of(prices):
    total = 0
    for i in range(len(prices)):  #! index-loop
        total += prices[i]
    return total


def count_down(start):
    while_left = start
    while while_left > 0:  #! counting-while
        print(while_left)
        while_left -= 1


def greet(times):
    for i in range(times):  #! unused-loop-variable
        print("Hello")


def clean(names):
    for name in names:
        if name == "":
            names.remove(name)  #! changes-its-loop
    return names


def search(names, wanted):
    for name in names:
        if name == wanted:
            print("found")
    else:
        print("searched all")  #! else-without-break


def show(stock):
    for name in stock.keys():  #! needless-keys
        print(name)
    if "milk" in stock.keys():  #! needless-keys
        print("There is milk")


def stop(names):
    for name in names:  #! loop-that-stops
        break
