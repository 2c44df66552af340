"""A game calls its own `init` and `run`: nobody else does."""
#! measure effects = 2

from pathlib import Path


def init():
    return Path("words.txt").read_text().split()


def run(words):
    guess = input("Your guess: ")
    print(guess in words)


words = init()  #! reads-on-import
run(words)  #! asks-on-import
