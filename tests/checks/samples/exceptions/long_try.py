"""A long `try` catches errors of lines that nobody meant."""
#! measure long_tries over 3 = 1
#! measure long_tries over 5 = 1
#! measure long_tries over 6 = 0

try:  #! long-try: holds 6 statements
    open_shop()
    count_stock()
    greet()
    if customers():
        sell()
    close_shop()
except KeyError as error:
    print(error)

# Short, though nested: two statements, text aside.
try:
    for customer in customers():
        serve(customer)
        "padding"
except KeyError as error:
    print(error)

# Without a handler nothing is caught.
try:
    open_shop()
    count_stock()
    greet()
    sell()
finally:
    close_shop()

# A transaction undoes all or nothing.
try:
    open_shop()
    count_stock()
    greet()
    sell()
    sell()
    sell()
except Exception:
    undo()
    raise

# Ctrl-C may come anywhere.
try:
    open_shop()
    count_stock()
    greet()
    sell()
    sell()
    sell()
except KeyboardInterrupt:
    close_shop()
