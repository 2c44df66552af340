"""Good functions beside a bad one make it no better: functions are counted, not shares."""
#! measure functions_using_globals = 1
#! measure functions_changing_globals = 1
#! measure global_statements = 1

total = 0


def add(price):
    global total  #! global-statement
    total += price  #! changes-global


def double(price):
    return price * 2


def halve(price):
    return price / 2


def square(price):
    return price * price


def negate(price):
    return -price
