"""A game with an `init` and a `run` of its own has no framework that demands a global."""
#! measure functions_using_globals = 2
#! measure global_statements = 1

from pathlib import Path


def init():
    global words  #! global-statement
    words = Path("words.txt").read_text().split()  #! changes-global: `init` changes `words`


def run(guess):
    return guess in words  #! reads-global: `run` reads `words`
