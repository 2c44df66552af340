def area(a, b):
    return a * b


def border(a, b):  #! untested-function: `border`
    return 2 * (a + b)
