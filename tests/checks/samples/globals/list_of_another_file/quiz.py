"""A list that another file of the program holds is changed here."""
#! measure functions_using_globals = 4
#! measure functions_changing_globals = 3

import random

import library
from questions import LEVELS, questions


def mix():
    random.shuffle(questions)  #! changes-global: `mix` changes `questions`


def ask(number):
    return questions.pop(number)  #! changes-global: `ask` changes `questions`


def replace(number, question):
    questions[number] = question  #! changes-global: `replace` changes `questions`


def is_over():
    return not questions  #! reads-global: `is_over` reads `questions`


# Nothing changes `LEVELS`; `library` is no file of this program.
def get_level(number):
    library.append(number)
    return LEVELS[number]
