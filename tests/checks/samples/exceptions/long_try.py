"""A long `try` catches errors of lines that nobody meant."""
#! measure long_tries over 3 = 2
#! measure long_tries over 5 = 2
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
    shop.rollback()
    raise

# Raising again does not tell which line failed.
try:  #! long-try
    open_shop()
    count_stock()
    greet()
    sell()
    sell()
    sell()
except ValueError:
    print("This shop is closed.")
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
