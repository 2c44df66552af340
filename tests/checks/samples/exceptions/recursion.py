"""A function that calls itself is looked at once."""


def ask():
    int(input())  #! unguarded-call
    ask()


ask()
