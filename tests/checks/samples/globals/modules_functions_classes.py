"""Modules, functions and classes are no variables, so every function may use them."""
#! measure functions_using_globals = 0
#! measure functions_changing_globals = 0

import os
import sys
from re import sub

import matplotlib.pyplot as plt


def remove_spaces(text):
    return sub(" +", "", text)


def make_path(folder, name):
    return Path(folder + os.sep + remove_spaces(name))


class Path:
    root = "/"

    def __init__(self, text):
        self.text = text


# These libraries want to be set up so; nothing of this program changes.
def set_up():
    sys.path[0] = "lessons"
    plt.rcParams["font.size"] = 14
