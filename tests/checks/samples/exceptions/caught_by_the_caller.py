"""It is enough that the way from the start of the program has a handler."""


def ask():
    return int(input())


def ask_twice():
    return ask(), ask()


def main():
    try:
        ask()
    except ValueError as error:
        print(error)
    try:
        ask_twice()
    except ValueError as error:
        print(error)


main()
