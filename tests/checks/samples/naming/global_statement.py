"""A global name belongs to the module, so it counts once."""
#! measure unclear_names = 1

s = 0  #! single-letter


def load():
    global s
    s = 1
