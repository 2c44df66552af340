def area(a, b):  #! untested-function: `area`
    return a * b


def border(a, b):  #! untested-function: `border`
    return 2 * (a + b)
