"""Nobody on the way from the start of the program has a handler."""


def ask():
    return int(input())  #! unguarded-call


def main():
    ask()


main()
