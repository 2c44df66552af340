"""Without a file `state.py` beside this one, `state` is a library, and this is a setting."""
#! measure functions_using_globals = 0
#! measure functions_changing_globals = 0

import numpy
import state


def win():
    state.points += 1
    numpy.threshold = 1000
