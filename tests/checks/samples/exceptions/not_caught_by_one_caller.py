"""One way without a handler is one too many."""


def ask():
    return int(input())  #! unguarded-call


def main():
    try:
        ask()
    except ValueError as error:
        print(error)
    ask()


main()
