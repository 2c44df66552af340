from stack import Stack


def make_items():
    return Stack([])
