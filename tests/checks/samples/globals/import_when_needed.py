"""Loading a library when it is needed changes no variable, though it takes a `global` statement."""
#! measure functions_changing_globals = 0
#! measure global_statements = 1


def load_libraries():
    global numpy  #! global-statement
    import numpy
