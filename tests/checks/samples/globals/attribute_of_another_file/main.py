"""A variable in another file of the program is a global as well; in a library it is a setting."""
#! measure functions_using_globals = 1
#! measure functions_changing_globals = 1
#! measure global_statements = 0

import numpy
import state


def win():
    state.points += 1  #! changes-global: `win` changes `state.points`
    numpy.threshold = 1000
