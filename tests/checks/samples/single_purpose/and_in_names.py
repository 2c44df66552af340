"""A name that says "do this and do that" names two functions."""
#! measure unfocused_functions = 3


def load_and_process():  #! and-in-name: `load_and_process` has two tasks in its name
    return 1


def read_numbers_and_print_report():  #! and-in-name
    return 1


def _calculate_and_show():  #! and-in-name
    return 1


# A pair of values, a mixture of colors.
def mean_and_deviation():
    return 1


def black_and_white():
    return 1


# One thing that takes two words.
def search_and_replace():
    return 1


# One task: to ask for two things.
def get_name_and_age():
    return 1


# There is no word `and` in `brand`, and none between two verbs here.
def brand_new():
    return 1


def and_then():
    return 1


def load_and_():
    return 1
