"""In a program with functions, a name that says little is a constant as well."""
#! measure not_upper = 2

numbers = [3, 4]  #! constant-not-upper
x = 3  #! constant-not-upper


def show():
    print(numbers, x)
