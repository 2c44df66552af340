from stack import Stack


def make_stack(*items):
    return Stack(list(items))
