"""A letter that stands for a thing makes the reader search."""


def load(p):  #! single-letter: The argument `p` is a single letter
    return open(p)


def g():  #! single-letter #! no-verb
    return 1


def get_price(cart):
    t = sum(cart)  #! single-letter
    return t


# A name counts once in each scope, where it is first bound.
s = input()  #! single-letter
s = s.strip()


def read_again():
    s = 1  #! single-letter
    s = s + 1
    return s
