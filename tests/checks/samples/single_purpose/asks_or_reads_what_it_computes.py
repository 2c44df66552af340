"""A function that computes from what it asks or reads itself cannot be tried out with numbers."""
#! measure mixed_functions = 3


def sum_of_file(path):  #! mixes-io-and-computing
    total = 0
    for line in open(path):
        total += float(line)
    return total


def convert_to_celsius():  #! mixes-io-and-computing
    degrees = float(input())
    return (degrees - 32) * 5 / 9


def add_until_nine():  #! mixes-io-and-computing
    total = 0
    while total < 9:
        total += float(input())
