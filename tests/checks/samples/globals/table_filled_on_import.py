"""A table that is filled while the file is imported is ready before any function reads it."""
#! measure functions_using_globals = 0

SQUARES = {}
for number in range(10):
    SQUARES[number] = number * number


def get_square(number):
    return SQUARES[number]
