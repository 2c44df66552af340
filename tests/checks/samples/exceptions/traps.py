"""The traps around `try` that flake8-bugbear knows."""
#! measure careless_handlers = 6


def return_from_finally():
    try:
        work()
    finally:
        return 1  #! B012


try:
    work()
except (ValueError,):  #! B013
    clean_up()

try:
    work()
except (OSError, FileNotFoundError):  #! B014
    clean_up()

try:  #! B025
    work()
except ValueError:
    clean_up()
except ValueError:
    close()

try:
    work()
except ():  #! B029
    clean_up()

try:
    work()
except "ValueError":  #! B030
    clean_up()
